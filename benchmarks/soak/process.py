"""The service of a soak: `streetwatch run` as a child process, watched from outside."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from streetwatch.benchmarks.soak.growth import Sample
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.vision.types import Seconds

_STARTS_WITHIN_S: Final[Seconds] = 120.0
#: Ourselves, as whoever installed us runs us.
COMMAND: Final = Path(sys.executable).with_name("streetwatch")

_MIB: Final = 1024.0


class SoakFailedError(StreetwatchError):
    """The service did not start, or ended by itself."""


@dataclass(frozen=True, slots=True)
class SoakedService:
    """A running service.

    Attributes:
        url: Where it answers.
        process: The child.
        log: What it said.
    """

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def sample(self, at: Seconds) -> Sample:
        """Return what it takes of the machine now.

        Raises:
            SoakFailedError: it has ended.
        """
        self._must_live()
        folder = Path(f"/proc/{self.process.pid}")
        lines = (folder / "status").read_text(encoding="ascii").splitlines()
        values = dict(line.split(":", 1) for line in lines)
        return Sample(
            at=at,
            rss_mib=int(values["VmRSS"].split()[0]) / _MIB,
            threads=int(values["Threads"]),
            handles=len(list((folder / "fd").iterdir())),
        )

    def is_ready(self) -> bool:
        """Return what `/readyz` says; 503 is an answer too."""
        self._must_live()
        return bool(httpx.get(f"{self.url}/readyz", timeout=30.0).json()["ready"])

    def said(self) -> list[dict[str, Any]]:
        """Return the lines of its log that are events."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def stop(self) -> bool:
        """End it by SIGTERM; return whether it ended well and in time."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=10.0) == 0
        except subprocess.TimeoutExpired:
            return False

    def _must_live(self) -> None:
        if self.process.poll() is not None:
            raise SoakFailedError(
                f"the service ended by itself ({self.process.returncode}): see {self.log}"
            )


def overloads(
    said: Iterable[Mapping[str, Any]], *, began_at: Seconds, until: Seconds
) -> tuple[tuple[Seconds, Seconds], ...]:
    """Return from and until when a service said that its machine is too slow, since it began."""
    found: list[tuple[Seconds, Seconds]] = []
    since: Seconds | None = None
    for line in said:
        at = datetime.fromisoformat(line["timestamp"]).timestamp() - began_at
        match line["event"]:
            case "detector.overloaded":
                since = at
            case "detector.keeps_up" if since is not None:
                found.append((since, at))
                since = None
    return tuple(found) if since is None else (*found, (since, until - began_at))


@contextmanager
def soaked(folder: Path, *, port: int, log: Path) -> Iterator[SoakedService]:
    """Run the service that is configured in a folder for the length of a `with` block.

    Args:
        folder: Has its settings.
        port: Where it listens.
        log: Takes what it says.

    Raises:
        SoakFailedError: it did not start.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- ourselves
            [COMMAND, "run", "--config", folder / "streetwatch.yaml"],
            env=os.environ | {"STREETWATCH_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    service = SoakedService(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_it_answers(service)
        yield service
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait_until_it_answers(service: SoakedService) -> None:
    deadline, pause = time.monotonic() + _STARTS_WITHIN_S, threading.Event()
    while time.monotonic() < deadline:
        try:
            service.is_ready()
        except httpx.TransportError:
            pause.wait(0.5)
        else:
            return
    raise SoakFailedError(f"the service did not answer within {_STARTS_WITHIN_S:g} s")
