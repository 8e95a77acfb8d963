"""The HTTP server that the service answers with."""

import asyncio
import signal
import socket
import threading
from types import FrameType
from typing import Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from streetwatch.service.front.limits import LONGEST_HEAD
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: How long the first line and the headers of a request may take to come.
HEAD_S: Final[Seconds] = 10.0

#: Fewer than a process may have files open, as systems come: what is beyond is told to come again.
MOST_CONNECTIONS: Final = 800

#: What a page sends through its socket is a click or a drawing.
LONGEST_MESSAGE: Final = 1_000_000


class Server(uvicorn.Server):
    """Says that the end has come before it waits for answers: the desk's feeds never end else."""

    def __init__(self, config: uvicorn.Config, ending: threading.Event) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal to end."""
        self._ending.set()
        super().handle_exit(sig, frame)


class PatientProtocol(H11Protocol):
    """HTTP/1.1 whose patience ends: who sends a head byte by byte holds no connection for ever."""

    _watch: asyncio.TimerHandle | None = None
    head_s: Seconds = HEAD_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; wait on where they are not a whole head yet."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._forget()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to what speaks WebSocket."""
        self._forget()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._forget()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._watch is None:
            self._watch = self.loop.call_later(self.head_s, self.transport.abort)

    def _forget(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


def configured(app: ASGIApp, *, stop_s: int, proxies: list[str]) -> uvicorn.Config:
    """Return how an application is served: within limits, and without a word about by what.

    Args:
        app: What answers.
        stop_s: How long requests may still take when the end has come.
        proxies: Addresses that are believed about who asks.
    """
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        log_level="warning",
        server_header=False,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        limit_concurrency=MOST_CONNECTIONS,
        ws_max_size=LONGEST_MESSAGE,
        timeout_graceful_shutdown=stop_s,
        forwarded_allow_ips=proxies,
    )


def outlive_signals() -> None:
    """Let uvicorn end by the signals of the end, which it raises once more, and not the process."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def listening(host: str, port: int) -> socket.socket:
    """Return what listens at an address.

    Raises:
        InputError: something else does, or there is no such address here.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise InputError(
            f"{host}:{port}: can't listen here ({error.strerror}): "
            "end what listens there, or set another port (STREETWATCH_PORT)"
        ) from error
