"""Opening a sealed original: a form that asks why, and the file for whoever may have it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from streetwatch.service.access.asking import Asker
from streetwatch.service.access.role import Right
from streetwatch.service.console.forms import address_of
from streetwatch.service.evidence.originals import (
    NoOriginalError,
    NoReasonError,
    Opening,
    Originals,
)

PATH = "/console/originals"

#: What it takes to see people who have nothing to do with a case.
NEEDED = Right.HANDLE

Typed = Annotated[str, Form(max_length=400)]


def originals_router(originals: Originals) -> APIRouter:
    """Return the route; the guard lets only those through who may have it."""
    router = APIRouter(include_in_schema=False)

    @router.post(f"{PATH}/{{incident_id}}", response_class=FileResponse)
    async def opened(
        request: Request, asker: Asker, incident_id: str, name: Typed = "", why: Typed = ""
    ) -> Response:
        opening = Opening(asker.name, why, incident_id, name, address_of(request))
        try:
            path = await run_in_threadpool(originals.open, opening)
        except NoReasonError as error:
            return _refused(422, str(error))
        except NoOriginalError as error:
            return _refused(404, str(error))
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, headers=headers)

    return router


def _refused(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)
