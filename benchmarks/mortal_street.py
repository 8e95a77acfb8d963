"""What stands in the street of those who die: a function of the time alone, and who saw it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from streetwatch.vision.types import Box, Seconds

CAMERAS: Final = ("north", "south", "gate")

#: What stands stands so long, then its place is free so long; what came after it is another case.
STANDS_S: Final[Seconds] = 120.0
FREE_S: Final[Seconds] = 60.0
_PLACES: Final = 4

#: Between looks that are farther apart nobody looked (`zones.presence`): whoever did is dead, or
#: had no processor.
_APART_S: Final[Seconds] = 8.0

#: What has been away for so long has left.
CLEAR_S: Final[Seconds] = 6.0


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands at a place of a camera's street for a while.

    Attributes:
        is_first: Nothing stood there before; else its place was free for `FREE_S`.
    """

    camera: str
    box: Box
    since: Seconds
    until: Seconds
    is_first: bool

    def watched_s(self, looks: Iterable[Seconds]) -> Seconds:
        """Return for how long of its time somebody looked, by when all looks were."""
        return _watched_s(self.since, self.until, looks)

    def is_told_apart(self, looks: Iterable[Seconds]) -> bool:
        """Tell whether its place was seen to be free before it came: else it may be the last."""
        free_s = _watched_s(self.since - FREE_S, self.since, looks)
        return self.is_first or free_s >= 2 * CLEAR_S

    def is_filed_at(self, first_seen: Seconds, box: Box) -> bool:
        """Tell whether what was filed is this."""
        here = all(abs(a - b) < 20 for a, b in zip(self.box, box, strict=True))
        return here and self.since <= first_seen <= self.until


def things(zero: Seconds, until: Seconds) -> Iterator[Thing]:
    """Yield all that stands from the beginning of a script to its end."""
    for row, camera in enumerate(CAMERAS):
        for place in range(_PLACES):
            since = zero + 5.0 + 7.0 * row + 11.0 * place
            left = 12.0 + 78.0 * place
            while since < until:
                box = (left, 80.0, left + 50.0, 120.0)
                yield Thing(camera, box, since, since + STANDS_S, is_first=since < zero + STANDS_S)
                since += STANDS_S + FREE_S


def _watched_s(begin: Seconds, end: Seconds, looks: Iterable[Seconds]) -> Seconds:
    """Return for how long of a span somebody looked."""
    overlaps = (
        min(end, until) - max(begin, since)
        for since, until in pairwise(looks)
        if until - since <= _APART_S
    )
    return sum(max(one, 0.0) for one in overlaps)
