"""What README promises to somebody who has just cloned the project."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from live_service import free_port, wait_for
from plain_http import NO_TLS
from waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
FIRST_CASE_S = 120.0  # "within two minutes" of the service's start
INSTALL_S = 600.0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone of what is committed, without environment or caches."""
    target = tmp_path / "streetwatch"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True)
    return target


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


@pytest.mark.newcomer
def test_make_run_shows_the_first_case_with_its_evidence_within_two_minutes(clone: Path) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with make_run(clone, port) as process:

        def answer(path: str) -> Any:  # noqa: ANN401 -- any JSON
            assert process.poll() is None, "make run ended"
            try:
                response = httpx.get(site + path, timeout=PATIENCE_S, verify=NO_TLS)
            except httpx.TransportError:
                return None
            return response.json() if response.is_success else None

        def first_case() -> dict[str, Any] | None:
            cases = answer("/desk/cases") or {"cases": []}
            return cases["cases"][0] if cases["cases"] else None

        wait_for("answer of /healthz", lambda: answer("/healthz"), seconds=INSTALL_S)
        case = wait_for("first case", first_case, seconds=FIRST_CASE_S)
        assert case["evidence"], case
        for attachment in case["evidence"]:
            picture = httpx.get(site + attachment["url"], timeout=PATIENCE_S, verify=NO_TLS)
            assert picture.status_code == 200
            assert picture.content
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE_S)  # the disk may still be busy with what was just installed
    installed = clone / ".venv" / "lib"
    assert not list(installed.glob("python3*/site-packages/torch")), (
        "the service must not need torch"
    )
    shutil.rmtree(clone)
