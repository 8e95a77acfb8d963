"""A door before an S3 store that fails as told: what a network, a quota or a busy store does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import StrEnum
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, Final
from urllib.parse import urlsplit

#: As long as somebody waits who is told nothing.
_SILENT_S: Final = 600.0

#: A slow store takes so many bytes, then waits for so long.
_SIP: Final = 16_384
_SIP_S: Final = 0.1


class StoreTrouble(StrEnum):
    """What a store can suffer from."""

    GONE = "gone"  #: closes whatever connects
    REFUSES = "refuses"  #: 503 SlowDown
    DENIES = "denies"  #: 403 AccessDenied: its keys were changed
    FULL = "full"  #: 507: there is no space left
    CUTS = "cuts"  #: breaks off in the middle of a file
    SILENT = "silent"  #: takes all and answers nothing
    SLOW = "slow"  #: takes 160 kB a second


def _refusal(status: str, code: str) -> bytes:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}"
    return f"{head}\r\nConnection: close\r\n\r\n{body}".encode()


_REFUSALS: Final = {
    StoreTrouble.REFUSES: _refusal("503 Slow Down", "SlowDown"),
    StoreTrouble.DENIES: _refusal("403 Forbidden", "AccessDenied"),
    StoreTrouble.FULL: _refusal("507 Insufficient Storage", "InsufficientStorage"),
}


class StoreDoor(ThreadingTCPServer):
    """Stands before a store, and behaves as it is told.

    Attributes:
        trouble: What it suffers from; None: nothing.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, behind: tuple[str, int]) -> None:
        self.behind = behind
        self.trouble: StoreTrouble | None = None
        self._well_again = threading.Event()
        super().__init__(("127.0.0.1", 0), _Guest)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def suffer(self, trouble: StoreTrouble) -> None:
        """Begin to fail."""
        self._well_again.clear()
        self.trouble = trouble

    def recover(self) -> None:
        """Be well again; whoever was kept waiting is let go."""
        self.trouble = None
        self._well_again.set()

    def wait(self, seconds: float) -> None:
        """Wait until it is well again, for no longer than this."""
        self._well_again.wait(seconds)


class _Guest(BaseRequestHandler):
    server: Any  # a StoreDoor

    def handle(self) -> None:
        trouble = self.server.trouble
        with suppress(OSError):
            match trouble:
                case StoreTrouble.GONE:
                    return
                case StoreTrouble.REFUSES | StoreTrouble.DENIES | StoreTrouble.FULL:
                    self.request.recv(65_536)
                    self.request.sendall(_REFUSALS[trouble])
                case StoreTrouble.SILENT:
                    self.server.wait(_SILENT_S)
                case StoreTrouble.CUTS:
                    with closing(socket.create_connection(self.server.behind)) as there:
                        there.sendall(self.request.recv(4_096))
                case _:
                    self._pass()

    def _pass(self) -> None:
        with closing(socket.create_connection(self.server.behind)) as there:
            back = threading.Thread(target=self._pour, args=(there, self.request), daemon=True)
            back.start()
            self._pour(self.request, there)
            back.join()

    def _pour(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_SIP):
                target.sendall(data)
                if self.server.trouble is StoreTrouble.SLOW:
                    self.server.wait(_SIP_S)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextmanager
def store_door(url: str) -> Iterator[StoreDoor]:
    """Stand before the store at a URL for the length of a `with` block."""
    parts = urlsplit(url)
    with StoreDoor((str(parts.hostname), int(parts.port or 80))) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            made.recover()
            made.shutdown()
            thread.join()
