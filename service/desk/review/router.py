"""REST of reviewing: `/desk/review`."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from streetwatch.service.access.asking import TheirReach, doer_of, note, signed, somebody
from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.answers import Case, Moved, When
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.moving import each
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.questions import CaseName, GridPrefix, Since
from streetwatch.service.desk.report import Moment, Name, Prose, Share, Signed
from streetwatch.service.desk.review.leases import LEASE_S, Reviewer
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.service.desk.review.queue import Waiting, documents, standing, waiting
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.review.verdict import Judgement, Verdict
from streetwatch.service.desk.router import MOST_MOVES, refusal
from streetwatch.service.desk.states import RejectReason
from streetwatch.service.desk.timing import timed
from streetwatch.zones.moment import utc

MOST_CLAIMED = 20
MOST_LISTED = 200

Holder = Annotated[Name, Field(description="Names the page or program that reviews.")]
Cases = Annotated[list[Name], Field(min_length=1, max_length=MOST_MOVES)]


class ReviewQuestion(BaseModel):
    """Which waiting cases are wanted. A name given twice means either; all names count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: list[Name] = Field([], max_length=20, description="As the rules name it.")
    camera: list[Name] = Field([], max_length=100, description="Id of the camera.")
    grid_code: list[GridPrefix] = Field([], max_length=100)
    assignee: list[Name] = Field([], max_length=20)
    level: list[Name] = Field([], max_length=20)
    since: Since | None = Field(None, description="Reported then or later.")
    until: Since | None = Field(None, description="Reported then or earlier.")
    least: Share | None = Field(None, description="Confidence, from.")
    most: Share | None = Field(None, description="Confidence, to.")
    unsure: bool = Field(default=False, description="Those that somebody was unsure of.")
    order: Order = Field(Order.WORTH, description="`worth`: doubtful and weighty ones first.")

    def question(self) -> Question:
        """Return what this asks for."""
        return Question(
            Filter(
                types=tuple(self.type),
                cameras=tuple(self.camera),
                grids=tuple(self.grid_code),
                assignees=tuple(self.assignee),
                levels=tuple(self.level),
                since=self.since.timestamp() if self.since else None,
                until=self.until.timestamp() if self.until else None,
            ),
            least=self.least,
            most=self.most,
            is_unsure=self.unsure,
            order=self.order,
        )


class QueueQuestion(ReviewQuestion):
    """A look at the queue."""

    holder: Holder = "-"
    limit: int = Field(50, ge=1, le=MOST_LISTED)


class Claim(ReviewQuestion):
    """The next cases, to be looked at by one reviewer alone."""

    by: Name | None = Field(None, description="On whose behalf, if not the account itself.")
    holder: Holder
    count: int = Field(1, ge=1, le=MOST_CLAIMED)
    skip: list[Name] = Field([], max_length=200, description="Cases that are not wanted now.")


class Keeping(Signed):
    """What a reviewer still looks at; everything else they let go."""

    holder: Holder
    cases: Annotated[list[Name], Field(max_length=MOST_CLAIMED)]


class VerdictBody(Signed):
    """One verdict on many cases."""

    cases: Cases
    verdict: Annotated[Judgement, Field(strict=False)]
    holder: Holder | None = None
    reason: Annotated[RejectReason, Field(strict=False)] | None = None
    note: Annotated[Prose, Field(max_length=2000)] = ""

    @model_validator(mode="after")
    def _a_reason_goes_with_a_rejection(self) -> Self:
        if self.reason and self.verdict is not Judgement.REJECTED:
            raise ValueError("a reason goes with verdict `rejected` only")
        return self

    def parts(self, doer: Doer) -> tuple[Verdict, Reviewer | None]:
        """Return the verdict and who gives it."""
        reviewer = Reviewer(doer.one, self.holder) if self.holder else None
        return Verdict(self.verdict, doer, self.reason, self.note), reviewer


class Undo(Signed):
    """Verdicts that their reviewer takes back."""

    cases: Cases


class Mute(Signed):
    """Until when nothing is filed at a place; null: it is again."""

    until: Moment | None


class WaitingAnswer(BaseModel):
    """A case of the queue."""

    number: str
    external_id: str
    type: str
    camera: str | None
    confidence: float | None
    level: str | None
    reported_at: When
    held_by: str | None = Field(description="Who else looks at it.")


class Queue(BaseModel):
    """The head of the queue."""

    cases: list[WaitingAnswer]
    total: int = Field(description="How many wait, counted up to 10,000.")
    elsewhere: int = Field(description="Of these, those that others look at.")


class Claimed(BaseModel):
    """Cases that nobody else is given until a moment."""

    cases: list[Case]
    until: When


class Kept(BaseModel):
    """Cases that nobody else is given until a moment: others may have come first."""

    cases: list[str]
    until: When


def review_router(reviewing: Reviewing) -> APIRouter:
    """Build the router, to stand below `/desk`."""
    router = APIRouter(tags=["review"])
    _add_queue(router, reviewing)
    _add_verdicts(router, reviewing)
    return router


def _add_queue(router: APIRouter, reviewing: Reviewing) -> None:
    engine, leases = reviewing.book.engine, reviewing.leases

    @router.get("/review")
    def queue(wanted: Annotated[QueueQuestion, Query()], reach: TheirReach) -> Queue:
        """Show what waits for a verdict, in order."""
        now, question = reviewing.clock(), wanted.question().within(reach)
        head = waiting(engine, question, wanted.holder, limit=wanted.limit, now=now)
        counts = standing(engine, question, wanted.holder, now=now)
        return Queue(
            cases=[_answer(one) for one in head], total=counts.waiting, elsewhere=counts.elsewhere
        )

    @router.post("/review/claims", response_model=Claimed, response_model_exclude_unset=True)
    def claim(body: Claim, request: Request, reach: TheirReach) -> dict[str, Any]:
        """Give the next cases to a reviewer; nobody else is given them for a minute."""
        now = reviewing.clock()
        reviewer = Reviewer(somebody(doer_of(request, body.by or "")).one, body.holder)
        question = body.question().within(reach)
        numbers = leases.claim(question, reviewer, count=body.count, now=now, skip=body.skip)
        cases = [timed(dict(one), now) for one in documents(engine, numbers)]
        return {"cases": cases, "until": utc(now + LEASE_S)}

    @router.put("/review/claims")
    def keep(body: Keeping, request: Request, reach: TheirReach) -> Kept:
        """Keep these cases for another minute, and let go of all others."""
        now = reviewing.clock()
        doer = signed(request, body).doer
        reviewer = Reviewer(doer.one, body.holder)
        kept = leases.keep(body.cases, reviewer, now=now, reach=reach)
        return Kept(cases=list(kept), until=utc(now + LEASE_S))


def _add_verdicts(router: APIRouter, reviewing: Reviewing) -> None:
    @router.post("/review/verdicts", response_model=Moved, response_model_exclude_unset=True)
    def verdicts(body: VerdictBody, request: Request, reach: TheirReach) -> dict[str, Any]:
        """Judge cases that wait for it. What can't be judged is told and holds up no other."""
        verdict, reviewer = body.parts(signed(request, body).doer)
        theirs = reviewing.within(reach)
        judged, refused = each(body.cases, lambda name: theirs.judge(name, verdict, reviewer))
        note(request, cases=[one["number"] for one in judged], verdict=verdict.judgement)
        return {"moved": judged, "refused": [refusal(one).model_dump() for one in refused]}

    @router.post("/review/undo", response_model=Moved, response_model_exclude_unset=True)
    def undo(body: Undo, request: Request, reach: TheirReach) -> dict[str, Any]:
        """Take back verdicts, within a quarter of an hour and before others have gone on."""
        theirs, doer = reviewing.within(reach), signed(request, body).doer
        undone, refused = each(body.cases, lambda name: theirs.undo(name, doer))
        note(request, cases=[one["number"] for one in undone])
        return {"moved": undone, "refused": [refusal(one).model_dump() for one in refused]}

    @router.put("/cases/{name}/mute", response_model=Case, response_model_exclude_unset=True)
    def mute(name: CaseName, body: Mute, request: Request) -> Document:
        """Let nothing be filed at a case's place until a moment."""
        until = body.until.timestamp() if body.until else None
        doer = signed(request, body).doer
        return timed(reviewing.mute(name, until, doer), reviewing.clock())


def _answer(one: Waiting) -> WaitingAnswer:
    return WaitingAnswer(
        number=one.number,
        external_id=one.external_id,
        type=one.type,
        camera=one.camera_id,
        confidence=one.confidence,
        level=one.level,
        reported_at=utc(one.reported_at),
        held_by=one.held_by,
    )
