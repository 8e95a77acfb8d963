"""A list of cases as CSV: `/desk/cases.csv`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.query import Filter, Page, Sort
from streetwatch.service.desk.questions import CaseQuestion
from streetwatch.service.desk.reports.formats import lines_csv
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import local

#: Read at once; the file is streamed, however long it gets.
_AT_ONCE: Final = 500

#: Columns that stand in a case under this name.
_PLAIN: Final = (
    *("number", "external_id", "state", "type", "code", "source", "level", "urgency"),
    *("grid_code", "authority", "assignee", "measure", "suggestion", "repeat_count"),
)
_MOMENTS: Final = (
    *("first_seen", "violation_at", "last_seen", "cleared_at", "reported_at", "accepted_at"),
    *("dispatched_at", "handled_at", "ended_at", "deadline"),
)
COLUMNS: Final = (*_PLAIN, "camera", "camera_name", "lon", "lat", *_MOMENTS, "description")


def case_csv_router(book: Book, *, clock: Callable[[], Seconds]) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/desk", tags=["desk"])

    @router.get(
        "/cases.csv",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}, "description": "The list."}},
    )
    def cases_csv(wanted: Annotated[CaseQuestion, Query()], reach: TheirReach) -> StreamingResponse:
        """Return every case that is asked for as CSV, times on China's clock."""
        cases, sort = wanted.filter(clock()), wanted.sort
        theirs = book.within(reach)
        first = theirs.page(
            cases, limit=_AT_ONCE, offset=wanted.offset, after=wanted.after, sort=sort
        )
        lines = csv_of(theirs, first, cases, sort)
        headers = {"Content-Disposition": 'attachment; filename="cases.csv"'}
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return router


def csv_of(
    book: Book, page: Page, wanted: Filter, sort: Sort, *, at_once: int = _AT_ONCE
) -> Iterator[str]:
    """Yield a list as CSV, piece by piece.

    Args:
        book: Where the cases are.
        page: The first ones.
        wanted: Which.
        sort: In which order.
        at_once: How many are read at a time.

    Raises:
        StorageError: the database refused.
        NoSuchCaseError: a case was deleted while the list was read: what came is not all of it.
    """
    yield "\ufeff" + lines_csv(COLUMNS, ())  # spreadsheets take UTF-8 for what it is by its mark
    yield lines_csv(None, map(_line, page.cases))
    while page.next is not None:
        page = book.page(wanted, limit=at_once, after=page.next, sort=sort)
        yield lines_csv(None, map(_line, page.cases))


def _line(case: Mapping[str, Any]) -> Iterator[object]:
    camera, place = case.get("camera") or {}, case.get("place") or {}
    yield from (case.get(name) for name in _PLAIN)
    yield from (camera.get("id"), camera.get("name"), place.get("lon"), place.get("lat"))
    yield from (_moment(case.get(name)) for name in _MOMENTS)
    yield case.get("description")


def _moment(written: str | None) -> str | None:
    return None if written is None else local(datetime.fromisoformat(written).timestamp())
