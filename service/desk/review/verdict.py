"""What a reviewer finds, and what becomes of a case by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.book import Amend
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.history import UNDO, standing
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.rows import added, moved_columns
from streetwatch.service.desk.states import CaseState, DeskConflictError, RejectReason
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

#: Later, others have acted on a verdict: it is not taken back, it is corrected on the case.
UNDO_WITHIN_S: Final[Seconds] = 900.0


class Judgement(StrEnum):
    """What a reviewer says of a case; `streetwatch learn` knows the same three."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"


class JudgedAlreadyError(DeskConflictError):
    """Somebody has judged the case before."""


class NotUndoneError(DeskConflictError):
    """A verdict can't be taken back; says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of a case.

    Attributes:
        judgement: What it is.
        doer: Who says so.
        reason: Of a rejection.
        note: What they add.
    """

    judgement: Judgement
    doer: Doer
    reason: RejectReason | None = None
    note: str = ""

    def move(self) -> Move | None:
        """Return the move of the case that says the same; None where it stays where it is."""
        match self.judgement:
            case Judgement.CONFIRMED:
                return Move(state=CaseState.ACCEPTED, note=self.note).signed(self.doer)
            case Judgement.REJECTED:
                reason = self.reason or RejectReason.OTHER
                move = Move(state=CaseState.REJECTED, note=self.note, reason=reason)
                return move.signed(self.doer)
            case Judgement.UNSURE:
                return None


#: What a line of the history says was done, by what is taken back.
_STEPS: Final = (CaseState.ACCEPTED.value, CaseState.REJECTED.value, Judgement.UNSURE.value)


#: Nobody goes on with a case by these.
_ASIDE: Final = frozenset({"cleared", "merge", "mute"})


def refuse_judged(row: Mapping[Any, Any]) -> None:
    """Refuse a case that waits for no verdict.

    Raises:
        JudgedAlreadyError: says where it is, and who brought it there.
    """
    if row["state"] == CaseState.REPORTED:
        return
    by = standing(row["history"])[-1]["by"]
    raise JudgedAlreadyError(f"case {row['number']} is {row['state']} already ({by or '-'})")


def unsure(verdict: Verdict, *, now: Seconds) -> Amend:
    """Lay a case aside for a second look.

    Raises (when it is applied):
        JudgedAlreadyError: it waits for no verdict.
    """

    def amend(_: sa.Connection, row: Mapping[Any, Any]) -> Document:
        refuse_judged(row)
        line = {"note": verdict.note, "action": Judgement.UNSURE.value}
        return {"unsure_at": now, "history": added(row, now, **verdict.doer.line, **line)}

    return amend


def undone(doer: Doer, *, now: Seconds) -> Amend:
    """Take back the last verdict on a case: it stays in the history, and so does this.

    Raises (when it is applied):
        NotUndoneError: it is another's, it is too old, or others have gone on with the case.
    """

    def amend(_: sa.Connection, row: Mapping[Any, Any]) -> Document:
        step = _last_step(row, doer, now)
        history = added(row, now, action=UNDO, undone=step, **doer.line)
        if step == Judgement.UNSURE:
            return {"unsure_at": None, "history": history}
        back = moved_columns(CaseState.REPORTED, now)
        return back | {"accepted_at": None, "dispatched_at": None, "history": history}

    return amend


def _last_step(row: Mapping[Any, Any], doer: Doer, now: Seconds) -> str:
    """Return what is taken back: the last thing that a person did."""
    lines = [line for line in standing(row["history"]) if not _is_aside(line)]
    last = lines[-1] if lines else {}
    step = last.get("state") or last.get("action")
    number = row["number"]
    if step not in _STEPS or Doer(last["by"], last.get("on_behalf_of", "")) != doer:
        raise NotUndoneError(f"case {number}: its last step is no verdict of {doer.one}")
    if last["at"] < utc(now - UNDO_WITHIN_S):
        raise NotUndoneError(f"case {number}: its verdict is too old to be undone")
    if row["state"] not in {step, CaseState.DISPATCHED} and step != Judgement.UNSURE:
        raise NotUndoneError(f"case {number} is {row['state']} already")
    return str(step)


def _is_aside(line: Mapping[str, Any]) -> bool:
    """Tell whether a line is none of a person who goes on with the case."""
    return line["by"] == THE_DESK or line.get("action") in _ASIDE


def muted(until: Seconds | None, doer: Doer, *, now: Seconds) -> Amend:
    """Write down that nothing is filed at a case's place until a moment; None: it is again."""

    def amend(_: sa.Connection, row: Mapping[Any, Any]) -> Document:
        if row["camera_id"] is None:
            raise DeskConflictError(f"case {row['number']}: no camera watches its place")
        moment = None if until is None else utc(until)
        return {"history": added(row, now, action="mute", until=moment, **doer.line)}

    return amend
