"""What may be done with a case in its state, and what has to be said with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.language import mark
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.states import MOVES, CaseState
from streetwatch.zones.schedule import CHINA


class Ask(StrEnum):
    """What a person says with a step."""

    NOTE = "note"
    REASON = "reason"
    AUTHORITY = "authority"
    ASSIGNEE = "assignee"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Step:
    """A move that a state allows.

    Attributes:
        words: What the button says.
        asks: What may be said with it.
        needs: What must be said with it.
        key: That does it on the keyboard.
        is_main: Whether it is what usually comes next.
    """

    state: CaseState
    words: str
    asks: tuple[Ask, ...] = (Ask.NOTE,)
    needs: frozenset[Ask] = frozenset()
    is_main: bool = False


_WORDS: Final[Mapping[CaseState, str]] = MappingProxyType(
    {
        CaseState.REPORTED: mark("File it"),
        CaseState.SELF_CORRECTED: mark("Put right"),
        CaseState.ACCEPTED: mark("Accept"),
        CaseState.REJECTED: mark("Reject"),
        CaseState.DISPATCHED: mark("Dispatch"),
        CaseState.HANDLING: mark("Begin"),
        CaseState.SUSPENDED: mark("Suspend"),
        CaseState.HANDLED: mark("Handled"),
        CaseState.CLOSED: mark("Close the case"),
        CaseState.FORCE_CLOSED: mark("Close by force"),
        CaseState.CANCELLED: mark("Withdraw"),
    }
)

_ASKS: Final[Mapping[CaseState, tuple[Ask, ...]]] = MappingProxyType(
    {
        CaseState.REJECTED: (Ask.REASON, Ask.NOTE),
        CaseState.DISPATCHED: (Ask.AUTHORITY, Ask.ASSIGNEE, Ask.NOTE),
        CaseState.SUSPENDED: (Ask.NOTE, Ask.UNTIL),
    }
)

_NEEDS: Final[Mapping[CaseState, frozenset[Ask]]] = MappingProxyType(
    {
        CaseState.REJECTED: frozenset({Ask.REASON}),
        CaseState.SUSPENDED: frozenset({Ask.NOTE}),
        CaseState.FORCE_CLOSED: frozenset({Ask.NOTE}),
        CaseState.CANCELLED: frozenset({Ask.NOTE}),
    }
)


def steps_of(state: CaseState) -> tuple[Step, ...]:
    """Return what may be done with a case, what usually comes next first."""
    return tuple(
        Step(
            one,
            _WORDS[one],
            _ASKS.get(one, (Ask.NOTE,)),
            _NEEDS.get(one, frozenset()),
            is_main=place == 0,
        )
        for place, one in enumerate(MOVES[state])
    )


class UnsaidError(ValueError):
    """Something that has to be said was not, or was not understood."""


def move_of(step: Step, given: Mapping[Ask, str], *, by: str, say: Say) -> Move:
    """Return the move that a person asks for.

    Args:
        step: What is to be done.
        given: What was said with it; empty is unsaid.
        by: Who is signed in.
        say: Says what is missing.

    Raises:
        UnsaidError: something is missing or wrong, for people.
    """
    said = {one: given.get(one, "").strip() for one in step.asks}
    if any(not said[one] for one in step.needs):
        raise UnsaidError(say("Fill in what is marked with *."))
    facts: dict[str, Any] = {one.value: text for one, text in said.items() if text}
    if Ask.UNTIL in facts:
        facts["until"] = _end_of(facts["until"], say)
    try:
        return Move(state=step.state, by=by, **facts)
    except ValidationError as error:
        raise UnsaidError(error.errors(include_url=False)[0]["msg"]) from error


def _end_of(day: str, say: Say) -> str:
    """Return the last second of a day."""
    try:
        last = datetime.combine(datetime.fromisoformat(day).date(), time(23, 59, 59), CHINA)
    except ValueError:
        raise UnsaidError(say("Write a day like 2026-11-23.")) from None
    return last.isoformat()
