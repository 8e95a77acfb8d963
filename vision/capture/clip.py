"""Cuts a clip out of a ring's packets and writes it without touching a coded byte."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import av
from av.stream import Stream
from av.video.stream import VideoStream

from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.types import Seconds

_JUMP_S: Seconds = 10.0  # a step this long in the stream's own time is its clock's, not the scene's


@dataclass(frozen=True, slots=True, eq=False)
class StoredPacket:
    """One coded picture, free of the connection it came through.

    Attributes:
        at: Capture time.
        payload: The coded bytes.
        pts: When shown, in units of the template's time base; None where the stream did not say.
        dts: When decoded, likewise.
        duration: How long shown, likewise; 0 where the stream did not say.
        is_key: Whether decoding can start here.
        template: The stream it belongs to: one object for each connection.
    """

    at: Seconds
    payload: bytes
    pts: int | None
    dts: int | None
    duration: int
    is_key: bool
    template: StreamTemplate


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """What a written clip shows.

    Attributes:
        from_s: Capture time of its first picture: a key frame, so up to one key-frame interval
            earlier than asked, or later where the ring begins later.
        to_s: Capture time of its last picture.
        pictures: How many there are.
    """

    from_s: Seconds
    to_s: Seconds
    pictures: int


def cut(
    packets: Sequence[StoredPacket], *, from_s: Seconds, to_s: Seconds, around_s: Seconds
) -> list[StoredPacket]:
    """Pick the packets of a clip, beginning with a key frame.

    One file has one set of stream parameters. Where the camera came back with others, the part
    that shows the wanted moment is kept.

    Args:
        packets: In coded order.
        from_s: Where the clip begins, capture time.
        to_s: Where it ends.
        around_s: The wanted moment.

    Raises:
        ClipUnavailable: no packet lies in the span.
    """
    upto = [packet for packet in packets if packet.at <= to_s]
    run = _run_around(upto, around_s)
    keys = [i for i, packet in enumerate(run) if packet.is_key]
    if not keys or run[-1].at < from_s:
        held = f"{packets[0].at:.1f}..{packets[-1].at:.1f}" if packets else "nothing"
        raise ClipUnavailable(
            f"no video of {from_s:.1f}..{to_s:.1f} s was kept, only {held}; "
            "keep more seconds of packets, or ask sooner"
        )
    return run[max((i for i in keys if run[i].at <= from_s), default=keys[0]) :]


def _run_around(packets: Sequence[StoredPacket], around_s: Seconds) -> list[StoredPacket]:
    """Return the packets in a row that fit one stream and show the moment, or come next to it."""
    runs: list[list[StoredPacket]] = []
    for _, same in groupby(packets, key=lambda packet: id(packet.template)):
        connection = list(same)
        if runs and runs[-1][0].template.fits(connection[0].template):
            runs[-1].extend(connection)
        else:
            runs.append(connection)
    begun = [run for run in runs if run[0].at <= around_s]
    return begun[-1] if begun else next(iter(runs), [])


def write_clip(packets: Sequence[StoredPacket], path: Path) -> ClipSpan:
    """Write packets that `cut` has picked as an MP4 file, complete or not at all.

    Raises:
        ClipNotWritten: the disk refused; nothing is left behind.
        ClipUnavailable: the format has no place for such packets; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        _remux(packets, part)
        os.replace(part, path)  # noqa: PTH105  -- Path.replace says nothing more
    except (OSError, ValueError, av.error.FFmpegError) as error:
        with suppress(OSError):  # it may never have been made
            part.unlink()
        reason = getattr(error, "strerror", None) or error
        if _is_of_the_packets(error):  # to try again would not help
            raise ClipUnavailable(f"no clip can be made of such packets: {reason}") from error
        raise ClipNotWritten(f"cannot write the clip {path}: {reason}") from error
    return ClipSpan(packets[0].at, max(packet.at for packet in packets), len(packets))


def _is_of_the_packets(error: Exception) -> bool:
    errno_of = getattr(error, "errno", None)
    return isinstance(error, av.error.InvalidDataError) or errno_of in {None, errno.EINVAL}


def _remux(packets: Sequence[StoredPacket], part: Path) -> None:
    # faststart: the index stands first, so that a browser plays before it has all.
    with av.open(part, "w", format="mp4", options={"movflags": "+faststart"}) as output:
        stream = packets[0].template.add_to(output)
        for stored, dts, pts in retimed(packets):
            output.mux(_packet(stored, dts, pts, stream))


def _packet(stored: StoredPacket, dts: int, pts: int, stream: VideoStream) -> "av.Packet[Stream]":
    packet = av.Packet(stored.payload)
    packet.dts, packet.pts, packet.duration = dts, pts, stored.duration
    packet.time_base = stored.template.time_base
    packet.is_keyframe = stored.is_key
    packet.stream = stream
    return packet


def retimed(packets: Sequence[StoredPacket]) -> Iterator[tuple[StoredPacket, int, int]]:
    """Yield each packet with its dts and pts in the clip: rising, gaps kept, shown from 0.

    Within a connection the stream's own distances are kept to the tick; across a reconnect or a
    jump of the camera's clock, capture time tells the distance.
    """
    unit = packets[0].template.time_base
    before: StoredPacket | None = None
    shift, last_dts = 0, None
    for stored in packets:
        own = _own_dts(stored)
        if before is None or _broken(before, stored, unit):
            # Pictures coded out of order: the first is decoded before 0 to be shown at 0.
            shown = own if stored.pts is None else stored.pts
            shift = round(Fraction(stored.at - packets[0].at) / unit) - (shown or 0)
        dts = shift if own is None else own + shift
        if last_dts is not None:
            dts = max(dts, last_dts + 1)
        yield stored, dts, dts if stored.pts is None else max(dts, stored.pts + shift)
        last_dts, before = dts, stored


def _own_dts(stored: StoredPacket) -> int | None:
    return stored.dts if stored.dts is not None else stored.pts


def _broken(before: StoredPacket, stored: StoredPacket, unit: Fraction) -> bool:
    """Whether the distance between two packets cannot be told from their timestamps."""
    earlier, later = _own_dts(before), _own_dts(stored)
    if before.template is not stored.template or earlier is None or later is None:
        return True
    return not 0 <= (later - earlier) * unit <= _JUMP_S
