"""How the API says no: a status, a line that says what is wrong, and in whose words."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from streetwatch.service.cameras.errors import (
    CameraChangedError,
    CameraConflictError,
    CameraRefusedError,
    NoSuchCameraError,
)
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.desk.errors import ChangedMeanwhileError, NoSuchCaseError
from streetwatch.service.desk.open311 import errors as open311
from streetwatch.service.desk.states import DeskConflictError
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.deliveries import DeliveredAlreadyError, NoSuchDeliveryError

_COME_AGAIN_S = "10"

#: What is answered 422 elsewhere is a 400 in the words of Open311.
_IN_OPEN311 = {409: 400, 413: 400, 422: 400}


class Problem(BaseModel):
    """What is wrong."""

    detail: str


class Mistakes(BaseModel):
    """A line for each mistake in what was sent: where, and what is wanted there."""

    detail: list[str] = Field(examples=[["body.camera: Field required"]])


#: What every route of the service's own may answer, for the OpenAPI.
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "What was sent can't be read."},
    401: {"model": Problem, "description": "Nobody that is known asks: send a token."},
    403: {"model": Problem, "description": "Whoever asks may not."},
    404: {"model": Problem, "description": "There is no such thing, or it is not theirs."},
    409: {"model": Problem, "description": "It does not go together with what is there."},
    413: {"content": {"text/plain": {}}, "description": "What was sent is too large."},
    422: {"model": Mistakes, "description": "What was sent is wrong; nothing was changed."},
    500: {"model": Problem, "description": "It failed inside: the service's log says why."},
    503: {
        "model": Problem,
        "description": "The database or the disk refuses: come again.",
        "headers": {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}},
    },
}

Handler = Callable[[Request, Exception], Response]


def add_error_answers(api: FastAPI) -> None:
    """Let the API answer errors, each part in its own words."""
    api.add_exception_handler(NoSuchCaseError, _answering(404))
    api.add_exception_handler(NoSuchDeliveryError, _answering(404))
    api.add_exception_handler(DeskConflictError, _answering(409))
    api.add_exception_handler(DeliveredAlreadyError, _answering(409))
    api.add_exception_handler(ChangedMeanwhileError, _answering(412))
    api.add_exception_handler(NoSuchCameraError, _answering(404))
    api.add_exception_handler(CameraConflictError, _answering(409))
    api.add_exception_handler(BusyError, _answering(409))
    api.add_exception_handler(CameraChangedError, _answering(412))
    api.add_exception_handler(CameraRefusedError, _say_what_to_mend)
    api.add_exception_handler(StorageError, _come_again)
    api.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _failed)


def _answering(status: int) -> Handler:
    return lambda request, error: said(request, status, str(error))


def _come_again(request: Request, error: Exception) -> Response:
    """The disk or the database will be mended: ask the caller to come again."""
    return said(request, 503, str(error), {"Retry-After": _COME_AGAIN_S})


def _say_what_is_wrong(request: Request, error: Exception) -> Response:
    """Answer with a line for each mistake; what was sent is not echoed."""
    mistakes = error.errors() if isinstance(error, RequestValidationError) else ()
    return said(request, 422, [_line(one) for one in mistakes])


def _say_what_to_mend(request: Request, error: Exception) -> Response:
    """Answer with a line for each mistake in a camera: where, and what to write instead."""
    mistakes = error.mistakes if isinstance(error, CameraRefusedError) else ()
    return said(request, 422, [one.line for one in mistakes])


def _line(mistake: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    return f"{where}: {mistake['msg'].removeprefix('Value error, ')}".removeprefix(": ")


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _failed(request, error)
    detail = error.detail or HTTPStatus(error.status_code).phrase
    return said(request, error.status_code, detail, error.headers)


def _failed(request: Request, _: Exception) -> Response:
    """What went wrong inside is the log's business: the server writes it there."""
    return said(request, 500, "this failed inside the service: its log says why")


def said(
    request: Request,
    status: int,
    detail: str | Sequence[str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say no in the words of the part that was asked."""
    if open311.is_asked(request):
        lines = [detail] if isinstance(detail, str) else list(detail)
        return open311.answer(request, _IN_OPEN311.get(status, status), lines, headers)
    return JSONResponse({"detail": detail}, status, headers=dict(headers or {}))
