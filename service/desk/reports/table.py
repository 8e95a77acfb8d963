"""A report's rows: one for each group and period, out of one pass over the cases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from streetwatch.service.desk.reports.facts import CaseFacts
from streetwatch.service.desk.reports.figures import Figures, Tally
from streetwatch.service.desk.reports.period import Period, Step, period_at
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: More rows than anyone reads, and than a service should hold in memory for one.
MOST_ROWS = 10_000


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


def rows(
    cases: Iterable[CaseFacts], *, by: Iterable[By], step: Step, whole: Period, now: Seconds
) -> list[Row]:
    """Return a row for each group and period that has cases; for all of them one in any case.

    Args:
        cases: Of the period.
        by: All these kinds of group, in one pass.
        step: How time is divided.
        whole: The report's period.
        now: What is still open is judged as of then.

    Raises:
        InputError: there would be more rows than `MOST_ROWS`.
    """
    kinds = tuple(by)
    groups = [_GROUPS[kind] for kind in kinds]
    finest: dict[tuple[str, ...], Tally] = {}
    of: dict[tuple[str, ...], list[Tally]] = {}
    tallies: dict[tuple[By, str, Period], Tally] = {}
    if By.ALL in kinds and step is Step.WHOLE:
        tallies[By.ALL, "", whole] = Tally(now)
    for case in cases:
        period = period_at(case.came_at, step, whole)
        key = (period.name, *[group(case) for group in groups])
        if key not in finest:
            finest[key] = Tally(now)
            of[key] = [
                _row_of(tallies, (kind, group, period), now)
                for kind, group in zip(kinds, key[1:], strict=True)
            ]
        finest[key].add(case)
    # Each case was counted once, in the smallest group that it is in; now these are added up.
    for key, tally in finest.items():
        for each in of[key]:
            each.join(tally)
    return [
        Row(kind, group, period, tallies[kind, group, period].figures())
        for kind, group, period in sorted(tallies, key=_order)
    ]


def _row_of(
    tallies: dict[tuple[By, str, Period], Tally], key: tuple[By, str, Period], now: Seconds
) -> Tally:
    """Return a row's tally, a new one where it has none."""
    if key not in tallies:
        _refuse_more(tallies)
        tallies[key] = Tally(now)
    return tallies[key]


def _refuse_more(tallies: dict[tuple[By, str, Period], Tally]) -> None:
    if len(tallies) >= MOST_ROWS:
        raise InputError(
            f"this report has more than {MOST_ROWS} rows: "
            "ask for a shorter period, a longer step, or one grid"
        )


def _order(key: tuple[By, str, Period]) -> tuple[int, str, Seconds]:
    kind, group, period = key
    return tuple(By).index(kind), group, period.start


_GROUPS: Mapping[By, Callable[[CaseFacts], str]] = MappingProxyType(
    {
        By.ALL: lambda _: "",
        By.TYPE: lambda case: case.type,
        By.GRID: lambda case: case.grid_code or "",
        By.CAMERA: lambda case: case.camera_id or "",
    }
)
