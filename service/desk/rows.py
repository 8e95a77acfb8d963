"""Rows of the book: from drafts, and to what the desk answers."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.draft import Document, Draft
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

#: The column that keeps when a case came into a state for the last time.
_TIME_OF: Mapping[CaseState, str] = MappingProxyType(
    {
        CaseState.ACCEPTED: "accepted_at",
        CaseState.DISPATCHED: "dispatched_at",
        CaseState.HANDLED: "handled_at",
    }
    | dict.fromkeys(ENDS, "ended_at")
)

#: Columns that are shown as they are.
_SHOWN = (
    "source",
    "type",
    "recurrence_of",
    "repeat_count",
    "grid_code",
    "authority",
    "assignee",
    "code",
    "code_standard",
    "code_kind",
    "urgency",
    "level",
    "first_offence",
    "suggestion",
    "measure",
    "triage",
    "subject",
    "remaining_s",
    "duplicate_of",
    "verification",
    "legal_hold",
)

#: Columns that are moments.
_MOMENTS = (
    "reported_at",
    "accepted_at",
    "dispatched_at",
    "handled_at",
    "ended_at",
    "deadline",
    "suspended_until",
    "urged_at",
    "overdue_at",
    "verified_at",
    "unsure_at",
)


def new_row(draft: Draft, *, number: str, key: str, now: Seconds, doer: Doer) -> Document:
    """Return the row of a new case."""
    names = [one.name for one in fields(draft) if one.name != "filled"]
    state = draft.state.value
    return {
        **{name: getattr(draft, name) for name in names},
        "state": state,
        "number": number,
        "idempotency_key": key,
        "reported_at": now,
        "legal_hold": False,
        "history": [entry(now, state=state, **doer.line)],
        **draft.filled,
    }


def entry(at: Seconds, *, by: str, note: str = "", **what: object) -> Document:
    """Return a line of a case's history: `state` for a move, `action` for anything else."""
    return {**what, "at": utc(at), "by": by, "note": note}


def added(row: Mapping[Any, Any], at: Seconds, *, by: str, **line: Any) -> list[Document]:  # noqa: ANN401
    """Return a case's history with another line; no line is older than the one before it."""
    return [*row["history"], entry(max(at, last_at(row)), by=by, **line)]


def last_at(row: Mapping[Any, Any]) -> Seconds:
    """Return when something was last done with a case."""
    return datetime.fromisoformat(row["history"][-1]["at"]).timestamp()


def moved_columns(state: CaseState, now: Seconds) -> Document:
    """Return the columns that a move to a state changes; a case taken up again has not ended."""
    ended = {} if state in ENDS else {"ended_at": None}
    return {"state": state.value, **ended} | ({_TIME_OF[state]: now} if state in _TIME_OF else {})


def document_of(row: Mapping[Any, Any]) -> Document:
    """Return what the desk answers about a case."""
    return {
        "number": row["number"],
        "external_id": row["external_id"],
        "state": row["state"],
        "revision": row["revision"],
        **row["document"],
        **{name: row.get(name) for name in _SHOWN},
        **{name: _moment(row.get(name)) for name in _MOMENTS},
        "history": row["history"],
    }


def _moment(at: Seconds | None) -> str | None:
    return None if at is None else utc(at)
