"""The HTTP server that the service answers with."""

import socket
import threading
from types import FrameType

import uvicorn

from streetwatch.service.incidents.errors import InputError


class Server(uvicorn.Server):
    """Says that the end has come before it waits for answers: the desk's feeds never end else."""

    def __init__(self, config: uvicorn.Config, ending: threading.Event) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal to end."""
        self._ending.set()
        super().handle_exit(sig, frame)


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
