"""What a camera's later facts do to a case's state: the only moves that the desk makes by facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

#: What the camera says, and since when.
_OPENED, _CLEARED, _DISPUTED = "opened_at", "cleared_at", "disputed_at"


@dataclass(frozen=True, slots=True)
class Turn:
    """A move of a case.

    Attributes:
        at: Capture time of what caused it.
        note: Why, Chinese and English.
    """

    state: CaseState
    at: Seconds
    note: str


def turn(state: CaseState, before: Mapping[str, Any], after: Document) -> Turn | None:
    """Return the move that new facts make, None where they leave the state to people.

    Args:
        state: Of the case.
        before: The facts it had.
        after: The facts it has now.
    """
    match state:
        case CaseState.WARNED if after.get(_OPENED):
            return _turn(
                CaseState.REPORTED, after, _OPENED, "预警后仍在 / still there after warning"
            )
        case CaseState.WARNED if after.get(_CLEARED):
            note = "预警期内自行改正 / gone within the time of the warning"
            return _turn(CaseState.SELF_CORRECTED, after, _CLEARED, note)
        case CaseState.SELF_CORRECTED if _is_new(_OPENED, before, after):
            note = "称已改正但仍在 / said to be corrected, still there"
            return _turn(CaseState.REPORTED, after, _OPENED, note)
        case CaseState.CLOSED if _is_new(_DISPUTED, before, after):
            note = "结案后仍在 / still there after closing"
            return _turn(CaseState.DISPATCHED, after, _DISPUTED, note)
        case _:
            return None


def _turn(state: CaseState, facts: Document, since: str, note: str) -> Turn:
    return Turn(state, datetime.fromisoformat(facts[since]).timestamp(), note)


def _is_new(name: str, before: Mapping[str, Any], after: Document) -> bool:
    return after.get(name) is not None and before.get(name) is None
