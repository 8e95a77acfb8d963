"""Opening a sealed original: a form that asks why, and the file for whoever may have it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from streetwatch.service.access.role import Account, Role
from streetwatch.service.console.guard import ACCOUNT
from streetwatch.service.evidence.originals import (
    NoOriginalError,
    NoReasonError,
    Opening,
    Originals,
)

PATH = "/console/originals"

#: Who may see people who have nothing to do with a case.
NEEDED = Role.OPERATOR

Typed = Annotated[str, Form(max_length=400)]


def originals_router(originals: Originals) -> APIRouter:
    """Return the route; the console's guard has let the request through."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH, response_class=FileResponse)
    async def opened(
        request: Request, incident: Typed = "", name: Typed = "", why: Typed = ""
    ) -> Response:
        account: Account = request.scope[ACCOUNT]
        if not account.role.reaches(NEEDED):
            return _refused(403, f"originals are opened by {NEEDED.value}s")
        address = request.client.host if request.client is not None else ""
        opening = Opening(account.name, why, incident, name, address)
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
