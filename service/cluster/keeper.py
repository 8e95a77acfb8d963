"""Keeps one process of ours running on a machine: what the Ray actor there does."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streetwatch.service.cluster.machines import Doors, Machine, Role, environment_of
from streetwatch.vision.types import Seconds

#: Between an end and the next start: what is configured wrongly must not start a hundred times.
AGAIN_S: Final[Seconds] = 2.0

#: SIGTERM to the end: a service takes 10 s at most.
END_S: Final[Seconds] = 15.0


@dataclass(frozen=True, slots=True)
class Kept:
    """How a process is.

    Attributes:
        pid: Its number; None while there is none.
        starts: How often it was started.
        ended_with: The exit status of the one before; None where this is the first.
        nice: How far it stands behind all else on its machine, 0 to 19: Ray's own default is 15
            (`RAY_worker_niceness`), which is too far for whoever has to look in time.
    """

    pid: int | None
    starts: int
    ended_with: int | None
    nice: int = 0


class Keeper:
    """Runs `streetwatch`, the same as on one machine, and again whenever it ends.

    The process ends with the keeper, in whatever way that ends: the kernel sees to it.

    Args:
        role: What the process does.
        machine: Where it runs.
        arguments: Of `streetwatch`.
        doors: As for `environment_of`.
    """

    def __init__(
        self, role: Role, machine: Machine, arguments: Sequence[str], doors: Doors
    ) -> None:
        program = Path(sys.executable).with_name("streetwatch")
        self._command = ["setpriv", "--pdeathsig", "TERM", str(program), *arguments]
        self._environment = environment_of(role, machine, os.environ, doors)
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._ended_with: int | None = None
        self._stopping = threading.Event()
        # The kernel's signal is for the end of a thread: this one ends with the keeper alone.
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def kept(self) -> Kept:
        """Return how the process is."""
        process = self._process
        runs = process is not None and process.poll() is None
        pid = process.pid if process and runs else None
        return Kept(pid, self._starts, self._ended_with, os.nice(0))

    def stop(self) -> None:
        """End the process in order, and start none any more."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        self._thread.join(END_S)
        if process is not None and process.poll() is None:
            process.kill()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = subprocess.Popen(  # noqa: S603 -- our own program, no shell
                self._command, env=self._environment
            )
            self._starts += 1
            if self._stopping.is_set():
                self._process.terminate()
            self._ended_with = self._process.wait()
            self._stopping.wait(AGAIN_S)
