"""Opens a source and reads its packets, with time-outs, and says in plain words what failed.

The only place that gives an address with its password to FFmpeg. FFmpeg's errors hold the address,
so none is passed on, not even as a cause.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import assert_never

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from streetwatch.vision.capture.errors import CannotOpen, Fault, StreamLost
from streetwatch.vision.capture.resolver import Way
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.types import Seconds

_BAD_PACKETS_IN_A_ROW = 100

#: What a camera sends over HTTP. Not among them: scripts that name other files, as concat and SDP.
_WEB_FORMATS = (
    "hls,mpegts,mov,mp4,flv,live_flv,matroska,webm,asf,avi,mpeg,dhav,mjpeg,mpjpeg,h264,hevc"
)
_ALMOST = 0.95  # FFmpeg's own watch may end a hair before ours

# The first class that fits tells; each says what, and how to mend it.
_REASONS: tuple[tuple[type[av.error.FFmpegError], Fault, str], ...] = (
    (
        av.error.ConnectionRefusedError,
        Fault.REFUSED,
        "connection refused; is the camera on, is the port right?",
    ),
    (
        av.error.HTTPUnauthorizedError,
        Fault.PASSWORD,
        "user name or password refused (401); check them",
    ),
    (
        av.error.HTTPForbiddenError,
        Fault.FORBIDDEN,
        "access denied (403); check the account's rights",
    ),
    (
        av.error.HTTPNotFoundError,
        Fault.NO_STREAM,
        "no such stream there (404); check the path of the address",
    ),
    (av.error.HTTPServerError, Fault.CAMERA, "the camera reports an error of its own (5xx)"),
    (av.error.HTTPClientError, Fault.ADDRESS, "the request is refused (4xx); check the address"),
    (av.error.ConnectionResetError, Fault.CUT, "the connection was cut"),
    (av.error.BrokenPipeError, Fault.CUT, "the connection was cut"),
    (av.error.EOFError, Fault.CUT, "the other side closed the connection"),
    (av.error.TimeoutError, Fault.NO_ANSWER, "no answer in time; is the network up?"),
    (av.error.ExitError, Fault.NO_ANSWER, "no answer in time; is the network up?"),
    (av.error.FileNotFoundError, Fault.NO_STREAM, "no such file; check the path"),
    (av.error.IsADirectoryError, Fault.ADDRESS, "that is a folder; name a video file"),
    (av.error.PermissionError, Fault.FORBIDDEN, "not allowed to read it; check its rights"),
    (
        av.error.InvalidDataError,
        Fault.NO_VIDEO,
        "that is no video this program can read, or it is damaged",
    ),
    (av.error.ProtocolNotFoundError, Fault.ADDRESS, "addresses of this kind are not supported"),
    (av.error.OSError, Fault.UNKNOWN_HOST, "cannot reach it; check the host name and the network"),
)


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """How long to wait for a camera.

    Attributes:
        open_s: For a connection, and again for the stream's parameters.
        read_s: For the next packet. Bounds how long a stop can take.
    """

    open_s: Seconds = 5.0
    read_s: Seconds = 5.0


#: HLS brings packets by the segment, often ten seconds apart.
HTTP_TIME_OUTS = TimeOuts(open_s=10.0, read_s=20.0)


def default_time_outs(kind: SourceKind) -> TimeOuts:
    """Return time-outs that suit a kind of source."""
    return HTTP_TIME_OUTS if kind is SourceKind.HTTP else TimeOuts()


@dataclass(slots=True)
class Feed:
    """An open source.

    Attributes:
        stream: Its video stream; decode with `stream.codec_context`.
        template: The stream's parameters, valid for good.
        says_time: Whether its kind of source says what time its own clock has.
        bad_packets: How many the container could not read.
        waited_s: How long the latest packet let itself be waited for.
    """

    container: InputContainer = field(repr=False)  # shows its address, and logs show locals
    stream: VideoStream
    template: StreamTemplate
    name: str
    read_s: Seconds
    says_time: bool = False
    bad_packets: int = 0
    waited_s: Seconds = 0.0

    @property
    def said_at_zero_s(self) -> Seconds | None:
        """What time the camera says it was at stream time 0; None while it has not said.

        FFmpeg knows it from the first RTCP sender report.
        """
        said = self.container.start_time_realtime if self.says_time else None
        return None if said is None or said <= 0 else said / 1e6

    def refuse_the_unknown(self) -> None:
        """Connect again rather than watch a stream of which no clip could be made.

        Raises:
            StreamLost: it has not said how large its pictures are; it will when it sends some.
        """
        context = self.stream.codec_context
        if not (context.width and context.height):
            raise StreamLost(f"{self.name}: connected, but it sends no pictures")

    def packets(self) -> Iterator["av.Packet[VideoStream]"]:
        """Yield the stream's packets until it ends; the last is empty and flushes the decoder.

        Raises:
            StreamLost: it broke off.
        """
        bad_in_a_row = 0
        while True:
            asked = time.monotonic()
            try:
                for packet in self.container.demux(self.stream):
                    self.waited_s = time.monotonic() - asked
                    yield packet
                    bad_in_a_row, asked = 0, time.monotonic()
            except av.error.InvalidDataError as error:
                self.bad_packets += 1
                bad_in_a_row += 1
                if bad_in_a_row > _BAD_PACKETS_IN_A_ROW:
                    raise StreamLost(f"{self.name}: {_why(error)}") from None
            except av.error.FFmpegError as error:
                raise StreamLost(f"{self.name}: {self._why_lost(error, asked)}") from None
            else:
                return

    def _why_lost(self, error: av.error.FFmpegError, asked: Seconds) -> str:
        if time.monotonic() - asked >= self.read_s * _ALMOST:
            return f"no picture for {self.read_s:g} s"
        return _why(error)


@contextmanager
def open_feed(source: Source, way: Way, time_outs: TimeOuts) -> Iterator[Feed]:
    """Open a source for the length of a `with` block.

    Args:
        source: What it is, for messages.
        way: Where it is now (see `resolver`), password and all.
        time_outs: How long to wait.

    Raises:
        CannotOpen: it gives no video; the message says why, without the password.
    """
    container = _opened(source, way, time_outs)
    try:
        stream = _video_of(container, source)
        template = StreamTemplate.of(stream)
        says_time = source.kind is SourceKind.RTSP
        yield Feed(container, stream, template, source.redacted, time_outs.read_s, says_time)
    finally:
        container.close()


def _opened(source: Source, way: Way, time_outs: TimeOuts) -> InputContainer:
    av.logging.set_level(None)  # FFmpeg's own log shows addresses
    asked = time.monotonic()
    url = way.enter() if way.enter else way.url
    try:
        return av.open(
            f"file:{url}" if source.kind is SourceKind.FILE else url,
            options=_options(source.kind) | ({"http_proxy": way.proxy} if way.proxy else {}),
            timeout=(time_outs.open_s, time_outs.read_s),
            metadata_errors="replace",
        )
    except av.error.FFmpegError as error:
        in_time = time.monotonic() - asked < time_outs.open_s * _ALMOST
        reason = _why(error) if in_time else f"no answer within {time_outs.open_s:g} s"
        fault = _fault(error) if in_time else Fault.NO_ANSWER
    except (UnicodeError, ValueError):
        reason = "the address cannot be read; check it for odd characters"
        fault = Fault.ADDRESS
    raise CannotOpen(f"cannot open {source.redacted}: {reason}", fault)


def _options(kind: SourceKind) -> dict[str, str]:
    """FFmpeg's options; the protocols are named so that no playlist can point at local files."""
    match kind:
        case SourceKind.RTSP:
            # fpsprobesize: without it, opening waits for 20 frames to guess a rate nobody needs.
            return {
                "rtsp_transport": "tcp",
                "fpsprobesize": "0",
                "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto",
            }
        case SourceKind.HTTP:
            return {
                "protocol_whitelist": "http,https,httpproxy,tcp,tls,crypto,data",
                "format_whitelist": _WEB_FORMATS,
            }
        case SourceKind.FILE:
            return {"protocol_whitelist": "file"}
        case _:
            assert_never(kind)


def _video_of(container: InputContainer, source: Source) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        raise CannotOpen(f"cannot open {source.redacted}: there is no video in it", Fault.NO_VIDEO)
    return stream


def _why(error: av.error.FFmpegError) -> str:
    known = (words for kind, _, words in _REASONS if isinstance(error, kind))
    return next(known, f"FFmpeg cannot go on ({type(error).__name__})")


def _fault(error: av.error.FFmpegError) -> Fault:
    known = (fault for kind, fault, _ in _REASONS if isinstance(error, kind))
    return next(known, Fault.OTHER)
