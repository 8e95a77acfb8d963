"""Real HTTP for tests: an app behind a real server, and a bad network in front of it."""

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal

import httpx
import uvicorn
from fastapi import FastAPI

from plain_http import NO_TLS

#: How often the server looks whether who has hung up is gone: it is with the first or the second.
_TURNS: Final = 4


class _Server(uvicorn.Server):
    """Ends when it is told to; uvicorn's own looks ten times a second, and waits as long again."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told: Future[None] = Future()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await asyncio.wrap_future(self.told)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for one in (*self.servers, *(sockets or ())):
            one.close()
        await self.lifespan.shutdown()


@contextmanager
def serving(app: FastAPI, *, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Serve an app on a free port for the length of the block."""
    listener = socket.create_server(("127.0.0.1", 0))  # connections wait until it accepts
    config = uvicorn.Config(
        app, log_config=None, lifespan=lifespan, ws="none", timeout_graceful_shutdown=2
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.told.set_result(None)
        thread.join()


@dataclass(frozen=True, slots=True)
class Answer:
    """Says this instead of passing the request on."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoseTheAnswer:
    """Passes the request on, then breaks the connection before the answer."""


Fault = Answer | LoseTheAnswer


@dataclass
class BadNetwork:
    """Stands before a desk; each request meets the next fault, later ones pass untouched."""

    desk: str
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[tuple[str, str, str]] = field(default_factory=list)

    def expect(self, *faults: Fault) -> None:
        """Line up faults."""
        self.faults.extend(faults)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on a free port for the length of the block."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        server.daemon_threads = False  # the block ends when every request has ended
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler_of(network: BadNetwork) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _meet(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            network.requests.append((self.command, self.path, key))
            fault = network.faults.popleft() if network.faults else None
            match fault:
                case Answer():
                    self._say(fault.status, fault.headers, b"{}")
                case LoseTheAnswer():
                    assert self._pass_on(body).is_success
                    self.connection.shutdown(socket.SHUT_RDWR)
                case None:
                    answer = self._pass_on(body)
                    kind = {"Content-Type": answer.headers["Content-Type"]}
                    self._say(answer.status_code, kind, answer.content)

        def _pass_on(self, body: bytes) -> httpx.Response:
            headers = {
                "Content-Type": "application/json",
                "Idempotency-Key": self.headers["Idempotency-Key"],
            }
            return httpx.request(
                self.command,
                network.desk + self.path,
                content=body,
                headers=headers,
                verify=NO_TLS,
            )

        def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response_only(status)  # no Date of its own
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = _meet  # noqa: N815 -- the names that the base class looks for

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Keep the test's output clean."""

    return Handler
