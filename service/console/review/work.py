"""What a reviewer does on a page, as the desk sees it: takes cases, judges them, lets them go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from streetwatch.service.access.doer import Doer
from streetwatch.service.cameras import Camera
from streetwatch.service.console.review.files import files_of
from streetwatch.service.console.review.reel import Reel, reel_of
from streetwatch.service.console.review.session import Session
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.moving import Refused, each
from streetwatch.service.desk.review.leases import LEASE_S, Reviewer
from streetwatch.service.desk.review.nearby import Surroundings, surroundings
from streetwatch.service.desk.review.question import Question
from streetwatch.service.desk.review.queue import (
    Standing,
    Waiting,
    documents,
    standing,
    waiting,
)
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.review.verdict import Judgement, Verdict
from streetwatch.service.desk.states import DeskConflictError, RejectReason
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.vision.types import Seconds

#: A page renews its leases this often.
RENEW_S: Seconds = LEASE_S / 3

#: Of the queue's list.
LISTED = 60


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue as its list shows it.

    Attributes:
        head: Its first cases.
        counts: How many there are.
    """

    head: tuple[Waiting, ...]
    counts: Standing


@dataclass(slots=True)
class Work:
    """One reviewer on one page. Every call reads or writes the database: not for the event loop.

    Attributes:
        reviewing: Does what is done.
        evidence: The files of the cases.
        cameras: As they are watched now.
        reviewer: Who works.
        question: What they want to see.
        session: How far they are.
        reels: What is shown of each case in the line.
        cases: The same cases as the desk answers them.
    """

    reviewing: Reviewing
    evidence: EvidenceStore
    cameras: Callable[[], tuple[Camera, ...]]
    reviewer: Reviewer
    question: Question = field(default_factory=Question)
    session: Session = field(default_factory=Session)
    reels: dict[str, Reel] = field(default_factory=dict)
    cases: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def ask(self, question: Question) -> None:
        """Begin with another question."""
        self.question = question.within(self.reviewing.book.reach)
        self.session = self.session.afresh()
        self._fill()

    def line(self) -> tuple[Reel, ...]:
        """Return what is looked at and what comes after it."""
        return tuple(self.reels[one] for one in self.session.line)

    def judge(self, number: str, judgement: Judgement, reason: RejectReason | None = None) -> None:
        """Give a verdict.

        Raises:
            NoSuchCaseError: there is no such case any more.
            DeskConflictError: it was judged meanwhile, or somebody else looks at it.
        """
        verdict = Verdict(judgement, Doer(self.reviewer.name), reason)
        try:
            self.reviewing.judge(number, verdict, self.reviewer)
        except (NoSuchCaseError, DeskConflictError):
            self.session = self.session.refused(number)
            raise
        else:
            self.session = self.session.judged(number, judgement, self.reviewing.clock())
        finally:
            self._fill()

    def judge_all(
        self, numbers: Sequence[str], judgement: Judgement, reason: RejectReason | None = None
    ) -> tuple[Refused, ...]:
        """Give one verdict on many cases; return those that were refused."""
        verdict = Verdict(judgement, Doer(self.reviewer.name), reason)
        done, refused = each(numbers, lambda one: self.reviewing.judge(one, verdict, self.reviewer))
        now = self.reviewing.clock()
        for case in done:
            self.session = self.session.judged(case["number"], judgement, now)
        self._fill()
        return tuple(refused)

    def next(self, number: str) -> None:
        """Pass a case over, if it is the one that is looked at."""
        if number == self.session.current:
            self.session = self.session.next()
            self._fill()

    def previous(self) -> bool:
        """Look at the case again that was passed over last; tell whether there was one.

        Raises:
            HeldByAnotherError: somebody else looks at it by now.
        """
        if not self.session.passed:
            return False
        self.open(self.session.passed[-1])
        return True

    def open(self, number: str) -> None:
        """Look at one case now.

        Raises:
            NoSuchCaseError: there is none of this number.
            HeldByAnotherError: somebody else looks at it.
        """
        number = self.reviewing.book.case(number)["number"]
        self.reviewing.leases.hold(number, self.reviewer, now=self.reviewing.clock())
        self.session = self.session.opened(number)
        self._fill()

    def undo(self) -> str | None:
        """Take back the last verdict of this session and look at its case; return its number.

        Raises:
            NotUndoneError: it can't be taken back any more; it is given for good.
        """
        if not self.session.given:
            return None
        number = self.session.given[-1].number
        try:
            self.reviewing.undo(number, Doer(self.reviewer.name))
        except (NoSuchCaseError, DeskConflictError):
            self.session = replace(self.session, given=self.session.given[:-1])
            raise
        self.reviewing.leases.hold(number, self.reviewer, now=self.reviewing.clock())
        self.session = self.session.undone()
        self._fill()
        return number

    def mute(self, number: str, until: Seconds | None) -> None:
        """Let nothing be filed at a case's place until then.

        Raises:
            DeskConflictError: no camera watches it.
        """
        self.reviewing.mute(number, until, Doer(self.reviewer.name))
        self._read([number])

    def renew(self) -> None:
        """Keep what is looked at, and let go of everything else."""
        now = self.reviewing.clock()
        kept = self.reviewing.leases.keep(self.session.line, self.reviewer, now=now)
        self.session = self.session.holding(kept)

    def come_back(self) -> None:
        """Go on after the page was away: others may have some of its cases."""
        self.renew()
        self._fill()

    def leave(self) -> None:
        """Let go of everything."""
        self.reviewing.leases.release(self.reviewer)

    def overview(self) -> Overview:
        """Return the queue as it is now."""
        engine, now, holder = self._engine, self.reviewing.clock(), self.reviewer.holder
        head = waiting(engine, self.question, holder, limit=LISTED, now=now)
        return Overview(head, standing(engine, self.question, holder, now=now))

    def around(self, number: str) -> Surroundings:
        """Return what else there was around a case."""
        return surroundings(self._engine, number, self.reviewing.book.reach)

    @property
    def _engine(self) -> sa.Engine:
        return self.reviewing.book.engine

    def _fill(self) -> None:
        """Take more cases until enough are ahead; begin again with what was passed over."""
        self._take()
        if not self.session.line and self.session.passed:
            self.session = replace(self.session, passed=())
            self._take()
        self._read([one for one in self.session.line if one not in self.reels])
        self.session = replace(
            self.session, line=tuple(one for one in self.session.line if one in self.reels)
        )
        for known in set(self.reels) - set(self.session.line):
            del self.reels[known], self.cases[known]
        self.renew()

    def _take(self) -> None:
        if self.session.wanted:
            numbers = self.reviewing.leases.claim(
                self.question,
                self.reviewer,
                count=self.session.wanted,
                now=self.reviewing.clock(),
                skip=self.session.skip,
            )
            self.session = self.session.joined(numbers)

    def _read(self, numbers: Sequence[str]) -> None:
        cameras = self.cameras()
        for case in documents(self._engine, numbers) if numbers else ():
            number = case["number"]
            self.cases[number] = case
            self.reels[number] = reel_of(case, files_of(case, self.evidence, cameras))
