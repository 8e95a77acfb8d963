"""Windows of hours as people tick and type them, and as `cameras.yaml` has them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from streetwatch.service.config.document import Tree
from streetwatch.service.config.rule_schema import weekdays
from streetwatch.zones.schedule import DAYS

EVERY_DAY: Final = frozenset(range(len(DAYS)))


@dataclass(frozen=True, slots=True)
class Hours:
    """One window.

    Attributes:
        days: On which it begins, 0 = Monday.
        start: `HH:MM`, or what somebody has typed so far.
        end: The same; before `start` it is on the next day.
        others: Keys that the form does not show; they are kept.
    """

    days: frozenset[int] = EVERY_DAY
    start: str = "07:00"
    end: str = "19:00"
    others: tuple[tuple[str, Tree], ...] = ()

    @property
    def is_overnight(self) -> bool:
        """Tell whether it ends on the next day."""
        return self.end < self.start

    def entry(self) -> dict[str, Tree]:
        """Return it as `cameras.yaml` has it; every day is left out."""
        names: list[Tree] = [DAYS[day] for day in sorted(self.days)]
        days: dict[str, Tree] = {} if self.days == EVERY_DAY else {"days": names}
        return {**days, "from": self.start, "to": self.end, **dict(self.others)}


def hours_of(schedule: Tree) -> tuple[Hours, ...]:
    """Return the windows of a schedule that the schema has found right."""
    windows = schedule if isinstance(schedule, list) else []
    return tuple(_hours(one) for one in windows if isinstance(one, dict))


def schedule_with(hours: Iterable[Hours]) -> Tree:
    """Return windows as `cameras.yaml` has them; without any the key is left out: always."""
    return [one.entry() for one in hours] or None


def _hours(window: Mapping[str, Tree]) -> Hours:
    others = tuple((key, one) for key, one in window.items() if key not in {"days", "from", "to"})
    days = weekdays(window["days"]) if "days" in window else EVERY_DAY
    return Hours(days, str(window["from"]), str(window["to"]), others)
