"""A camera with a password: a door before a real RTSP server, which lets in who has the account."""

import asyncio
import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import ClassVar
from urllib.parse import urlsplit

from tls_parts import Certificate, shown
from waiting import PATIENCE_S


class _Door(BaseRequestHandler):
    """One connection: 401 until the account is right, then a pipe."""

    behind: ClassVar[tuple[str, int]]
    wanted: ClassVar[bytes]

    def handle(self) -> None:
        with suppress(OSError):
            request = self._let_in()
            if request:
                self._join(request)

    def _let_in(self) -> bytes:
        """Return the first request with the right account; nothing where they went away."""
        while request := self.request.recv(4096):
            if self.wanted in request:
                return bytes(request)
            number = next(row for row in request.split(b"\r\n") if row.lower().startswith(b"cseq"))
            asks = b'WWW-Authenticate: Basic realm="camera"\r\n\r\n'
            self.request.sendall(b"RTSP/1.0 401 Unauthorized\r\n" + number + b"\r\n" + asks)
        return b""

    def _join(self, request: bytes) -> None:
        with socket.create_connection(self.behind) as camera:
            camera.sendall(request)
            back = threading.Thread(target=_pour, args=(camera, self.request), daemon=True)
            back.start()
            _pour(self.request, camera)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def locked(url: str, user: str, password: str) -> Iterator[str]:
    """Put a door before a camera; the address is the door's, without the account."""
    parts = urlsplit(url)
    wanted = b"Basic " + base64.b64encode(f"{user}:{password}".encode())
    behind = (parts.hostname, parts.port)
    handler = type("Door", (_Door,), {"behind": behind, "wanted": wanted})
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"rtsp://127.0.0.1:{server.server_address[1]}{parts.path}"
        finally:
            server.shutdown()


class _Switch(_Door):
    """One connection: a pipe to the stream whose path it asks for first."""

    streams: ClassVar[dict[str, tuple[str, int]]]

    def _let_in(self) -> bytes:
        request = bytes(self.request.recv(4096))
        path = urlsplit(request.split(b" ")[1].decode()).path if request else ""
        if path not in self.streams:
            return b""
        self.behind = self.streams[path]  # type: ignore[misc]  # of this connection
        return request


@contextmanager
def at_one_address(*urls: str) -> Iterator[str]:
    """Put several streams at one host and port, as a camera has them; return the first's URL."""
    parts = [urlsplit(url) for url in urls]
    streams = {one.path: (one.hostname, one.port) for one in parts}
    with _Server(("127.0.0.1", 0), type("Switch", (_Switch,), {"streams": streams})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"rtsp://127.0.0.1:{server.server_address[1]}{parts[0].path}"
        finally:
            server.shutdown()


@contextmanager
def over_tls(url: str, certificate: Certificate) -> Iterator[str]:
    """Put TLS before a camera."""
    parts = urlsplit(url)

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            with suppress(OSError):
                await asyncio.gather(_hand_on(reader, there[1]), _hand_on(there[0], writer))
        finally:
            for one in (there[1], writer):  # the loop may be about to end
                one.close()
                with suppress(OSError):
                    await one.wait_closed()

    async def serve() -> None:
        async with await asyncio.start_server(let_in, "127.0.0.1", 0, ssl=shown(certificate)) as it:
            ports.append(it.sockets[0].getsockname()[1])
            ended.append((asyncio.get_running_loop(), asyncio.Event()))
            begun.set()
            await ended[0][1].wait()

    ports: list[int] = []
    ended: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    begun = threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    begun.wait(PATIENCE_S)
    try:
        yield parts._replace(scheme="rtsps", netloc=f"127.0.0.1:{ports[0]}").geturl()
    finally:
        loop, event = ended[0]
        loop.call_soon_threadsafe(event.set)
        thread.join()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
