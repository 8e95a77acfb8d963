"""The real service and a real RTSP camera, each as a child process that can be killed."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from plain_http import NO_TLS
from streetwatch.datasets.live import LiveProcess, start_live
from waiting import PATIENCE_S

T = TypeVar("T")


#: None of those that the system gives to whoever connects: it would be taken while a service is
#: dead that is to come back at it.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A TCP port that nobody listens at."""
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(what: str, ask: Callable[[], T | None], *, seconds: float = PATIENCE_S) -> T:
    """Ask until there is an answer; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        answer = ask()
        if answer is not None:
            return answer
        pause.wait(0.2)
    raise AssertionError(f"no {what} within {seconds:.0f} s")


def _as_outside_tests() -> dict[str, str]:
    """Return the environment without pytest's words: libraries behave otherwise with them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@dataclass
class Service:
    """`streetwatch run` on a folder of its own; can be killed and started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    log: list[Path] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **environment: str) -> None:
        """Start it and wait until it answers."""
        self.log.append(self.folder / f"run-{len(self.log)}.log")
        with self.log[-1].open("wb") as output:
            self.process = subprocess.Popen(
                [
                    Path(sys.executable).with_name("streetwatch"),
                    "run",
                    "--config",
                    self.folder / "streetwatch.yaml",
                ],
                env=_as_outside_tests() | {"STREETWATCH_PORT": str(self.port)} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for("answer of /healthz", lambda: self.get("/healthz"))

    def get(self, path: str) -> Any:  # noqa: ANN401 -- any JSON
        """Return the JSON of an answer, None while there is none."""
        assert self.process is not None
        assert self.process.poll() is None, self.log[-1].read_text()
        try:
            response = httpx.get(self.url + path, timeout=PATIENCE_S, verify=NO_TLS)
        except httpx.TransportError:
            return None
        return response.json() if response.is_success else None

    def cases(self) -> list[dict[str, Any]]:
        answer = self.get("/desk/cases")
        return list(answer["cases"]) if answer else []

    def kill(self) -> None:
        """kill -9: nothing is tidied up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Kill it where it still runs; show what it said, which a failed test is told with."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for log in self.log:
            sys.stdout.write(f"--- {log.name}\n{log.read_text()[-6000:]}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """It does nothing meanwhile, as on a machine that does much else."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM; it must end by itself: alone it takes a second or two."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)


@dataclass
class Camera:
    """A clip served as a live RTSP camera by a child process; can be killed and come back.

    Attributes:
        since: When the clip's time was zero.
        rest: From where on its end is shown again and again, and for how long.
    """

    clip: Path
    port: int
    since: float
    rest: tuple[float, float] | None = None
    live: LiveProcess | None = None

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def start(self) -> None:
        """Go live; again after a kill it is where live time is, as a camera would be."""
        self.live = start_live(self.clip, port=self.port, since=self.since, rest=self.rest)

    def kill(self) -> None:
        """The power is cut."""
        assert self.live is not None
        self.live.kill()
