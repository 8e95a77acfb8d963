"""The track of a stay: where it was seen, and when it was not. Kept small, for those who review."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.stay import Stay

#: A box that has moved less than this, in its own widths and heights, is where it was.
_LEAST_MOVE: Final = 0.03

#: What is older goes first: a track holds the end of a long stay.
MOST_SPANS: Final = 300
MOST_BOXES: Final = 300


class Sight(StrEnum):
    """What is known of a stretch of time."""

    SEEN = "seen"
    MISSED = "missed"  #: looked at, and not found
    HIDDEN = "hidden"  #: something stood before it
    IDLE = "idle"  #: nobody looked, or its rule did not apply


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    since: Seconds
    until: Seconds
    sight: Sight


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and from when on it is where the thing stands."""

    at: Seconds
    box: Box


@dataclass(frozen=True, slots=True)
class Track:
    """A stay over time.

    Attributes:
        stay: As it was at the latest look.
        spans: Without gaps, in order. Inside one gap the order of what was missed, hidden and idle
            is not known: they stand in this order.
        boxes: In order.
    """

    stay: Stay
    spans: tuple[Span, ...] = ()
    boxes: tuple[Placed, ...] = ()


def begun(stay: Stay) -> Track:
    """Return the track of a stay that is followed from now on."""
    return Track(stay, boxes=(Placed(stay.last_seen, stay.box),))


def followed(track: Track, stay: Stay) -> Track:
    """Add what one more look has found."""
    if stay.last_seen <= track.stay.last_seen:
        return track
    spans = list(track.spans)
    for since, until, sight in _stretches(track.stay, stay):
        _append(spans, Span(since, until, sight))
    boxes = track.boxes
    if _has_moved(boxes[-1].box, stay.box):
        boxes = (*boxes, Placed(stay.last_seen, stay.box))
    return Track(stay, tuple(spans[-MOST_SPANS:]), boxes[-MOST_BOXES:])


def _stretches(before: Stay, after: Stay) -> list[tuple[Seconds, Seconds, Sight]]:
    """Return what the time since the last sight was made of, its sum stretched to fit."""
    spent = {
        Sight.MISSED: after.missed_s - before.missed_s,
        Sight.HIDDEN: after.hidden_s - before.hidden_s,
        Sight.IDLE: after.idle_s - before.idle_s,
        Sight.SEEN: after.observed_s - before.observed_s,
    }
    gap, told = after.last_seen - before.last_seen, sum(spent.values())
    if told <= 0:
        return [(before.last_seen, after.last_seen, Sight.IDLE)]
    made: list[tuple[Seconds, Seconds, Sight]] = []
    at = before.last_seen
    for sight, spent_s in spent.items():
        if spent_s > 0:
            made.append((at, at + spent_s * gap / told, sight))
            at = made[-1][1]
    return made


def _append(spans: list[Span], one: Span) -> None:
    if spans and spans[-1].sight is one.sight:
        spans[-1] = Span(spans[-1].since, one.until, one.sight)
    else:
        spans.append(one)


def _has_moved(before: Box, after: Box) -> bool:
    width, height = before[2] - before[0], before[3] - before[1]
    sizes = (width, height, width, height)
    pairs = zip(before, after, sizes, strict=True)
    return any(abs(b - a) > _LEAST_MOVE * max(size, 1.0) for a, b, size in pairs)
