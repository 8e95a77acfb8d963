"""Cases as lines of a list."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from streetwatch.service.console.casework.words import LEVELS, SOURCES, STATES, Say, tone_of, worded
from streetwatch.service.console.moments import seconds_of, to_the_minute, to_the_second
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

#: What a case is called, by its type.
Names = Mapping[str, str]

#: A deadline so near is shown as one.
SOON_S: Seconds = 1800.0


@dataclass(frozen=True, slots=True)
class Line:
    """What a list tells of a case, in the words of its reader.

    Attributes:
        level: Its colour, empty where it has none.
        due_at: Its deadline, seconds since the epoch; None where none runs.
    """

    number: str
    type: str
    type_words: str
    level: str
    level_words: str
    state: str
    state_words: str
    tone: str
    place: str
    source: str
    reported: str
    reported_full: str
    due_at: Seconds | None
    assignee: str
    revision: int

    def prop(self) -> dict[str, Any]:
        """Return it as the list's component takes it."""
        return asdict(self)


def line_of(case: Mapping[str, Any], *, names: Names, say: Say, now: Seconds) -> Line:
    """Return a case as a line."""
    state = CaseState(case["state"])
    reported = seconds_of(case["reported_at"]) or 0.0
    level = case.get("level") or ""
    return Line(
        number=case["number"],
        type=case["type"],
        type_words=names.get(case["type"], case["type"]),
        level=level,
        level_words=worded(LEVELS, level, say) if level else "",
        state=state.value,
        state_words=say(STATES[state]),
        tone=tone_of(state),
        place=place_words(case),
        source=worded(SOURCES, case["source"], say),
        reported=to_the_minute(reported, now=now),
        reported_full=to_the_second(reported),
        due_at=seconds_of(case.get("deadline")),
        assignee=case.get("assignee") or case.get("authority") or "",
        revision=case["revision"],
    )


def place_words(case: Mapping[str, Any]) -> str:
    """Return where a case is, as well as it is known."""
    camera = case.get("camera")
    if camera:
        return str(camera["name"])
    return str(case.get("address") or case.get("grid_code") or "")
