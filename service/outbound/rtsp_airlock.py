"""A pipe to one RTSP camera that ends where the camera leads elsewhere.

FFmpeg follows an RTSP redirect by itself, and has no way to be asked before. So it talks to the
camera through here: what the camera answers is read until it plays, and nothing with a 3xx status
comes through. TLS ends here too: what is closed can't be read.
"""

import selectors
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from streetwatch.vision.capture.errors import CannotOpen, Fault
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

_CONNECT_S: Final[Seconds] = 10.0

#: FFmpeg comes at once.
_COMES_WITHIN_S: Final[Seconds] = 10.0

#: Longer than FFmpeg waits for anything: who is silent for so long is gone.
_IDLE_S: Final[Seconds] = 60.0

#: How long a stream's packets gather before they are read: whoever wakes for each of a hundred
#: cameras wakes 2,500 times a second (docs/explanation/performance.md).
_GATHER_S: Final[Seconds] = 0.2

#: What was waited for so long was all there was.
_WAITED_S: Final[Seconds] = 0.002

_NEVER: Final = threading.Event()

_PIECE: Final = 65_536
_LONGEST_ANSWER: Final = 262_144
_END: Final = b"\r\n\r\n"

#: Begins a packet of a stream between answers (RFC 2326, 10.12): $, channel, two bytes of length.
_INTERLEAVED: Final = b"$"
_PREFIX: Final = 4


class LeadsElsewhereError(Exception):
    """The camera sends its viewer to another host, or what it says is no RTSP."""


def way_through(address: str, port: int, *, tls_name: str | None = None) -> int:
    """Connect to a camera; return the port of this machine at which one viewer is let through.

    Args:
        address: Of the camera.
        port: Of the camera.
        tls_name: What it is asked for by; None: without TLS.

    Raises:
        CannotOpen: the camera can't be connected to.
    """
    try:
        camera = socket.create_connection((address, port), timeout=_CONNECT_S)
        camera = camera if tls_name is None else _closed(camera, tls_name)
    except ConnectionRefusedError:
        words = "connection refused; is the camera on, is the port right?"
        raise CannotOpen(words, Fault.REFUSED) from None
    except TimeoutError:
        raise CannotOpen("no answer in time; is the network up?", Fault.NO_ANSWER) from None
    except ssl.SSLError:
        words = "it speaks no TLS of 1.2 or later; is it rtsp:// rather than rtsps://?"
        raise CannotOpen(words, Fault.ADDRESS) from None
    except OSError:
        words = "cannot reach it; check the host name and the network"
        raise CannotOpen(words, Fault.UNKNOWN_HOST) from None
    listener = socket.create_server(("127.0.0.1", 0))
    passing = threading.Thread(
        target=_pass, args=(listener, camera), name="rtsp airlock", daemon=True
    )
    passing.start()
    return int(listener.getsockname()[1])


def _closed(camera: socket.socket, name: str) -> ssl.SSLSocket:
    """Speak TLS from here on. Cameras sign their certificates themselves: nobody's is checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(camera):
        closed = context.wrap_socket(camera, server_hostname=name)
    # A ticket makes it readable with nothing to read: waiting for more would hold up the viewer.
    closed.settimeout(0)
    return closed


@dataclass(slots=True)
class Reader:
    """Reads what a camera answers before it plays. Pure.

    Attributes:
        plays: The viewer has asked for the stream: FFmpeg follows nothing any more.
        flows: From here on all is the stream.
    """

    plays: bool = False
    flows: bool = False
    _kept: bytearray = field(default_factory=bytearray)

    def asked(self, piece: bytes) -> None:
        """Take what the viewer asks."""
        self.plays = self.plays or piece.startswith(b"PLAY ")

    def answered(self, piece: bytes) -> bytes:
        """Take what the camera answers; return what may go on to the viewer.

        Raises:
            LeadsElsewhereError: nothing more may.
        """
        if self.flows:
            return piece
        self._kept += piece
        through = bytearray()
        while not self._begins() and (length := self._whole()):
            through += self._kept[:length]
            del self._kept[:length]
        if self.flows:
            return bytes(through + self._kept)
        if len(self._kept) > _LONGEST_ANSWER:
            raise LeadsElsewhereError("an answer without an end")
        return bytes(through)

    def _begins(self) -> bool:
        """Tell whether the stream begins here."""
        self.flows = self.plays and self._kept.startswith(_INTERLEAVED)
        return self.flows

    def _whole(self) -> int:
        """Return the length of the first message that is here whole; 0 where none is yet."""
        kept = self._kept
        if kept.startswith(_INTERLEAVED):
            length = _PREFIX + int.from_bytes(kept[2:_PREFIX], "big")
            return length if len(kept) >= max(length, _PREFIX) else 0
        head = kept.find(_END)
        if head < 0:
            return 0
        lines = bytes(kept[:head]).lstrip(b"\r\n").split(b"\r\n")
        _refuse_elsewhere(lines[0])
        length = head + len(_END) + _body_of(lines[1:])
        return length if len(kept) >= length else 0


def _refuse_elsewhere(line: bytes) -> None:
    """Let nothing through that FFmpeg would follow."""
    word, _, rest = line.partition(b" ")
    status = rest.lstrip()[:3]
    if not word.upper().startswith(b"RTSP/") or not status.isdigit():
        raise LeadsElsewhereError("something else than an answer")
    if status.startswith(b"3"):
        raise LeadsElsewhereError(f"a redirect ({status.decode()})")


def _body_of(fields: list[bytes]) -> int:
    for one in fields:
        name, _, value = one.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0


def _pass(listener: socket.socket, camera: socket.socket) -> None:
    """Let one viewer through to a camera."""
    with closing(camera), suppress(OSError):
        with closing(listener):
            listener.settimeout(_COMES_WITHIN_S)
            viewer, _ = listener.accept()
        with closing(viewer):
            try:
                _pour(viewer, camera)
            except LeadsElsewhereError as error:
                log.warning("camera.leads_elsewhere", camera=camera.getpeername()[0], by=str(error))
                viewer.sendall(b"RTSP/1.0 410 Gone\r\nCSeq: 1\r\n\r\n")


def _gathered(
    ready: selectors.BaseSelector, *, gathers: bool
) -> "list[tuple[selectors.SelectorKey, int]]":
    """Wait until there is something to read; where that took a while, for more to come."""
    asked = time.monotonic()
    events = ready.select(_IDLE_S)
    if events and gathers and time.monotonic() - asked >= _WAITED_S:
        _NEVER.wait(_GATHER_S)
    return events


def _pour(viewer: socket.socket, camera: socket.socket) -> None:
    """Pour both ways until one has ended."""
    reader = Reader()
    for one in (viewer, camera):
        if not isinstance(one, ssl.SSLSocket):
            one.settimeout(_IDLE_S)
    with selectors.DefaultSelector() as ready:
        ready.register(viewer, selectors.EVENT_READ)
        ready.register(camera, selectors.EVENT_READ)
        while events := _gathered(ready, gathers=reader.flows):
            for key, _ in events:
                source = viewer if key.fileobj is viewer else camera
                try:
                    piece = source.recv(_PIECE)
                except ssl.SSLWantReadError:
                    continue
                if not piece:
                    return
                if source is viewer:
                    reader.asked(piece)
                    camera.sendall(piece)
                else:
                    viewer.sendall(reader.answered(piece))
