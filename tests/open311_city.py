"""A city's Open311 GeoReport v2 endpoint for tests: both formats, tokens, pages, errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from http_parts import serving

KEY = "api-key-1234567"


@dataclass
class City:
    """What the endpoint knows, what it was asked, and how it behaves."""

    now: datetime
    gives_tokens: bool = False
    tokens_ready: bool = True
    blackbox: bool = False
    page_size: int | None = None
    limit: int = 1000
    lost_answers: int = 0
    refusal: tuple[int, str] | None = None
    services: dict[str, list[str]] = field(default_factory=lambda: {"006": []})
    requests: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    content_types: list[str] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve the endpoint for the length of the block."""
        with serving(self._app()) as url:
            yield f"{url}/v2"

    def file(self, description: str, at: datetime, **fields: Any) -> str:  # noqa: ANN401
        """Take a request up as of a moment."""
        number = str(638344 + len(self.requests))
        self.requests.append(
            {
                "service_request_id": number,
                "status": "open",
                "status_notes": None,
                "service_code": "006",
                "description": description,
                "requested_datetime": at.isoformat(),
            }
            | fields
        )
        return number

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.middleware("http")(self._note)
        app.get("/v2/services.{form}")(self._services)
        app.get("/v2/services/{code}.{form}")(self._definition)
        app.post("/v2/requests.{form}")(self._file)
        app.get("/v2/tokens/{token}.{form}")(self._token)
        app.get("/v2/requests.{form}")(self._requests)
        app.get("/v2/requests/{number}.{form}")(self._one_request)
        return app

    async def _note(self, request: Request, proceed: Any) -> Response:  # noqa: ANN401
        self.asked.append((request.url.path, dict(request.query_params)))
        if self.refusal is not None:
            status, text = self.refusal
            form = request.url.path.rpartition(".")[2]
            return _shown(form, "errors", [{"code": status, "description": text}], status)
        answer: Response = await proceed(request)
        return answer

    def _services(self, form: str) -> Response:
        listed = [
            {"service_code": code, "metadata": bool(wanted), "type": "realtime"}
            for code, wanted in self.services.items()
        ]
        return _shown(form, "services", listed)

    def _definition(self, code: str, form: str) -> Response:
        attributes = [
            {"variable": True, "code": one, "required": True} for one in self.services[code]
        ]
        attributes.append({"variable": True, "code": "NOTE", "required": False})
        if form == "json":
            return JSONResponse({"service_code": code, "attributes": attributes})
        return _xml("service_definition", [{"attribute": attributes}])

    async def _file(self, form: str, request: Request) -> Response:
        self.content_types.append(request.headers["Content-Type"])
        fields = parse_qs((await request.body()).decode())
        self.forms.append(fields)
        if fields.get("api_key") != [KEY]:
            text = f"Invalid api_key received: {fields.get('api_key')}"
            return _shown(form, "errors", [{"code": 403, "description": text}], 403)
        number = self.file(fields["description"][0], self.now)
        if self.lost_answers:
            self.lost_answers -= 1
            return Response("gateway time-out", 504)
        if self.blackbox:
            return _shown(form, "service_requests", [{"service_notice": "thanks"}])
        if self.gives_tokens:
            return _shown(form, "service_requests", [{"token": f"t{number}"}])
        told = {"service_request_id": number, "service_notice": "soon", "account_id": None}
        return _shown(form, "service_requests", [told])

    def _token(self, token: str, form: str) -> Response:
        number = token[1:] if self.tokens_ready else None
        told = {"service_request_id": number, "token": token}
        return _shown(form, "service_requests", [told])

    def _requests(self, form: str, request: Request) -> Response:
        query = request.query_params
        start, end = map(datetime.fromisoformat, (query["start_date"], query["end_date"]))
        if (end - start).days > 90:
            errors = [{"code": 400, "description": "more than 90 days"}]
            return _shown(form, "errors", errors, 400)
        codes = query["service_code"].split(",")
        found = [
            one
            for one in self.requests
            if start <= datetime.fromisoformat(one["requested_datetime"]) <= end
            and one["service_code"] in codes
        ]
        if self.page_size is not None:
            first = (int(query.get("page", "1")) - 1) * self.page_size
            found = found[first : first + self.page_size]
        return _shown(form, "service_requests", found[: self.limit])

    def _one_request(self, number: str, form: str) -> Response:
        found = [one for one in self.requests if one["service_request_id"] == number]
        if not found:
            errors = [{"code": 404, "description": f"no request {number}"}]
            return _shown(form, "errors", errors, 404)
        return _shown(form, "service_requests", found)


def _shown(form: str, name: str, items: list[dict[str, Any]], status: int = 200) -> Response:
    if form == "json":
        return JSONResponse(items, status)
    item = {"service_requests": "request"}.get(name, name.removesuffix("s"))
    return _xml(name, [{item: [one]} for one in items], status)


def _xml(name: str, lists: list[dict[str, list[dict[str, Any]]]], status: int = 200) -> Response:
    root = Element(name)
    for named in lists:
        for item, fields_of_items in named.items():
            for fields in fields_of_items:
                parent = SubElement(root, item)
                for key, value in fields.items():
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    SubElement(parent, key).text = "" if value is None else text
    content = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    return Response(content, status, media_type="text/xml; charset=utf-8")
