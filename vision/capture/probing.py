"""Tries a source step by step, and says at each what it found. Blocks; stops when told to."""

import math
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias
from urllib.parse import urlsplit

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.errors import CannotOpen, Fault, StreamLost
from streetwatch.vision.capture.key_picture import key_picture
from streetwatch.vision.capture.look import stream_seconds
from streetwatch.vision.capture.opening import Feed, TimeOuts, default_time_outs, open_feed
from streetwatch.vision.capture.resolver import Resolver, Way
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.sub_streams import sub_streams
from streetwatch.vision.picture import SMALL_SIDE
from streetwatch.vision.types import Image, Seconds, Size

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

#: How long packets are read to see how far apart key frames are: two gaps, or this.
MEASURE_S: Seconds = 10.0
_ENOUGH_KEYS = 3

#: Sub-streams that are not there mostly say so at once.
_SUB_TIME_OUTS = TimeOuts(open_s=3.0, read_s=3.0)


class StepName(StrEnum):
    """What is tried, in order."""

    ADDRESS = "address"
    REACHABLE = "reachable"
    OPENS = "opens"
    CODEC = "codec"
    PICTURE = "picture"
    KEY_FRAMES = "key_frames"
    CLOCK = "clock"
    SUB_STREAMS = "sub_streams"


class StepState(StrEnum):
    """How it went."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


Fact: TypeAlias = str | float | int


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step has come to.

    Attributes:
        fault: Why it failed.
        facts: What was measured.
    """

    step: StepName
    state: StepState
    fault: Fault | None = None
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class FirstPicture:
    """The first picture of a source.

    Attributes:
        small: (h, w, 3) BGR.
        size: Of the stream's pictures.
    """

    small: Image
    size: Size


Found: TypeAlias = Finding | FirstPicture


class _StepFailedError(Exception):
    """The steps after it can't be tried."""

    def __init__(self, step: StepName, fault: Fault) -> None:
        self.step, self.fault = step, fault


def probe(
    source: Source, resolve: Resolver, *, stopped: Callable[[], bool], clock: Callable[[], Seconds]
) -> Iterator[Found]:
    """Try a source: is it reachable, does it open, what does it send.

    Args:
        source: Over a network.
        resolve: Finds the way there, once for all that is tried.
        stopped: Whether nobody wants to know any more.
        clock: Ours, seconds since the epoch.

    Yields:
        Each step when it begins and when it ends, the picture when there is one. A step that fails
        is the last.
    """
    try:
        way = _looked_up(source, resolve)
        yield _ok(StepName.ADDRESS)
        yield from _reached(source, way)
        with ExitStack() as open_until_measured:
            yield _begun(StepName.OPENS)
            try:
                feed = open_until_measured.enter_context(
                    open_feed(source, way, default_time_outs(source.kind))
                )
            except CannotOpen as error:
                raise _StepFailedError(StepName.OPENS, error.fault) from None
            yield _ok(StepName.OPENS)
            yield from _measured(feed, stopped, clock)
        yield from _sub_streams(source, resolve, stopped)
    except _StepFailedError as failed:
        yield Finding(failed.step, StepState.FAILED, failed.fault)


def _begun(step: StepName) -> Finding:
    return Finding(step, StepState.RUNNING)


def _ok(step: StepName, **facts: Fact) -> Finding:
    return Finding(step, StepState.OK, facts=facts)


def _looked_up(source: Source, resolve: Resolver) -> Way:
    try:
        return resolve(source)
    except CannotOpen as error:
        raise _StepFailedError(StepName.ADDRESS, error.fault) from None


def _reached(source: Source, way: Way) -> Iterator[Finding]:
    yield _begun(StepName.REACHABLE)
    parts = urlsplit(way.url)
    port = parts.port or _PORTS[parts.scheme.lower()]
    asked = time.monotonic()
    try:
        with socket.create_connection(
            (way.address or parts.hostname or "", port),
            timeout=default_time_outs(source.kind).open_s,
        ):
            waited_ms = round((time.monotonic() - asked) * 1000)
    except socket.gaierror:
        raise _StepFailedError(StepName.REACHABLE, Fault.UNKNOWN_HOST) from None
    except ConnectionRefusedError:
        raise _StepFailedError(StepName.REACHABLE, Fault.REFUSED) from None
    except OSError:  # a time-out is one, and no route
        raise _StepFailedError(StepName.REACHABLE, Fault.NO_ANSWER) from None
    yield _ok(StepName.REACHABLE, ms=waited_ms)


@dataclass(slots=True)
class _Measure:
    """What the packets of a stream show."""

    keys_at: list[Seconds] = field(default_factory=list)
    first_s: Seconds | None = None
    last_s: Seconds = 0.0
    packets: int = 0
    skew_s: Seconds | None = None

    def take(self, packet: "av.Packet[VideoStream]", now: Seconds) -> None:
        told = _told_by_the_camera(packet)
        if told is not None:
            # The packet that was least under way tells best.
            self.skew_s = max(told - now, -math.inf if self.skew_s is None else self.skew_s)
        at = stream_seconds(packet)
        if at is None:
            return
        self.first_s = at if self.first_s is None else self.first_s
        self.last_s = max(self.last_s, at)
        self.packets += 1
        if packet.is_keyframe:
            self.keys_at.append(at)

    @property
    def is_done(self) -> bool:
        return len(self.keys_at) >= _ENOUGH_KEYS

    @property
    def fps(self) -> float | None:
        span_s = self.last_s - (self.first_s or 0.0)
        return (self.packets - 1) / span_s if self.packets > 1 and span_s > 0 else None

    @property
    def gop_s(self) -> Seconds | None:
        gaps = [later - earlier for earlier, later in pairwise(self.keys_at) if later > earlier]
        return max(gaps) if gaps else None


def _told_by_the_camera(packet: "av.Packet[VideoStream]") -> Seconds | None:
    """Return when a packet was made by the camera's own clock; None where RTCP has not said yet."""
    if not packet.has_sidedata("prft"):
        return None
    (microseconds,) = struct.unpack_from("=q", bytes(packet.get_sidedata("prft")))
    return float(microseconds) / 1e6


def _measured(
    feed: Feed, stopped: Callable[[], bool], clock: Callable[[], Seconds]
) -> Iterator[Found]:
    """Read packets until codec, picture, key frames and pictures a second are known."""
    yield _begun(StepName.CODEC)
    context = getattr(feed.stream, "codec_context", None)  # none where no decoder is known
    if context is None or not context.width:
        raise _StepFailedError(StepName.CODEC, Fault.CODEC)
    yield _ok(StepName.CODEC, codec=context.name, width=context.width, height=context.height)
    yield _begun(StepName.PICTURE)
    measure, pictured = _Measure(), False
    for packet in _packets(feed, stopped):
        measure.take(packet, clock())
        if (
            not pictured
            and packet.is_keyframe
            and (frame := key_picture(bytes(packet), feed.template))
        ):
            pictured = True
            yield from _pictured(frame)
        if pictured and measure.is_done:
            break
    if stopped():
        return
    if not pictured:
        fault = Fault.CODEC if measure.keys_at else Fault.NO_KEY_FRAME
        raise _StepFailedError(StepName.PICTURE, fault)
    yield _key_frames(measure)
    yield _begun(StepName.CLOCK)
    if measure.skew_s is None:
        yield Finding(StepName.CLOCK, StepState.UNKNOWN)
    else:
        yield _ok(StepName.CLOCK, skew_s=round(measure.skew_s, 1) + 0.0)


def _packets(feed: Feed, stopped: Callable[[], bool]) -> Iterator["av.Packet[VideoStream]"]:
    """Yield packets until it has been long enough."""
    until = time.monotonic() + MEASURE_S
    try:
        for packet in feed.packets():
            if stopped() or time.monotonic() > until:
                return
            if packet.size:
                yield packet
    except StreamLost:
        raise _StepFailedError(StepName.PICTURE, Fault.CUT) from None


def _pictured(frame: VideoFrame) -> Iterator[Found]:
    decoded = Decoded.of(frame, longest=SMALL_SIDE)
    yield FirstPicture(decoded.within(SMALL_SIDE), decoded.size)
    yield _ok(StepName.PICTURE)
    yield _begun(StepName.KEY_FRAMES)


def _key_frames(measure: _Measure) -> Finding:
    facts: dict[str, Fact] = {}
    if measure.fps is not None:
        facts["fps"] = round(measure.fps, 1)
    if measure.gop_s is None:
        return Finding(StepName.KEY_FRAMES, StepState.UNKNOWN, Fault.NO_KEY_FRAME, facts)
    facts["gop_s"] = round(measure.gop_s, 2)
    return Finding(StepName.KEY_FRAMES, StepState.OK, facts=facts)


def _sub_streams(
    source: Source, resolve: Resolver, stopped: Callable[[], bool]
) -> Iterator[Finding]:
    yield _begun(StepName.SUB_STREAMS)
    for url in sub_streams(source.url) if source.kind is SourceKind.RTSP else ():
        if stopped():
            return
        other = Source(source.kind, url)
        try:
            with open_feed(other, resolve(other), _SUB_TIME_OUTS) as feed:
                context = feed.stream.codec_context
                yield _ok(
                    StepName.SUB_STREAMS,
                    address=other.redacted,
                    width=context.width,
                    height=context.height,
                )
                return
        except CannotOpen:
            continue
    yield Finding(StepName.SUB_STREAMS, StepState.UNKNOWN)
