"""The feed of changes: server-sent events that go on where a reader stopped (`/desk/events`)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from streetwatch.service.access.asking import Asker, is_still_good
from streetwatch.service.desk.answers import CaseChange
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.query import Revision
from streetwatch.vision.types import Seconds

#: How often a reader's feed looks for what is new: one indexed read.
LOOK_EVERY_S: Seconds = 1.0

#: A feed that is quiet says so as often: proxies cut what says nothing.
PING_EVERY_S: Seconds = 15.0

_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

#: Each reader costs a read a second; more than a bureau's screens are a mistake.
MOST_READERS = 64

_AT_ONCE = 200

LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        pattern=r"^\d{1,9}/[A-Za-z0-9-]{1,40}$",
        description="The id of the last event that was read; what came after it follows.",
    ),
]
After = Annotated[
    int | None,
    Query(
        ge=0,
        le=10**9,
        description="A `revision`: what changed after it follows. Left out: what changes from now.",
    ),
]


class _Seats:
    """So many readers and no more."""

    def __init__(self, places: int) -> None:
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def taken(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise HTTPException(
                503, "all places of the feed are taken: close one", headers={"Retry-After": "10"}
            )
        try:
            yield
        finally:
            self._free.release()


def events_router(
    book: Book,
    *,
    ending: Callable[[], bool] = lambda: False,
    look_every_s: Seconds = LOOK_EVERY_S,
    places: int = MOST_READERS,
) -> APIRouter:
    """Build the router of the feed.

    Args:
        book: Where the cases are.
        ending: Whether the process wants to end, and every feed with it.
        look_every_s: How often a feed looks for what is new.
        places: How many readers there may be.
    """
    router = APIRouter()
    seats = _Seats(places)

    def goes_on(request: Request) -> Callable[[], bool]:
        return lambda: not ending() and is_still_good(request)

    def seat() -> Iterator[None]:
        with seats.taken():
            yield

    @router.get(
        "/events",
        response_class=StreamingResponse,
        dependencies=[Depends(seat)],
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def events(
        request: Request, asker: Asker, last_event_id: LastEventId = None, after: After = None
    ) -> StreamingResponse:
        """Follow the changes of cases as server-sent events `case`.

        Each event is a case that changed, as it is now: changes that follow each other quickly are
        told once.
        """
        theirs = book.within(asker.reach)
        seen = _start(last_event_id, after)
        if seen is None:
            seen = await run_in_threadpool(book.latest_revision)
        # FastAPI's own answer of this kind leaves a traceback in the log of whoever hangs up.
        feed = _told(theirs, seen, goes_on(request), look_every_s)
        return StreamingResponse(feed, media_type="text/event-stream", headers=_HEADERS)

    return router


async def _told(
    book: Book, seen: Revision, goes_on: Callable[[], bool], look_every_s: Seconds
) -> AsyncIterator[bytes]:
    """Yield what changes after a revision, for as long as the feed may go on."""
    yield format_sse_event(comment="the desk's changes follow")
    quiet_s = 0.0
    while await run_in_threadpool(goes_on):
        changes = await run_in_threadpool(book.changes, seen, limit=_AT_ONCE)
        for case in changes:
            seen = Revision(case["revision"], case["number"])
            yield _event(case)
        quiet_s = 0.0 if changes else quiet_s + look_every_s
        if quiet_s >= PING_EVERY_S:
            quiet_s = 0.0
            yield format_sse_event(comment="still here")
        await asyncio.sleep(look_every_s)


def _start(last_event_id: str | None, after: int | None) -> Revision | None:
    if last_event_id is not None:
        count, _, number = last_event_id.partition("/")
        return Revision(int(count), number)
    return None if after is None else Revision(after + 1)


def _event(case: Document) -> bytes:
    change = CaseChange.model_validate(case)
    return format_sse_event(
        data_str=change.model_dump_json(),
        event="case",
        id=f"{change.revision}/{change.number}",
        retry=2_000,
    )
