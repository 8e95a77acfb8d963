"""The desk's REST API: `/desk/cases`."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import BaseModel

from streetwatch.service.desk.book import Book, Filter
from streetwatch.service.desk.report import Change, Hold, Report
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.store.transactions import COUNTED
from streetwatch.vision.types import Seconds

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        description="The same for every delivery of one message.",
    ),
]


class Cases(BaseModel):
    """A page of cases, newest first.

    Attributes:
        total: How many there are, counted up to 10,000.
        next: Give it as `after` for the next page; null at the end.
    """

    cases: list[dict[str, Any]]
    total: int
    next: str | None


def desk_router(
    book: Book, *, clock: Callable[[], Seconds], on_end: Callable[[str, CaseState, Seconds], None]
) -> APIRouter:
    """Build the router. `NoSuchCaseError` and `DeskConflictError` are the API's to answer.

    Args:
        book: Where the cases are.
        clock: Seconds since the epoch.
        on_end: Told the external id of a case that people closed or rejected, which of the two,
            and when.
    """
    router = APIRouter(prefix="/desk/cases", tags=["desk"])

    @router.post("", status_code=201)
    def report(body: Report, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        """Report a case. The same key or external id again answers 200 with the first one."""
        case, is_new = book.report(body, key=key, now=clock())
        response.status_code = 201 if is_new else 200
        return case

    @router.get("")
    def cases(  # noqa: PLR0913, PLR0917 -- one argument per query parameter
        state: CaseState | None = None,
        type: str | None = None,  # noqa: A002 -- the query parameter's name
        camera: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        offset: Annotated[int, Query(ge=0, le=COUNTED)] = 0,
        after: str | None = None,
    ) -> Cases:
        """List cases, newest first; page on with `after`, the number of the last one seen."""
        page = book.page(Filter(state, type, camera), limit=limit, offset=offset, after=after)
        return Cases(cases=list(page.cases), total=page.total, next=page.next)

    @router.get("/{name}")
    def case(name: str) -> dict[str, Any]:
        """Return a case by its number or external id."""
        return book.case(name)

    @router.patch("/{name}")
    def change(name: str, body: Annotated[Change, Body()]) -> dict[str, Any]:
        """Move a case (`state`, `by`, `note`), or bring its facts and evidence up to date."""
        if isinstance(body, Report):
            return book.update(name, body)
        now = clock()
        after = book.move(name, body, now=now)
        if after["state"] in ENDS:
            on_end(after["external_id"], CaseState(after["state"]), now)
        return after

    @router.put("/{name}/legal-hold")
    def hold(name: str, body: Hold) -> dict[str, Any]:
        """Set or lift a legal hold: a held case and its evidence outlive their time."""
        return book.hold(name, body, now=clock())

    return router
