"""The list of cases as an element of a page."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from streetwatch.service.console.casework.detail import Exhibit
from streetwatch.service.console.casework.lines import SOON_S, Line
from streetwatch.service.console.language import say
from streetwatch.service.desk.query import Sort
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list.

    Attributes:
        sorts: How the list may be sorted by it; what comes first is asked for first.
    """

    name: str
    words: str
    sorts: tuple[Sort, ...] = ()

    def prop(self) -> dict[str, Any]:
        """Return it as the component takes it."""
        return {"name": self.name, "words": self.words, "sorts": [one.value for one in self.sorts]}


def columns() -> tuple[Column, ...]:
    """Return the list's columns in the page's language."""
    return (
        Column("level", say("Level")),
        Column("number", say("Number")),
        Column("type", say("Type")),
        Column("place", say("Place")),
        Column("state", say("State")),
        Column("due", say("Deadline"), (Sort.DEADLINE, Sort.LATEST_DEADLINE)),
        Column("assignee", say("Given to")),
        Column("reported", say("Reported"), (Sort.NEWEST, Sort.OLDEST)),
    )


def _due_words() -> dict[str, Any]:
    return {
        "late": say("late by {t}", t="{t}"),
        "left": say("{t} left", t="{t}"),
        "d": say("d"),
        "h": say("h"),
        "min": say("min"),
        "soon_s": SOON_S,
    }


class DueClock(ui.element, component="../components/due_clock.js"):
    """A deadline that is counted down."""

    def __init__(self, due_at: Seconds, *, now: Seconds) -> None:
        super().__init__()
        self._props["due"] = due_at
        self._props["now"] = now
        self._props["words"] = _due_words()


class Exhibits(ui.element, component="../components/exhibits.js"):
    """Evidence to look at."""

    def __init__(self, files: Sequence[Exhibit]) -> None:
        super().__init__()
        self._props["files"] = [asdict(one) for one in files]
        self._props["words"] = {
            "all": say("Evidence"),
            "full": say("In full size"),
            "gone": say("This file is not kept any more."),
        }


class CaseList(ui.element, component="../components/case_list.js"):
    """Cases, line by line, their deadlines counted down.

    Args:
        lines: In order.
        now: By the service's clock, which the browser's may differ from.
        sort: The order that they are in.
        on_sort: Told another order that somebody asks for; None: the order is fixed.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        *,
        now: Seconds,
        sort: Sort = Sort.NEWEST,
        on_sort: Callable[[Sort], Any] | None = None,
    ) -> None:
        super().__init__()
        self._columns = columns()
        self._props["columns"] = [
            one.prop() if on_sort else one.prop() | {"sorts": None} for one in self._columns
        ]
        self._props["words"] = {"caption": say("Cases")} | _due_words()
        self.show(lines, now=now, sort=sort)
        if on_sort:
            self.on("sort", lambda event: on_sort(self._following(event)))

    def show(self, lines: Sequence[Line], *, now: Seconds, sort: Sort) -> None:
        """Show other lines."""
        self._props["lines"] = [one.prop() for one in lines]
        self._props["now"] = now
        self._props["sort"] = sort.value
        self.update()

    def _following(self, event: GenericEventArguments) -> Sort:
        """Return the next order of the column that was clicked."""
        column = next(one for one in self._columns if one.name == event.args)
        now = Sort(self._props["sort"])
        rest = [one for one in column.sorts if one is not now]
        return column.sorts[0] if now not in column.sorts else rest[0]
