"""Reviewing: cases are taken, judged and given back, through the same moves as everywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.book import Amend, Book
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.errors import ChangedMeanwhileError
from streetwatch.service.desk.moving import Moving
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.review.leases import Leases, Reviewer, end, refuse_held
from streetwatch.service.desk.review.rank import Weight, rank
from streetwatch.service.desk.review.verdict import Verdict, muted, refuse_judged, undone, unsure
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds

#: A case's facts may change between reading and judging it: it is read again so often.
_TRIES: Final = 3

#: Told the external id of a case whose rejection was taken back, and when.
OnUndo = Callable[[str, Seconds], None]

#: Told the external id of a case and until when nothing is filed at its place; None: it is again.
OnMute = Callable[[str, Seconds | None], None]


def ranked(_: Mapping[Any, Any], row: Mapping[Any, Any], __: Seconds) -> Document:
    """Return a case's place in the queue, as it has changed: a step that follows every change."""
    confidence = row["document"].get("confidence")
    repeats = row.get("repeat_count") or 0
    weight = Weight(confidence, row.get("level"), row.get("urgency"), repeats)
    return {"confidence": confidence, "review_rank": rank(weight)}


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What reviewers do.

    Attributes:
        moving: Moves the cases.
        on_undo: Told of rejections that were taken back.
        on_mute: Told of places that are muted.
    """

    moving: Moving
    on_undo: OnUndo
    on_mute: OnMute

    @property
    def book(self) -> Book:
        """Where the cases are."""
        return self.moving.book

    @property
    def clock(self) -> Callable[[], Seconds]:
        """Seconds since the epoch."""
        return self.moving.clock

    @property
    def leases(self) -> Leases:
        """Who looks at what."""
        return Leases(self.book.engine)

    def within(self, reach: Reach) -> "Reviewing":
        """Return who reviews the cases of a part of the city; others are not there."""
        return replace(self, moving=self.moving.within(reach))

    def judge(self, name: str, verdict: Verdict, reviewer: Reviewer | None = None) -> Document:
        """Give a verdict on a case that waits for one.

        Raises:
            NoSuchCaseError: there is no such case.
            JudgedAlreadyError: somebody was faster.
            HeldByAnotherError: somebody else looks at it.
        """
        case = self.book.case(name)
        self._refuse_held(case["number"], reviewer)
        move = verdict.move()
        if move is None:
            after = self._amend(case["number"], unsure(verdict, now=self.clock()))
        else:
            after = self._moved(case, move)
        with writing(self.book.engine) as connection:
            end(connection, case["number"])
        return after

    def undo(self, name: str, doer: Doer) -> Document:
        """Take back the last verdict on a case.

        Raises:
            NoSuchCaseError: there is no such case.
            NotUndoneError: it can't be; says why.
        """
        before = self.book.case(name)
        now = self.clock()
        after = self._amend(before["number"], undone(doer, now=now))
        if before["state"] == CaseState.REJECTED:
            self.on_undo(after["external_id"], now)
        return after

    def mute(self, name: str, until: Seconds | None, doer: Doer) -> Document:
        """Let nothing be filed at a case's place until a moment; None: let it be filed again.

        Raises:
            NoSuchCaseError: there is no such case.
            DeskConflictError: no camera watches its place.
        """
        after = self._amend(name, muted(until, doer, now=self.clock()))
        self.on_mute(after["external_id"], until)
        return after

    def _moved(self, case: Mapping[str, Any], move: Move) -> Document:
        for _ in range(_TRIES - 1):
            refuse_judged(case)
            try:
                return self.moving.move(case["number"], move, {case["revision"]})
            except ChangedMeanwhileError:
                case = self.book.case(case["number"])
        refuse_judged(case)
        return self.moving.move(case["number"], move, {case["revision"]})

    def _amend(self, number: str, amend: Amend) -> Document:
        return self.book.amend(number, amend, now=self.clock())

    def _refuse_held(self, number: str, reviewer: Reviewer | None) -> None:
        with reading(self.book.engine) as connection:
            refuse_held(connection, number, reviewer, self.clock())
