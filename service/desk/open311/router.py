"""The routes of GeoReport v2: `/open311/v2`, and the discovery beside it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from streetwatch.service.access.asking import PublicReach, note
from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.open311.answers import (
    FILING,
    RESPONSES,
    Discovery,
    RequestOfToken,
    RequestTaken,
    ServiceDefinition,
    ServiceList,
    ServiceRequest,
)
from streetwatch.service.desk.open311.errors import ROOT
from streetwatch.service.desk.open311.formats import MEDIA_TYPE, Format, written
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.questions import RequestsQuestion, Word
from streetwatch.service.desk.open311.requests import Told
from streetwatch.service.desk.open311.services import ATTRIBUTES, CHANGESET, SERVICES
from streetwatch.service.desk.open311.submission import Submission, fields_of
from streetwatch.service.evidence.links import Links
from streetwatch.vision.types import Seconds

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"

#: A form with a description of 4,000 Chinese characters, each sent as nine.
MOST_BYTES = 65_536

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Open311:
    """What an operator says about the Open311 side of the desk.

    Attributes:
        keys: Who may file: those of the settings.
        holder: Returns whose token this is, if it may file.
        jurisdiction_id: The one that is served; None takes any for it.
        public_url: Where this service is reached from outside; None keeps pictures inside.
        links: Seals the addresses of pictures.
        contact: How to get help and a key.
    """

    keys: ApiKeys = field(default_factory=ApiKeys)
    holder: Callable[[str], str | None] | None = None
    jurisdiction_id: str | None = None
    public_url: str | None = None
    links: Links | None = None
    contact: str = "ask the operator"

    def check_jurisdiction(self, wanted: str) -> None:
        """Refuse another jurisdiction than the one that is served."""
        if wanted and self.jurisdiction_id not in (None, wanted):
            raise HTTPException(
                404, f"jurisdiction_id: not found: this is {self.jurisdiction_id}, or leave it out"
            )

    def client(self, api_key: str) -> str:
        """Return who files."""
        if not self.keys and self.holder is None:
            raise HTTPException(
                403, "this desk takes no requests over Open311: its operator has set no api_key"
            )
        client = self.keys.client(api_key) if api_key else None
        if client is None and api_key and self.holder is not None:
            client = self.holder(api_key)
        if client is None:
            raise HTTPException(403, f"api_key: missing or invalid: {self.contact}")
        return client


def open311_router(book: Book, *, clock: Callable[[], Seconds], served: Open311) -> APIRouter:
    """Build the router; errors are the API's to answer, in the words of Open311.

    Args:
        book: Where the cases are.
        clock: Seconds since the epoch.
        served: What the operator says.
    """

    def jurisdiction(jurisdiction_id: Annotated[Word, Query()] = "") -> None:
        served.check_jurisdiction(jurisdiction_id)

    router = APIRouter(prefix=ROOT, tags=["open311"], responses=RESPONSES)
    _add_discovery(router, served)
    v2 = APIRouter(prefix="/v2")
    asked = APIRouter(dependencies=[Depends(jurisdiction)])
    _add_services(asked)
    _add_requests(asked, book, clock, served)
    _add_filing(v2, book, clock, served)
    v2.include_router(asked)
    router.include_router(v2)
    return router


def _add_discovery(router: APIRouter, served: Open311) -> None:
    @router.get("/discovery.{format}", response_model=Discovery)
    def discovery(format: Format, request: Request) -> Response:  # noqa: A002 -- the path's name
        """Say which APIs there are, in which formats, and how to get a key."""
        base = served.public_url or str(request.base_url).rstrip("/")
        endpoint = {
            "specification": SPECIFICATION,
            "url": f"{base}{ROOT}/v2",
            "changeset": CHANGESET,
            "type": "production",
            "formats": [kind.partition(";")[0] for kind in MEDIA_TYPE.values()],
        }
        found = {
            "changeset": CHANGESET,
            "contact": served.contact,
            "key_service": served.contact,
            "endpoints": [endpoint],
        }
        return written("discovery", found, format)


def _add_services(router: APIRouter) -> None:
    @router.get("/services.{format}", response_model=ServiceList)
    def services(format: Format) -> Response:  # noqa: A002
        """List what may be filed."""
        return written("services", [asdict(one) for one in SERVICES.values()], format)

    @router.get("/services/{service_code}.{format}", response_model=ServiceDefinition)
    def service(service_code: str, format: Format) -> Response:  # noqa: A002
        """Return what a service asks for besides the fields of every request."""
        if service_code not in SERVICES:
            raise HTTPException(404, f"service_code: not found: one of {', '.join(SERVICES)}")
        attributes = [asdict(one) | {"values": []} for one in ATTRIBUTES]
        found = {"service_code": service_code, "attributes": attributes}
        return written("service_definition", found, format)


def _add_requests(
    router: APIRouter, book: Book, clock: Callable[[], Seconds], served: Open311
) -> None:
    def numbered(number: str) -> Mapping[str, Any]:
        try:
            case = book.case(number)
        except NoSuchCaseError:
            case = {"number": None}
        if case["number"] != number:
            raise HTTPException(404, "service_request_id or token: not found")
        return case

    @router.get("/requests.{format}", response_model=list[ServiceRequest])
    def requests(
        format: Format,  # noqa: A002
        wanted: Annotated[RequestsQuestion, Query()],
        reach: PublicReach,
    ) -> Response:
        """List requests, newest first: of 90 days and 1,000 at most."""
        page = book.within(reach).page(
            wanted.filter(clock()), limit=wanted.page_size, offset=wanted.offset
        )
        told = Told(served.public_url, wanted.extensions, served.links)
        return written("service_requests", [told.request(case) for case in page.cases], format)

    @router.get("/requests/{service_request_id}.{format}", response_model=list[ServiceRequest])
    def request(
        service_request_id: Annotated[Word, Path()],
        format: Format,  # noqa: A002
        extensions: bool = False,  # noqa: FBT001, FBT002 -- the query parameter
    ) -> Response:
        """Tell how a request stands."""
        told = Told(served.public_url, extensions, served.links)
        case = dict(numbered(service_request_id))
        return written("service_requests", [told.request(case)], format)

    @router.get("/tokens/{token}.{format}", response_model=list[RequestOfToken])
    def token(token: Annotated[Word, Path()], format: Format) -> Response:  # noqa: A002
        """Return the request of a token. This desk gives ids at once: an id is its own token."""
        found = {"service_request_id": numbered(token)["number"], "token": token}
        return written("service_requests", [found], format)


def _add_filing(
    router: APIRouter, book: Book, clock: Callable[[], Seconds], served: Open311
) -> None:
    def filed(request: Request, body: bytes, media_type: str, form: Format) -> Response:
        fields = _read(body, media_type)
        client = served.client(fields.get("api_key", ""))
        served.check_jurisdiction(fields.get("jurisdiction_id", ""))
        code = fields.get("service_code")
        if code is not None and code not in SERVICES:
            raise HTTPException(404, f"service_code: not found: one of {', '.join(SERVICES)}")
        now = clock()
        try:
            draft = Submission.model_validate(fields).draft(client, now=now)
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False)) from error
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        key, by = f"open311/{draft.external_id}", f"open311:{client}"
        note(request, by=by)
        case, is_new = book.file(draft, key=key, now=now, doer=Doer(by))
        taken = {
            "service_request_id": case["number"],
            "service_notice": None,
            "account_id": None,
        }
        return written("service_requests", [taken], form, status=201 if is_new else 200)

    @router.post(
        "/requests.{format}",
        status_code=201,
        response_model=list[RequestTaken],
        responses=FILING,
        openapi_extra={"requestBody": _body()},
    )
    async def file(request: Request, format: Format) -> Response:  # noqa: A002
        """File a request. The same `attribute[external_id]` of the same client again is answered
        200 with the id that it has.
        """  # noqa: D205 -- one sentence
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = await _received(request)
        return await run_in_threadpool(filed, request, body, media_type, format)


async def _received(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(400, f"the form is too large: {MOST_BYTES} bytes at most")
    return bytes(body)


def _read(body: bytes, media_type: str) -> dict[str, str]:
    if media_type != _FORM:
        raise HTTPException(400, f"send the request as a form, Content-Type: {_FORM}")
    try:
        return fields_of(body)
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def _body() -> dict[str, Any]:
    schema = Submission.model_json_schema(by_alias=True)
    return {"required": True, "content": {_FORM: {"schema": schema}}}
