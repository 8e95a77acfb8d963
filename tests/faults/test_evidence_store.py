"""The evidence store (S3) is gone, silent, refuses or is cut off: nothing is lost, nothing half."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from bucket_parts import bucketed, make_bucket

from live_service import wait_for
from streetwatch.service.evidence.bucketed import BucketedEvidence
from streetwatch.service.evidence.moving import EVERY_S, Moving

FILES = {letter * 26: letter.encode() * 200_000 for letter in "abc"}
STILL = "still.jpg"

TROUBLES = ["gone", "refuses", "cut off", "silent"]

_REFUSED = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Door(ThreadingTCPServer):
    """Stands before a store, and behaves as it is told."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behind: tuple[str, int]) -> None:
        self.behind, self.trouble = behind, ""
        self.well_again = threading.Event()
        super().__init__(("127.0.0.1", 0), _Guest)


class _Guest(BaseRequestHandler):
    server: Any  # a Door

    def handle(self) -> None:
        with suppress(OSError):
            match self.server.trouble:
                case "gone":
                    return
                case "refuses":
                    self.request.recv(65_536)
                    self.request.sendall(_REFUSED)
                case "silent":
                    self.server.well_again.wait(60)
                case "cut off":
                    with closing(socket.create_connection(self.server.behind)) as there:
                        there.sendall(self.request.recv(4_096))
                case _:
                    self._pass()

    def _pass(self) -> None:
        with closing(socket.create_connection(self.server.behind)) as there:
            back = threading.Thread(target=_pour, args=(there, self.request), daemon=True)
            back.start()
            _pour(self.request, there)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def door(url: str) -> Iterator[Door]:
    parts = urlsplit(url)
    with Door((str(parts.hostname), int(parts.port or 80))) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            made.well_again.set()
            made.shutdown()
            thread.join()


def in_the_store(evidence: BucketedEvidence) -> dict[str, bytes | None]:
    keys = [key for key, _ in evidence.bucket.keys("evidence/")]
    return {key.split("/")[1]: evidence.bucket.get(key) for key in keys}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_evidence_waits_for_a_store_in_trouble_and_is_there_once_it_is_back(
    tmp_path: Path, s3: str, trouble: str
) -> None:
    name = f"trouble-{trouble.replace(' ', '-')}"
    make_bucket(s3, name)
    with door(s3) as before:
        evidence = bucketed(tmp_path, f"http://127.0.0.1:{before.server_address[1]}", name)
        moving = Moving(evidence, time.time)
        before.trouble = trouble
        for case, content in FILES.items():
            evidence.write(case, STILL, content)
        moving.start()
        try:
            if trouble != "silent":  # it is told when the time-out is over
                wait_for("word of it", lambda: moving.health().reason or None)
            assert moving.health().waiting == len(FILES)
            assert {case: evidence.read(case, STILL) for case in FILES} == FILES
            before.trouble, ended = "", time.monotonic()
            before.well_again.set()
            wait_for("all of it", lambda: not evidence.waiting() or None)
            print(f"{trouble}: back in {time.monotonic() - ended:.1f} s of {EVERY_S:g}")  # noqa: T201 -- docs/explanation/faults.md
        finally:
            moving.stop(timeout_s=30)
        assert in_the_store(evidence) == FILES
        assert moving.health().reason == ""
