"""Figures over cases: shares with their interval, times with median and 90th percentile.

Pure. What was not measured has no value: an empty share is never 0 %.
"""

from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from streetwatch.models.intervals import wilson
from streetwatch.service.desk.reports.facts import FROM_CAMERAS, CaseFacts
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

_DAY_S: Seconds = 86_400.0

#: Within how many days a place is looked at for the next violation (反弹率).
RECURRENCE_DAYS = (7, 30, 90)

#: The three kinds of answer to a case (721工作法).
MEASURES = ("service", "management", "enforcement")


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


@dataclass(slots=True)
class _Count:
    hits: int = 0
    n: int = 0

    def add(self, *, hit: bool) -> None:
        self.n += 1
        self.hits += hit


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


@dataclass(slots=True)
class Tally:
    """Counts cases one by one, in a space that grows by a few numbers a case.

    Args:
        now: What is still open is judged as of then, seconds since the epoch.
    """

    now: Seconds
    cases: int = 0
    duplicates: int = 0
    warned: int = 0
    force_closed: int = 0
    shares: dict[str, _Count] = field(default_factory=dict)
    times: dict[str, "array[float]"] = field(default_factory=dict)

    def add(self, case: CaseFacts) -> None:
        """Count one case."""
        if case.is_duplicate:
            self.duplicates += 1
            return
        self._warning(case)
        if case.filed_at is None:
            return
        self.cases += 1
        if case.source == FROM_CAMERAS:
            self._review(case)
        self._closing(case)
        self._recurrence(case)
        self._taken(case, case.filed_at)
        if case.measure in MEASURES:
            for name in MEASURES:
                self._count(name, hit=case.measure == name)

    def join(self, other: "Tally") -> None:
        """Count what another one has counted."""
        self.cases += other.cases
        self.duplicates += other.duplicates
        self.warned += other.warned
        self.force_closed += other.force_closed
        for name, count in other.shares.items():
            mine = self.shares.setdefault(name, _Count())
            mine.hits += count.hits
            mine.n += count.n
        for name, times in other.times.items():
            self.times.setdefault(name, array("d")).extend(times)

    def figures(self) -> Figures:
        """Return what was counted."""
        counts = {name: self.shares.get(name, _Count()) for name in SHARES}
        return Figures(
            cases=self.cases,
            duplicates=self.duplicates,
            warned=self.warned,
            force_closed=self.force_closed,
            shares={name: Share(one.hits, one.n) for name, one in counts.items()},
            times={name: times_of(self.times.get(name)) for name in TIMES},
        )

    def _warning(self, case: CaseFacts) -> None:
        if not case.was_warned:
            return
        self.warned += 1
        if case.state is not CaseState.WARNED:
            self._count("self_corrected", hit=case.state is CaseState.SELF_CORRECTED)

    def _review(self, case: CaseFacts) -> None:
        """Count a verdict on the model: withdrawn cases say nothing about it."""
        rejected = case.state is CaseState.REJECTED
        judged = rejected or case.is_confirmed
        self._count("review_coverage", hit=judged)
        if judged:
            self._count("precision", hit=not rejected)

    def _closing(self, case: CaseFacts) -> None:
        self.force_closed += case.state is CaseState.FORCE_CLOSED
        if case.is_confirmed:
            self._count("closure", hit=case.state is CaseState.CLOSED)
        if case.deadline is not None and not case.is_refused:
            done_at = self.now if case.done_at is None else case.done_at
            self._count("overdue", hit=done_at > case.deadline)

    def _recurrence(self, case: CaseFacts) -> None:
        """Count whether the place stayed clear, once there was the time to see."""
        if case.state is not CaseState.CLOSED or case.ended_at is None:
            return
        for days in RECURRENCE_DAYS:
            until = case.ended_at + days * _DAY_S
            if until <= self.now:
                back = case.recurred_at is not None and case.recurred_at <= until
                self._count(f"recurrence_{days}d", hit=back)

    def _taken(self, case: CaseFacts, filed_at: Seconds) -> None:
        if case.source == FROM_CAMERAS:
            self._time("discover", case.began_at, filed_at)
            self._time("delay", case.occurred_at, filed_at)
        self._time("dispatch", filed_at, case.dispatched_at)
        self._time("handle", case.dispatched_at, case.handled_at)
        if case.state is CaseState.CLOSED:
            self._time("close", filed_at, case.ended_at)

    def _count(self, name: str, *, hit: bool) -> None:
        self.shares.setdefault(name, _Count()).add(hit=hit)

    def _time(self, name: str, start: Seconds | None, end: Seconds | None) -> None:
        if start is not None and end is not None:
            self.times.setdefault(name, array("d")).append(end - start)


def times_of(measured: "array[float] | None") -> Times:
    """Return the median and the 90th percentile of what was measured."""
    if not measured:
        return Times(0, None, None)
    values = np.sort(np.frombuffer(measured))
    return Times(len(values), _quantile(values, 0.5), _quantile(values, 0.9))


def _quantile(values: npt.NDArray[np.float64], share: float) -> Seconds:
    """Return the value that so many of the sorted ones don't exceed, between two of them.

    (As `numpy.quantile` has it, which takes longer than all the rest of a report of many rows.)
    """
    whole, part = divmod(share * (len(values) - 1), 1)
    low, high = values[int(whole)], values[min(int(whole) + 1, len(values) - 1)]
    return float(low + part * (high - low))
