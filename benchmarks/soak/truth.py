"""What should have been filed in a soak, against what was. Pure: times are seconds of one clock."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from streetwatch.benchmarks.events import Event
from streetwatch.benchmarks.soak.plan import Spell
from streetwatch.vision.types import Seconds

#: Every camera is looked at every 10 s at the least (docs/reference/rules.md); and no machine is
#: so punctual.
PROMISE_S: Final[Seconds] = 10.0
_TREMBLE_S: Final[Seconds] = 0.5

#: What is seen this long before and after what should be is it.
_TOLERANCE_S: Final[Seconds] = 12.0

#: For so long before it a place must have been seen to be free: what stood there is gone by then.
FREE_S: Final[Seconds] = 45.0

#: A camera that was not looked at for so long may have missed what happened.
_SEEN_WITHIN_S: Final[Seconds] = 8.0


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A true event of one lap of one camera's film.

    Attributes:
        free_from: When its place became free before; it must have been seen to be.
    """

    event: Event
    free_from: Seconds
    start: Seconds
    violation_at: Seconds
    end: Seconds

    def is_met_by(self, filed: Event) -> bool:
        """Tell whether what was filed is this."""
        in_time = self.violation_at - _TOLERANCE_S <= filed.violation_at <= self.end + _TOLERANCE_S
        return in_time and filed.may_be(self.event)


@dataclass(frozen=True, slots=True)
class CasesVerdict:
    """How the cases of a soak came out.

    Attributes:
        expected: Events that were in view of a camera that was well.
        filed: Cases.
        missed: Of those expected, not filed.
        twice: Filed once more.
        false: Filed for nothing.
    """

    expected: int
    filed: int
    missed: int
    twice: int
    false: int

    @property
    def is_right(self) -> bool:
        """Whether each was filed once, and nothing else."""
        return (self.missed, self.twice, self.false) == (0, 0, 0)


def occurrences(
    event: Event, *, began_at: Seconds, elapsed_s: Seconds, length_s: Seconds, until: Seconds
) -> Iterator[Occurrence]:
    """Yield an event of a film again for each of its laps.

    Args:
        event: With times from the film's start.
        began_at: When the camera began.
        elapsed_s: Where its film was then.
        length_s: Of the film.
        until: When the soak ended.
    """
    zero = began_at - elapsed_s
    while zero + event.violation_at < until:
        yield Occurrence(
            event,
            free_from=max(zero - length_s + event.end, began_at, zero + event.start - FREE_S),
            start=zero + event.start,
            violation_at=zero + event.violation_at,
            end=zero + event.end,
        )
        zero += length_s


def judged(
    true: Iterable[Occurrence],
    filed: Sequence[Event],
    looks: Mapping[str, Sequence[Seconds]],
    *,
    until: Seconds,
) -> CasesVerdict:
    """Judge what was filed.

    Args:
        true: All occurrences of all cameras.
        filed: All cases.
        looks: When each camera was looked at, in order.
        until: When the soak ended: what matured just then may not be filed yet.
    """
    counts: Counter[str] = Counter()
    met: set[int] = set()
    for one in true:
        rows = [row for row, case in enumerate(filed) if one.is_met_by(case)]
        met |= set(rows)
        counts["twice"] += max(len(rows) - 1, 0)
        is_over = one.violation_at + _TOLERANCE_S < until
        if is_over and was_seen(one, looks.get(one.event.camera, ())):
            counts["expected"] += 1
            counts["missed"] += not rows
    false = len(filed) - len(met)
    return CasesVerdict(counts["expected"], len(filed), counts["missed"], counts["twice"], false)


def was_seen(one: Occurrence, looks: Sequence[Seconds]) -> bool:
    """Tell whether a camera looked without a gap from when the place was free until it was full."""
    until = one.violation_at + _TOLERANCE_S / 2
    during = [one.free_from, *_between(looks, one.free_from, until), until]
    return one.start > one.free_from and all(
        later - earlier <= _SEEN_WITHIN_S for earlier, later in pairwise(during)
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """Two looks of one camera, and nothing between them.

    Attributes:
        at_s: When it began, seconds since the soak did.
    """

    camera: str
    at_s: Seconds
    seconds: Seconds

    @property
    def is_late(self) -> bool:
        """Whether it was longer than is promised."""
        return self.seconds > PROMISE_S + _TREMBLE_S

    def __str__(self) -> str:
        return f"{self.camera} {self.seconds:.1f} s from {self.at_s:.0f} s on"


def gaps_outside(
    camera: str, looks: Sequence[Seconds], spells: Iterable[Spell], *, began_at: Seconds
) -> list[Gap]:
    """Return the times between two looks of one camera while it was well.

    A trouble counts until the first look after it: how long that takes is measured by itself.
    """
    ill = [(began_at + one.begin_s, _first_after(looks, began_at + one.end_s)) for one in spells]
    return [
        Gap(camera, earlier - began_at, later - earlier)
        for earlier, later in pairwise(looks)
        if not any(earlier < end and later > begin for begin, end in ill)
    ]


def recoveries(
    looks: Sequence[Seconds], spells: Iterable[Spell], *, began_at: Seconds
) -> list[Seconds]:
    """Return how long after each trouble the first look came."""
    ends = [began_at + one.end_s for one in spells]
    return [_first_after(looks, end) - end for end in ends if looks and looks[-1] > end]


def _between(looks: Sequence[Seconds], since: Seconds, until: Seconds) -> Sequence[Seconds]:
    return looks[bisect_left(looks, since) : bisect_left(looks, until)]


def _first_after(looks: Sequence[Seconds], at: Seconds) -> Seconds:
    row = bisect_left(looks, at)
    return looks[row] if row < len(looks) else float("inf")
