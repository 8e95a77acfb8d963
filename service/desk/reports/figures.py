"""Figures over cases: shares with their interval, times with median and 90th percentile.

Pure. What was not measured has no value: an empty share is never 0 %.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from streetwatch.models.intervals import wilson
from streetwatch.service.desk.reports.facts import MEASURES, RECURRENCE_DAYS, Cases, Codes, Flags
from streetwatch.service.desk.reports.facts import Times as Moments
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

_DAY_S: Seconds = 86_400.0


@dataclass(frozen=True, slots=True)
class Share:
    """How many of n.

    Attributes:
        hits: How many.
        n: Of how many; 0: not measured.
    """

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share, None where nothing was measured."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval, None where nothing was measured."""
        return wilson(self.hits, self.n) if self.n else None


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took.

    Attributes:
        n: How often it was measured; 0: not measured.
        median_s: Half of them took no longer.
        p90_s: Nine of ten took no longer.
    """

    n: int
    median_s: Seconds | None
    p90_s: Seconds | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says about a group of cases (docs/reference/reports.md).

    Attributes:
        cases: Filed, each violation once.
        duplicates: Filed though another case had the violation; in no other figure.
        warned: Began as a warning.
        force_closed: Ended without being handled to the end; not counted as closed.
        shares: By name.
        times: By name.
    """

    cases: int
    duplicates: int
    warned: int
    force_closed: int
    shares: dict[str, Share]
    times: dict[str, Times]


SHARES = (
    "precision",
    "review_coverage",
    "closure",
    "overdue",
    *(f"recurrence_{days}d" for days in RECURRENCE_DAYS),
    "self_corrected",
    *MEASURES,
)

TIMES = ("discover", "delay", "dispatch", "handle", "close")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is counted of cases, whatever they are grouped by.

    Attributes:
        whole: Which cases count as filed, duplicates, warned and force-closed.
        shares: Of each share, of which cases it is, and which of those are hits.
        times: Of each time, which cases have it, shortest first, and how long it took them.
    """

    whole: tuple[Flags, Flags, Flags, Flags]
    shares: Mapping[str, tuple[Flags, Flags]]
    times: Mapping[str, tuple[Codes, Moments]]


def measured(cases: Cases, *, now: Seconds) -> Measured:
    """Return what is counted; what is still open is judged as of now."""
    is_one = ~cases.is_duplicate
    is_filed = is_one & ~np.isnan(cases.filed_at)
    is_forced = is_filed & cases.stand_in(CaseState.FORCE_CLOSED)
    return Measured(
        (is_filed, cases.is_duplicate, is_one & cases.was_warned, is_forced),
        {name: (of, of & hits) for name, of, hits in _shares(cases, is_one, is_filed, now)},
        dict(_taken(cases, is_filed)),
    )


def counted(found: Measured, groups: Codes, many: int) -> list[Figures]:
    """Return the figures of each group.

    Args:
        found: What is counted.
        groups: Each case's, from 0 on.
        many: How many groups there are.
    """

    def count(which: Flags) -> list[int]:
        numbers: list[int] = np.bincount(groups[which], minlength=many).tolist()
        return numbers

    filed, duplicates, warned, forced = map(count, found.whole)
    shares = {
        name: [*map(Share, count(hits), count(of))] for name, (of, hits) in found.shares.items()
    }
    times = {name: _times(taken, groups[of], many) for name, (of, taken) in found.times.items()}
    return [
        Figures(
            cases=filed[group],
            duplicates=duplicates[group],
            warned=warned[group],
            force_closed=forced[group],
            shares={name: shares[name][group] for name in SHARES},
            times={name: times[name][group] for name in TIMES},
        )
        for group in range(many)
    ]


def _shares(
    cases: Cases, is_one: Flags, is_filed: Flags, now: Seconds
) -> Iterator[tuple[str, Flags, Flags]]:
    """Yield each share's name, of which cases it is, and which count as hits."""
    is_closed, is_rejected = cases.stand_in(CaseState.CLOSED), cases.stand_in(CaseState.REJECTED)
    # Withdrawn cases say nothing about the model.
    is_judged = is_rejected | cases.is_confirmed
    of_cameras = is_filed & cases.is_camera
    yield "review_coverage", of_cameras, is_judged
    yield "precision", of_cameras & is_judged, ~is_rejected
    yield "closure", is_filed & cases.is_confirmed, is_closed
    done_at = np.where(np.isnan(cases.done_at), now, cases.done_at)
    is_timed = is_filed & ~np.isnan(cases.deadline) & ~cases.is_refused
    yield "overdue", is_timed, done_at > cases.deadline
    for days in RECURRENCE_DAYS:
        until = cases.ended_at + days * _DAY_S
        # Only once there was the time to see whether the place stayed clear.
        yield (
            f"recurrence_{days}d",
            is_filed & is_closed & (until <= now),
            cases.recurred_at <= until,
        )
    was_answered = is_one & cases.was_warned & ~cases.stand_in(CaseState.WARNED)
    yield "self_corrected", was_answered, cases.stand_in(CaseState.SELF_CORRECTED)
    for number, name in enumerate(MEASURES):
        yield name, is_filed & (cases.measures >= 0), cases.measures == number


def _taken(cases: Cases, is_filed: Flags) -> Iterator[tuple[str, tuple[Codes, Moments]]]:
    """Yield each time's name, which cases have it, shortest first, and how long it took those."""
    of_cameras = is_filed & cases.is_camera
    is_closed = is_filed & cases.stand_in(CaseState.CLOSED)
    for name, which, start, end in (
        ("discover", of_cameras, cases.began_at, cases.filed_at),
        ("delay", of_cameras, cases.occurred_at, cases.filed_at),
        ("dispatch", is_filed, cases.filed_at, cases.dispatched_at),
        ("handle", is_filed, cases.dispatched_at, cases.handled_at),
        ("close", is_closed, cases.filed_at, cases.ended_at),
    ):
        taken = end - start
        known = np.flatnonzero(which & ~np.isnan(taken))
        order = known[np.argsort(taken[known])]
        yield name, (order, taken[order])


def _times(taken: Moments, groups: Codes, many: int) -> list[Times]:
    """Return the median and the 90th percentile of each group; the shortest come first."""
    small = np.uint16 if many <= np.iinfo(np.uint16).max else np.int64  # sorted by its digits
    values = taken[np.argsort(groups.astype(small), kind="stable")]
    n = np.bincount(groups, minlength=many)
    first = np.cumsum(n) - n
    ends = [_quantiles(values, first, n, share).tolist() for share in (0.5, 0.9)]
    return [
        Times(count, median, p90) if count else Times(0, None, None)
        for count, median, p90 in zip(n.tolist(), *ends, strict=True)
    ]


def _quantiles(values: Moments, first: Codes, n: Codes, share: float) -> Moments:
    """Return the value that so many of each group's sorted ones don't exceed, between two of them.

    (As `numpy.quantile` has it, of all groups at once.)
    """
    if not len(values):
        return np.zeros(len(n))
    place = share * np.maximum(n - 1, 0)
    whole = place.astype(np.int64)
    last = len(values) - 1
    low = values[np.minimum(first + whole, last)]
    high = values[np.minimum(first + np.minimum(whole + 1, np.maximum(n - 1, 0)), last)]
    return np.asarray(low + (place - whole) * (high - low))


def times_of(taken: Sequence[Seconds]) -> Times:
    """Return the median and the 90th percentile of what was measured."""
    values = np.sort(np.asarray(taken, np.float64))
    return _times(values, np.zeros(len(values), np.int64), 1)[0]
