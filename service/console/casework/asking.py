"""What is asked of the list of cases: the API's own question, kept in the page's address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import ValidationError

from streetwatch.service.desk.questions import ListQuestion
from streetwatch.vision.types import Seconds

#: Cases on a page of the list.
LINES: Final = 50

#: Those of the API that a person chooses; the rest is the list's own business.
_MANY: Final = (
    "state",
    "type",
    "level",
    "camera",
    "source",
    "authority",
    "assignee",
    "grid_code",
)
_ONE: Final = ("q", "since", "until", "overdue", "unassigned", "bbox", "sort")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the API's words, and what is wrong with it, if anything is.

    Attributes:
        given: By the name of the parameter; a name that may come twice has a tuple.
        wrong: For people; empty where the question is good.
    """

    given: Mapping[str, Any]
    wrong: str = ""

    def with_(self, name: str, value: object) -> "Asked":
        """Return it with one thing asked otherwise; empty asks nothing of it."""
        rest = {key: one for key, one in self.given.items() if key != name}
        kept = tuple(value) if isinstance(value, list | tuple) else value
        return checked(rest | ({name: kept} if kept not in ("", None, ()) else {}))

    @property
    def query(self) -> str:
        """The question as the API and the page's address take it."""
        return urlencode(self.given, doseq=True)

    @property
    def is_open(self) -> bool:
        """Whether it asks for every case."""
        return not set(self.given) - {"sort"}

    def question(self) -> ListQuestion:
        """Return the question for the desk; one that is wrong asks for nothing special."""
        return ListQuestion(**self._readable(), limit=LINES)

    def _readable(self) -> dict[str, Any]:
        return {} if self.wrong else dict(self.given)


def asked_in(parameters: Sequence[tuple[str, str]]) -> Asked:
    """Read a question from a page's address; what it does not know is left out."""
    given: dict[str, Any] = {}
    for name, value in parameters:
        if name in _MANY and value:
            given[name] = (*given.get(name, ()), value)
        elif name in _ONE and value:
            given[name] = value
    return checked(given)


def checked(given: Mapping[str, Any]) -> Asked:
    """Return a question with what is wrong with it."""
    asked = Asked(dict(given))
    try:
        asked.question()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = ".".join(map(str, first["loc"][:1]))
        return replace(asked, wrong=f"{name}: {first['msg']}" if name else first["msg"])
    return asked


def exported(asked: Asked) -> str:
    """Return where the list that was asked for is to be had as CSV."""
    rest = f"?{asked.query}" if asked.query and not asked.wrong else ""
    return f"/desk/cases.csv{rest}"


def begins_at(day: str) -> str:
    """Write the first moment of a day on China's clock, as the API takes it."""
    return f"{day}T00:00:00+08:00"


def ends_at(day: str) -> str:
    """Write the last second of a day on China's clock."""
    return f"{day}T23:59:59+08:00"


def is_late(due_at: Seconds | None, *, now: Seconds) -> bool:
    """Tell whether a deadline has passed."""
    return due_at is not None and due_at < now
