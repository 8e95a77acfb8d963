"""The audit log for those who oversee: `/audit`."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from streetwatch.service.desk.questions import Since
from streetwatch.service.desk.reports.formats import lines_csv
from streetwatch.service.store.audit import Asked, Audit
from streetwatch.service.store.audit_chain import Entry
from streetwatch.zones.moment import utc

MOST_ENTRIES = 1000

_COLUMNS = ("position", "at", "who", "address", "what", "subject", "facts", "hash")


class AuditQuestion(BaseModel):
    """Which entries are wanted; all that is given counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: str = Field("", max_length=200, description="A user, `token:NAME`, `cli:NAME`.")
    what: str = Field("", max_length=100, description="A deed, or what it begins with: `user.`.")
    since: Since | None = Field(None, description="Then or later.")
    until: Since | None = Field(None, description="Then or earlier.")

    def asked(self) -> Asked:
        """Return what this asks for."""
        return Asked(
            who=self.who,
            what=self.what,
            since=self.since.timestamp() if self.since else None,
            until=self.until.timestamp() if self.until else None,
        )


class PageQuestion(AuditQuestion):
    """The newest entries."""

    limit: int = Field(100, ge=1, le=MOST_ENTRIES)


class AuditEntry(BaseModel):
    """One entry."""

    position: int
    at: str
    who: str
    address: str
    what: str
    subject: str
    facts: dict[str, Any]
    previous: str
    hash: str


class AuditPage(BaseModel):
    """The newest entries first, and where the log has come to."""

    head: str = Field(description="POSITION:HASH of the last entry: write it down elsewhere.")
    entries: list[AuditEntry]


def audit_router(audit: Audit) -> APIRouter:
    """Build the router."""
    router = APIRouter(tags=["operations"])

    @router.get("/audit")
    def page(wanted: Annotated[PageQuestion, Query()]) -> AuditPage:
        """List who did what, to what, when and from where, newest first."""
        entries = audit.page(wanted.asked(), limit=wanted.limit)
        told = [AuditEntry.model_validate(one.told | {"at": utc(one.at)}) for one in entries]
        return AuditPage(head=str(audit.head()), entries=told)

    @router.get(
        "/audit.csv",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}, "description": "The log."}},
    )
    def as_csv(wanted: Annotated[AuditQuestion, Query()]) -> StreamingResponse:
        """Return every entry that is asked for as CSV, oldest first."""
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return StreamingResponse(
            _csv(audit, wanted.asked()), media_type="text/csv; charset=utf-8", headers=headers
        )

    return router


def _csv(audit: Audit, asked: Asked) -> Iterator[str]:
    yield "\ufeff" + lines_csv(_COLUMNS, ())
    for entry in audit.entries(asked):
        yield lines_csv(None, [_line(entry)])


def _line(entry: Entry) -> tuple[object, ...]:
    return (
        *(entry.position, utc(entry.at), entry.who, entry.address),
        *(entry.what, entry.subject, entry.facts, entry.hash),
    )
