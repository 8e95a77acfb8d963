"""The HTTP side of a detector: `POST /node/detect`, `/healthz`."""

import asyncio
from collections.abc import Callable
from typing import Final

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from streetwatch.service.between.answering import Answering, TooLateError, TooManyError
from streetwatch.service.between.badge import HEADER, Badges
from streetwatch.service.between.shared_session import PATH
from streetwatch.service.between.wire import (
    MOST_BYTES,
    UnreadableError,
    rows_packed,
    unpacked,
)
from streetwatch.vision.types import Seconds

#: How long an answer may be waited for at most.
_LONGEST_S: Final[Seconds] = 60.0


def detector_site(answering: Answering, badges: Badges, clock: Callable[[], Seconds]) -> FastAPI:
    """Return what a detector answers.

    Args:
        answering: Looks.
        badges: Knows who asks.
        clock: Seconds since the epoch.
    """
    site = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @site.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @site.post(PATH)
    async def detect(request: Request) -> Response:
        """Return the rows of the pictures in the body."""
        if not badges.knows(request.headers.get(HEADER), "POST", PATH, clock()):
            raise HTTPException(401, "only nodes of this city are answered")
        body = await _body(request)
        within_s = _within(request.headers.get("X-Streetwatch-Within", ""))
        try:
            blobs = await run_in_threadpool(unpacked, body, request.headers)
            rows = await asyncio.wrap_future(answering.ask(blobs, within_s=within_s))
        except UnreadableError as error:
            raise HTTPException(422, str(error)) from error
        except TooManyError as error:
            raise HTTPException(503, str(error)) from error
        except TooLateError as error:
            raise HTTPException(504, str(error)) from error
        return Response(rows_packed(rows), media_type="application/octet-stream")

    return site


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "these are more pictures than are looked at together")
    return bytes(body)


def _within(said: str) -> Seconds:
    try:
        within_s = float(said)
    except ValueError:
        raise HTTPException(422, "X-Streetwatch-Within: say seconds") from None
    if not 0 < within_s <= _LONGEST_S:
        raise HTTPException(422, "X-Streetwatch-Within: say seconds from 0 to 60")
    return within_s
