"""What README promises to somebody who has just cloned the project."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST_CASE_S = 120.0  # "within two minutes" of the service's start
INSTALL_S = 600.0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone of what is committed, without environment or caches."""
    target = tmp_path / "streetwatch"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def make_run(clone: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL"}
    }
    environment["STREETWATCH_PORT"] = str(port)
    with (clone / "run.log").open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            sys.stdout.write((clone / "run.log").read_text()[-4000:])


def wait_until(answer: str, *, seconds: float, process: subprocess.Popen[bytes]) -> httpx.Response:
    """Ask until the answer is 200 and not an empty list."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < deadline:
        assert process.poll() is None, "make run ended"
        try:
            response = httpx.get(answer)
            if response.status_code == 200 and response.json():
                return response
        except httpx.TransportError:
            pass
        pause.wait(0.5)
    raise AssertionError(f"{answer} had no answer within {seconds:.0f} s")


@pytest.mark.newcomer
def test_make_run_shows_the_first_case_with_its_evidence_within_two_minutes(clone: Path) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with make_run(clone, port) as process:
        wait_until(f"{site}/healthz", seconds=INSTALL_S, process=process)
        cases = wait_until(f"{site}/desk/cases", seconds=FIRST_CASE_S, process=process).json()
        case = cases["cases"][-1]
        assert case["evidence"], case
        for attachment in case["evidence"]:
            picture = httpx.get(site + attachment["url"])
            assert picture.status_code == 200
            assert picture.content
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)
    installed = clone / ".venv" / "lib"
    assert not list(installed.glob("python3*/site-packages/torch")), (
        "the service must not need torch"
    )
    shutil.rmtree(clone)
