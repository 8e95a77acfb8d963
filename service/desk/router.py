"""The desk's REST API: `/desk/cases` and what belongs to it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from streetwatch.service.access.asking import TheirReach, note, signed
from streetwatch.service.desk.answers import (
    Case,
    CaseOnMap,
    Cases,
    Feature,
    FeatureCollection,
    HistoryEntry,
    Moved,
    Point,
    Refusal,
)
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.events import events_router
from streetwatch.service.desk.moving import Moving, OnEnd, Refused, each, status_of
from streetwatch.service.desk.query import Page
from streetwatch.service.desk.questions import CaseName, ListQuestion, MapQuestion
from streetwatch.service.desk.report import Change, Hold, Move, Name, Report
from streetwatch.service.desk.timing import timed
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
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="ETag of the case as it was read: it is changed only if it still has it.",
    ),
]

MOST_MOVES = 200


class GeoJson(JSONResponse):
    """GeoJSON under its own media type."""

    media_type = "application/geo+json"


_FEATURES = {"$ref": "#/components/schemas/FeatureCollection"}

_ETAG = {"headers": {"ETag": {"schema": {"type": "string"}, "description": "For `If-Match`."}}}


class ManyMoves(Move):
    """One move of many cases."""

    cases: Annotated[
        list[Name],
        Field(min_length=1, max_length=MOST_MOVES, description="Numbers or external ids."),
    ]


def desk_router(
    book: Book,
    *,
    clock: Callable[[], Seconds],
    on_end: OnEnd,
    ending: Callable[[], bool] = lambda: False,
) -> APIRouter:
    """Build the router. `NoSuchCaseError` and `DeskConflictError` are the API's to answer.

    Args:
        book: Where the cases are.
        clock: Seconds since the epoch.
        on_end: Told the external id of a case that people closed or rejected, which of the two,
            and when.
        ending: Whether the process wants to end, and the feeds with it.
    """
    router = APIRouter(prefix="/desk", tags=["desk"])
    _add_taking(router, book, clock)
    _add_showing(router, book, clock)
    _add_changing(router, book, Moving(book, clock, on_end))
    router.include_router(events_router(book, ending=ending))
    return router


def _add_taking(router: APIRouter, book: Book, clock: Callable[[], Seconds]) -> None:
    @router.post(
        "/cases",
        status_code=201,
        response_model=Case,
        response_model_exclude_unset=True,
        responses={200: {"model": Case, "description": "It was there already."}, 201: _ETAG},
    )
    def report(body: Report, key: IdempotencyKey, response: Response) -> Document:
        """Report a case. The same key or external id again answers 200 with the first one."""
        now = clock()
        case, is_new = book.report(body, key=key, now=now)
        response.status_code = 201 if is_new else 200
        return _tagged(timed(case, now), response)


def _add_showing(router: APIRouter, book: Book, clock: Callable[[], Seconds]) -> None:
    @router.get("/cases", response_model=Cases, response_model_exclude_unset=True)
    def cases(wanted: Annotated[ListQuestion, Query()], reach: TheirReach) -> dict[str, Any]:
        """List cases, newest first if not asked otherwise."""
        now = clock()
        page = _page(book.within(reach), wanted, now)
        cases = [timed(case, now) for case in page.cases]
        return {"cases": cases, "total": page.total, "next": page.next}

    @router.get(
        "/cases.geojson",
        response_model=FeatureCollection,
        responses={200: {"content": {GeoJson.media_type: {"schema": _FEATURES}}}},
    )
    def cases_on_the_map(wanted: Annotated[MapQuestion, Query()], reach: TheirReach) -> GeoJson:
        """Show cases as GeoJSON; those that are nowhere on the map are left out."""
        page = _page(book.within(reach), wanted, clock())
        features = [_feature(case) for case in page.cases if case.get("place")]
        found = FeatureCollection(
            features=features, number_matched=page.total, number_returned=len(features)
        )
        return GeoJson(found.model_dump(by_alias=True))

    @router.get(
        "/cases/{name}",
        response_model=Case,
        response_model_exclude_unset=True,
        responses={200: _ETAG},
    )
    def case(name: CaseName, response: Response) -> Document:
        """Return a case by its number or external id."""
        return _tagged(timed(book.case(name), clock()), response)

    @router.get(
        "/cases/{name}/history",
        response_model=list[HistoryEntry],
        response_model_exclude_unset=True,
    )
    def history(name: CaseName) -> Any:  # noqa: ANN401 -- the model says what
        """Return who did what with a case, oldest first."""
        return book.case(name)["history"]


def _add_changing(router: APIRouter, book: Book, moving: Moving) -> None:
    @router.patch(
        "/cases/{name}",
        response_model=Case,
        response_model_exclude_unset=True,
        responses={200: _ETAG, 412: {"description": "The case has changed since `If-Match`."}},
    )
    def change(
        name: CaseName,
        body: Annotated[Change, Body()],
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> Document:
        """Move a case (`state`, `by`, `note`), or bring its facts and evidence up to date."""
        expected = _revisions(if_match)
        if isinstance(body, Report):
            case = timed(book.update(name, body, expected=expected), moving.clock())
            return _tagged(case, response)
        move = signed(request, body)
        return _tagged(moving.move(name, move, expected), response)

    @router.put(
        "/cases/{name}/legal-hold",
        response_model=Case,
        response_model_exclude_unset=True,
        responses={200: _ETAG},
    )
    def hold(name: CaseName, body: Hold, request: Request, response: Response) -> Document:
        """Set or lift a legal hold: a held case and its evidence outlive their time."""
        return _tagged(book.hold(name, signed(request, body), now=moving.clock()), response)

    @router.post("/moves", response_model=Moved, response_model_exclude_unset=True)
    def moves(body: ManyMoves, request: Request, reach: TheirReach) -> dict[str, Any]:
        """Move many cases alike. What can't be moved is told and holds up no other."""
        theirs, move = (
            moving.within(reach),
            signed(request, body),
        )
        moved, refused = each(body.cases, lambda name: theirs.move(name, move))
        note(request, cases=[one["number"] for one in moved], state=body.state)
        return {"moved": moved, "refused": [refusal(one).model_dump() for one in refused]}


def _page(book: Book, wanted: ListQuestion | MapQuestion, now: Seconds) -> Page:
    return book.page(
        wanted.filter(now),
        limit=wanted.limit,
        offset=wanted.offset,
        after=wanted.after,
        sort=wanted.sort,
    )


def refusal(one: Refused) -> Refusal:
    """Return what is answered about a case that was left as it was."""
    return Refusal(case=one.case, status=status_of(one.error), detail=str(one.error))


def _tagged(case: Document, response: Response) -> Document:
    response.headers["ETag"] = f'"{case["revision"]}"'
    return case


def _revisions(if_match: str | None) -> frozenset[int] | None:
    """Read `If-Match`; None where anything will do. What is none of our ETags matches nothing."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (tag.strip() for tag in if_match.split(","))
    inner = (tag[1:-1] for tag in tags if tag.startswith('"') and tag.endswith('"'))
    return frozenset(int(tag) for tag in inner if tag.isascii() and tag.isdecimal())


def _feature(case: Document) -> Feature:
    place, camera = case["place"], case.get("camera")
    shown = CaseOnMap.model_validate(case | {"camera": camera["id"] if camera else None})
    point = Point(coordinates=(place["lon"], place["lat"]))
    return Feature(id=case["number"], geometry=point, properties=shown)
