"""A report's rows: one for each group and period."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from streetwatch.service.desk.reports.facts import Cases, Codes, Times
from streetwatch.service.desk.reports.figures import Figures, counted, measured
from streetwatch.service.desk.reports.period import Period, Step, period_at
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: More rows than anyone reads, and than a service should hold in memory for one.
MOST_ROWS = 10_000

_DAY_S = 86_400
_CHINA_S = 8 * 3600


class By(StrEnum):
    """What a report is divided into, time apart."""

    ALL = "all"
    TYPE = "type"
    GRID = "grid"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group in one period.

    Attributes:
        by: What kind of group.
        group: Its name; empty for all cases, and for those that have no grid or camera.
        period: In which its cases came to the desk.
    """

    by: By
    group: str
    period: Period
    figures: Figures


def rows(cases: Cases, *, by: Iterable[By], step: Step, whole: Period, now: Seconds) -> list[Row]:
    """Return a row for each group and period that has cases; for all of them one in any case.

    Args:
        cases: Of the period.
        by: All these kinds of group.
        step: How time is divided.
        whole: The report's period.
        now: What is still open is judged as of then.

    Raises:
        InputError: there would be more rows than `MOST_ROWS`.
    """
    periods, when = _periods(cases.came_at, step, whole)
    found: list[Row] = []
    counts = measured(cases, now=now)
    for kind in by:
        names, group = _numbered(_GROUPS[kind](cases))
        keys, places = np.unique(group * max(len(periods), 1) + when, return_inverse=True)
        if kind is By.ALL and step is Step.WHOLE and not len(keys):
            keys, names, periods = np.zeros(1, np.int64), [""], [whole]
        if len(found) + len(keys) > MOST_ROWS:
            raise InputError(
                f"this report has more than {MOST_ROWS} rows: "
                "ask for a shorter period, a longer step, or one grid"
            )
        figures = counted(counts, places, len(keys))
        for key, one in zip(keys.tolist(), figures, strict=True):
            of, at = divmod(key, len(periods))
            found.append(Row(kind, names[of], periods[at], one))
    return sorted(found, key=_order)


def _periods(came_at: Times, step: Step, whole: Period) -> tuple[list[Period], Codes]:
    """Return the periods that cases came in, and each one's number."""
    if step is Step.WHOLE:
        return [whole], np.zeros(len(came_at), np.int64)
    days, of_day = np.unique((came_at + _CHINA_S) // _DAY_S, return_inverse=True)
    known: dict[Period, int] = {}
    numbers = [
        known.setdefault(period_at(day * _DAY_S - _CHINA_S, step, whole), len(known))
        for day in days.tolist()
    ]
    return list(known), np.array(numbers, np.int64)[of_day]


def _numbered(names: Sequence[str]) -> tuple[list[str], Codes]:
    """Return each name once, and which of them each case has."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return list(known), np.fromiter(map(known.__getitem__, names), np.int64, len(names))


def _order(row: Row) -> tuple[int, str, Seconds]:
    return tuple(By).index(row.by), row.group, row.period.start


_GROUPS: Mapping[By, Callable[[Cases], Sequence[str]]] = MappingProxyType(
    {
        By.ALL: lambda cases: [""] * len(cases),
        By.TYPE: lambda cases: cases.types,
        By.GRID: lambda cases: cases.grids,
        By.CAMERA: lambda cases: cases.cameras,
    }
)
