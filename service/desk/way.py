"""A case's way as columns, so that a report over a month reads neither histories nor documents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.history import Line, moves
from streetwatch.service.desk.states import CaseState, RejectReason
from streetwatch.vision.types import Seconds

#: People's answers to what was filed.
_VERDICTS = frozenset({CaseState.ACCEPTED.value, CaseState.REJECTED.value})


@dataclass(frozen=True, slots=True)
class Track:
    """What a case's history says of its way.

    Attributes:
        first: When it first came into each state.
        reason: Why it was rejected.
        judged_by: Who judged it first; None: nobody, or only the desk by itself.
        judged_at: When that was.
    """

    first: Mapping[str, Seconds]
    reason: str | None
    judged_by: str | None = None
    judged_at: Seconds | None = None


def track(history: Iterable[Line]) -> Track:
    """Read a case's history."""
    first: dict[str, Seconds] = {}
    reason = judged_by = judged_at = None
    for line in moves(history):
        state, who = line["state"], line.get("by")
        if state not in first:
            first[state] = _seconds(line["at"])
        if state == CaseState.REJECTED:
            reason = line.get("reason")
        if judged_by is None and state in _VERDICTS and who and who != THE_DESK:
            judged_by, judged_at = who, _seconds(line["at"])
    return Track(first, reason, judged_by, judged_at)


def is_duplicate(duplicate_of: str | None, reason: str | None) -> bool:
    """Tell whether a case was found to be another one's double."""
    return duplicate_of is not None or reason == RejectReason.DUPLICATE


def way_columns(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what is to stand beside a case's document and history; `service.store.schema`."""
    way, document = track(row["history"]), row["document"]
    was_warned = CaseState.WARNED in way.first
    began, gone = document.get("first_seen"), document.get("cleared_at")
    return {
        "began_at": _seconds(began) if began else row["occurred_at"],
        "gone_at": _seconds(gone) if gone else None,
        "filed_at": way.first.get(CaseState.REPORTED) if was_warned else row["reported_at"],
        "first_accepted_at": way.first.get(CaseState.ACCEPTED),
        "first_dispatched_at": way.first.get(CaseState.DISPATCHED),
        "first_handled_at": way.first.get(CaseState.HANDLED),
        "was_warned": was_warned,
        "is_double": is_duplicate(row.get("duplicate_of"), way.reason),
        "judged_by": way.judged_by,
        "judged_at": way.judged_at,
    }


def _seconds(written: str) -> Seconds:
    return datetime.fromisoformat(written).timestamp()
