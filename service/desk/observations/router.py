"""Reports from outside over HTTP: `POST /observations`, as JSON or as a form with a picture."""

import base64
import binascii
import json
import re
from collections.abc import AsyncGenerator, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from streetwatch.service.access.asking import doer_of
from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.observations.observation import Observation, ObservationWithPicture
from streetwatch.service.desk.observations.take import BusyError, Observations
from streetwatch.vision.outside import PictureRefusedError

#: What a report has beside its picture.
_WORDS_BYTES = 100_000

OptionalKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        description="The same for every delivery of one report. Left out: `reporter` and `id`.",
    ),
]


def _body() -> dict[str, Any]:
    """Describe what is taken, for OpenAPI."""
    schema = ObservationWithPicture.model_json_schema()
    named = schema.pop("$defs", {})
    properties = {
        name: json.loads(_REF.sub(lambda found: _inside(named[found[1]]), json.dumps(one)))
        for name, one in schema["properties"].items()
    }
    as_json = {**schema, "properties": properties}
    picture = {"picture": {"type": "string", "format": "binary", "title": "JPEG or PNG"}}
    as_form = {**as_json, "properties": properties | picture}
    content = {"application/json": as_json, "multipart/form-data": as_form}
    return {"required": True, "content": {kind: {"schema": one} for kind, one in content.items()}}


_REF = re.compile(r'"\$ref": "#/\$defs/(\w+)"')


def _inside(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema)[1:-1]


def observations_router(observations: Observations) -> APIRouter:
    """Build the router."""
    router = APIRouter(tags=["observations"])
    most = observations.limits.bytes_ * 4 // 3 + _WORDS_BYTES  # base64 makes four bytes of three

    @router.post(
        "/observations",
        status_code=201,
        openapi_extra={"requestBody": _body()},
        responses={
            200: {"description": "It was told before, or was added to an open case."},
            415: {"description": "Neither JSON nor a form."},
        },
        max_body_size=most,
    )
    async def observe(
        request: Request, response: Response, key: OptionalKey = None
    ) -> dict[str, Any]:
        """Report what was seen on the street. The same again answers 200 with the first one."""
        told, picture = await _read(request, await request.body())
        doer = doer_of(request, told.reporter)
        taken = partial(_taken, observations, told, picture, key=key, doer=doer)
        answer, is_new = await run_in_threadpool(taken)
        response.status_code = 201 if is_new else 200
        return answer

    return router


def _taken(
    observations: Observations,
    told: Observation,
    picture: bytes | None,
    *,
    key: str | None,
    doer: Doer,
) -> tuple[dict[str, Any], bool]:
    try:
        return observations.take(told, picture, key=key, doer=doer)
    except PictureRefusedError as error:
        raise HTTPException(422, [f"body.picture: {error}"]) from None
    except BusyError as error:
        raise HTTPException(503, str(error), headers={"Retry-After": "10"}) from None


async def _read(request: Request, body: bytes) -> tuple[Observation, bytes | None]:
    kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return _of_json(body)
        if kind == "multipart/form-data":
            return await _of_form(request, body)
    except ValidationError as error:
        raise RequestValidationError(_in_body(error)) from None
    raise HTTPException(415, "send application/json or multipart/form-data")


def _in_body(error: ValidationError) -> list[Mapping[str, Any]]:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [{**one, "loc": ("body", *one["loc"])} for one in found]


def _of_json(body: bytes) -> tuple[Observation, bytes | None]:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(422, ["body: no JSON"]) from None
    told = ObservationWithPicture.model_validate(raw)
    if told.picture is None:
        return told, None
    try:
        return told, base64.b64decode(told.picture, validate=True)
    except (binascii.Error, ValueError):
        raise HTTPException(422, ["body.picture: no base64"]) from None


async def _of_form(request: Request, body: bytes) -> tuple[Observation, bytes | None]:
    async def stream() -> AsyncGenerator[bytes]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=20)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise HTTPException(422, [f"body: no form: {error}"]) from None
    try:
        words = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        file = form.get("picture")
        picture = await file.read() if isinstance(file, UploadFile) else None
    finally:
        await form.close()
    given = {name: value for name, value in words.items() if value}
    return Observation.model_validate_strings(given), picture
