"""An HTTP proxy on this machine for clients that look names up by themselves.

It looks at every host that they are led to. FFmpeg and the client of the S3 store follow redirects
wherever they lead, and have no way to be asked before.
"""

import socket
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from streetwatch.service.outbound.outbound import Outbound, OutOfReachError, UnknownHostError

_LONGEST_HEAD: Final = 65_536
_END: Final = b"\r\n\r\n"
_CONNECT_S: Final = 10.0

#: How often it looks whether it is to end.
_LOOKS_UP_S: Final = 0.1

#: Longer than a client waits for anything: who is silent for so long is gone.
_IDLE_S: Final = 60.0


class Airlock:
    """Listens until it is closed; a thread for each connection.

    Attributes:
        url: Where it listens.
    """

    def __init__(self, outbound: Outbound) -> None:
        server = _Server(("127.0.0.1", 0), type("Guest", (_Guest,), {"outbound": outbound}))
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self._ended = server.ended
        self._thread = threading.Thread(target=server.serve, name="airlock", daemon=True)
        self._thread.start()

    def let_go(self) -> None:
        """End soon, without waiting for it: from whatever thread, the airlock's own too."""
        self._ended.set()

    def close(self) -> None:
        """End; those who are through end with their streams."""
        self.let_go()
        self._thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    timeout = _LOOKS_UP_S

    def __init__(self, *how: Any) -> None:  # noqa: ANN401 -- as a server is made
        self.ended = threading.Event()
        super().__init__(*how)

    def serve(self) -> None:
        """Let guests in until it is to end."""
        with self:
            while not self.ended.is_set():
                self.handle_request()


class _RefusedError(Exception):
    """Not through here."""

    def __init__(self, status: bytes) -> None:
        self.status = status


class _Guest(BaseRequestHandler):
    """One connection: a request, looked at, and then a pipe."""

    outbound: ClassVar[Outbound]

    def handle(self) -> None:
        self.request.settimeout(_IDLE_S)
        with suppress(OSError):
            try:
                self._pass()
            except _RefusedError as refusal:
                ends = b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                self.request.sendall(b"HTTP/1.1 " + refusal.status + ends)

    def _pass(self) -> None:
        head, rest = self._head()
        line, _, fields = head.partition(b"\r\n")
        method, target = _asked(line)
        host, port = _endpoint(method, target)
        with self._connected(host, port) as there:
            if method == b"CONNECT":
                self.request.sendall(b"HTTP/1.1 200 through\r\n\r\n")
            else:
                there.sendall(_plain(method, target) + fields + _END)
            there.sendall(rest)
            _join(self.request, there)

    def _head(self) -> tuple[bytes, bytes]:
        data = b""
        while _END not in data:
            more = self.request.recv(4096)
            if not more or len(data) > _LONGEST_HEAD:
                raise _RefusedError(b"400 Bad Request")
            data += more
        head, _, rest = data.partition(_END)
        return head, rest

    def _connected(self, host: str, port: int) -> socket.socket:
        try:
            address = self.outbound.address(host, port)
        except OutOfReachError:
            raise _RefusedError(b"403 Forbidden") from None
        except UnknownHostError:
            raise _RefusedError(b"502 Bad Gateway") from None
        try:
            there = socket.create_connection((address, port), timeout=_CONNECT_S)
        except OSError:
            raise _RefusedError(b"502 Bad Gateway") from None
        there.settimeout(_IDLE_S)
        return there


def _asked(line: bytes) -> tuple[bytes, str]:
    try:
        method, target, _ = line.split(b" ")
        return method, target.decode("ascii")
    except ValueError:
        raise _RefusedError(b"400 Bad Request") from None


def _endpoint(method: bytes, target: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{target}" if method == b"CONNECT" else target)
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        raise _RefusedError(b"400 Bad Request") from None
    if not host or parts.scheme not in {"", "http"}:
        raise _RefusedError(b"400 Bad Request")
    return host, port


def _plain(method: bytes, target: str) -> bytes:
    """Return the first line of a request as the host itself wants it."""
    path = urlunsplit(("", "", *urlsplit(target)[2:])) or "/"
    return method + b" " + path.encode() + b" HTTP/1.1\r\n"


def _join(here: socket.socket, there: socket.socket) -> None:
    """Pour both ways until both have ended."""
    back = threading.Thread(target=_pour, args=(there, here), daemon=True)
    back.start()
    _pour(here, there)
    back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
