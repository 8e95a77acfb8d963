"""REST beside the cases' own: codes, decisions, notices, shares."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from streetwatch.service.access.asking import TheirReach, signed
from streetwatch.service.desk.answers import Case
from streetwatch.service.desk.book import Amend, Book
from streetwatch.service.desk.decisions import (
    Assignment,
    Attribution,
    Decision,
    assigned,
    attributed,
    decided,
)
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.profile import CaseType, Profile, Stage
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.questions import CaseName, GridPrefix, Since
from streetwatch.service.desk.shares import Shares, counted_shares
from streetwatch.service.desk.timing import timed
from streetwatch.service.desk.triaging import Triaging
from streetwatch.service.store.notices import ListedNotice, Notices
from streetwatch.service.store.outbox import MessageState
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc


class LimitAnswer(BaseModel):
    """A time limit."""

    clock: str = Field(description="`urgent_hour`, `work_hour`, `work_day` or `natural_day`.")
    amount: float


class TypeAnswer(BaseModel):
    """What the city's profile says of a type."""

    type: str
    zh: str
    en: str
    code: str | None
    standard: str | None
    kind: str | None
    enabled: bool
    urgency: str
    authority: str | None
    minor: bool
    deadlines: dict[Stage, LimitAnswer]


class ProfileAnswer(BaseModel):
    """The city's profile of codes."""

    name: str
    standard: str
    types: list[TypeAnswer]


class NoticeAnswer(BaseModel):
    """A notice to the webhook."""

    key: str
    case: str
    state: MessageState
    attempts: int
    promised_at: str
    due_at: str
    delivered_at: str | None
    last_error: str | None
    body: dict[str, Any]


class Resent(BaseModel):
    """How many notices are sent again."""

    resent: int


class SharesQuestion(BaseModel):
    """Which cases are counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Since | None = Field(None, alias="from", description="Reported then or later.")
    until: Since | None = Field(None, alias="to", description="Reported then or earlier.")
    grid: GridPrefix | None = Field(None, description="Unit grid, or what its code begins with.")

    def filter(self) -> Filter:
        """Return what this asks for."""
        return Filter(
            since=self.since.timestamp() if self.since else None,
            until=self.until.timestamp() if self.until else None,
            grids=(self.grid,) if self.grid else (),
        )


def lifecycle_router(
    book: Book, *, triaging: Triaging, notices: Notices, clock: Callable[[], Seconds]
) -> APIRouter:
    """Build the router, to stand below `/desk`."""
    router = APIRouter(tags=["desk"])
    _add_decisions(router, book, triaging, clock)
    _add_notices(router, notices, clock)
    profile = _profile(triaging.profile)

    @router.get("/codes")
    def codes() -> ProfileAnswer:
        """Return the city's profile of codes."""
        return profile

    @router.get("/shares")
    def shares(wanted: Annotated[SharesQuestion, Query()], reach: TheirReach) -> Shares:
        """Compare what people decided with the 70, 20 and 10 of the 721 method."""
        return counted_shares(book.engine, replace(wanted.filter(), reach=reach))

    return router


def _add_decisions(
    router: APIRouter, book: Book, triaging: Triaging, clock: Callable[[], Seconds]
) -> None:
    def amended(name: str, amend: Callable[[Seconds], Amend]) -> Document:
        now = clock()
        return timed(book.amend(name, amend(now), now=now), now)

    @router.put("/cases/{name}/assignment", response_model=Case, response_model_exclude_unset=True)
    def assignment(name: CaseName, body: Assignment, request: Request) -> Document:
        """Give a case to somebody, whatever state it is in but an end."""
        by_them = signed(request, body)
        return amended(name, lambda now: assigned(by_them, now=now))

    @router.put("/cases/{name}/measure", response_model=Case, response_model_exclude_unset=True)
    def measure(name: CaseName, body: Decision, request: Request) -> Document:
        """Write down what is done about a case: a person decides, whatever was suggested."""
        by_them = signed(request, body)
        return amended(name, lambda now: decided(by_them, now=now))

    @router.put("/cases/{name}/subject", response_model=Case, response_model_exclude_unset=True)
    def subject(name: CaseName, body: Attribution, request: Request) -> Document:
        """Say whose a case is (a shop front, an id of your own), so that theirs are counted."""
        by_them = signed(request, body)
        return amended(name, lambda now: attributed(by_them, triaging, now=now))


def _add_notices(router: APIRouter, notices: Notices, clock: Callable[[], Seconds]) -> None:
    @router.get("/notices")
    def listed(
        state: MessageState | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
    ) -> list[NoticeAnswer]:
        """List the latest notices to the webhook."""
        return [_notice(one) for one in notices.latest(state=state, limit=limit)]

    @router.post("/notices/resend")
    def resend() -> Resent:
        """Send again what was laid aside."""
        return Resent(resent=notices.resend(now=clock()))


def _notice(one: ListedNotice) -> NoticeAnswer:
    return NoticeAnswer(
        key=one.key,
        case=one.case_number,
        state=MessageState(one.state),
        attempts=one.attempts,
        promised_at=utc(one.promised_at),
        due_at=utc(one.due_at),
        delivered_at=None if one.delivered_at is None else utc(one.delivered_at),
        last_error=one.last_error,
        body=dict(one.body),
    )


def _profile(profile: Profile) -> ProfileAnswer:
    types = [_type(one) for one in profile.types.values()]
    return ProfileAnswer(name=profile.name, standard=profile.standard, types=types)


def _type(one: CaseType) -> TypeAnswer:
    limits: Mapping[Stage, LimitAnswer] = {
        stage: LimitAnswer(clock=limit.clock.value, amount=limit.amount)
        for stage, limit in one.limits.items()
    }
    return TypeAnswer(
        type=one.type,
        zh=one.zh,
        en=one.en,
        code=one.code.code if one.code else None,
        standard=one.code.standard if one.code else None,
        kind=one.code.kind.value if one.code else None,
        enabled=one.enabled,
        urgency=one.urgency.value,
        authority=one.authority,
        minor=one.minor,
        deadlines=dict(limits),
    )
