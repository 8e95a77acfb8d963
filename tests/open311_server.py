"""The desk as an Open311 server, with cases in it, and how its answers are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from filed import NOON, a_message, an_incident, evidence
from served_desk import served_desk
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.router import Open311, open311_router
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import SqlStore, open_store

KEY, OTHER_KEY = "key-of-the-hotline", "key-of-the-old-app"


DAY_S = 86_400.0


PUBLIC = "https://desk.city.example"


FORMATS = ("json", "xml")


SERVED = Open311(
    keys=ApiKeys([("hotline", KEY), ("app", OTHER_KEY)]),
    jurisdiction_id="city.example",
    public_url=PUBLIC,
    contact="电话 12319",
)


in_both = pytest.mark.parametrize("form", FORMATS)


@dataclass
class City:
    """The server as other tools see it, and the book behind it."""

    store: SqlStore
    http: httpx.Client = field(init=False)
    now: float = NOON

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def get(self, path: str, **asked: str | int) -> httpx.Response:
        return self.http.get(f"/open311/v2/{path}", params=asked)

    def ids(self, **asked: str | int) -> list[str]:
        return [one["service_request_id"] for one in self.get("requests.json", **asked).json()]

    def file(self, form: str = "json", **fields: str) -> httpx.Response:
        given = {"api_key": KEY, "service_code": "exposed_garbage"} | fields
        if not {"lat", "address_string", "address_id"} & set(fields):
            given |= {"lat": "31.23", "long": "121.47"}
        return self.http.post(f"/open311/v2/requests.{form}", data=given)

    def case(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/desk/cases/{number}").json()
        return found

    def count(self) -> int:
        return int(self.http.get("/desk/cases").json()["total"])


def a_city(folder: Path, served: Open311 = SERVED) -> Iterator[City]:
    built = City(open_store(f"sqlite:///{folder / 'city.db'}"))
    with served_desk(
        built.book.engine,
        desk_router(built.book, clock=lambda: built.now, on_end=lambda *_: None),
        EvidenceFolder(folder / "evidence"),
        open311=open311_router(built.book, clock=lambda: built.now, served=served),
    ) as client:
        built.http = client
        yield built
    built.store.close()


#: Number, type, days before noon of 23 November, moves.
SEEN = (
    ("SW-20260805-0001", "street_vending", 110, ()),
    ("SW-20260904-0001", "street_vending", 80, ("accepted", "dispatched", "handled", "closed")),
    ("SW-20261122-0001", "exposed_garbage", 1, ("rejected",)),
    ("SW-20261123-0001", "exposed_garbage", 0, ("accepted", "dispatched")),
)


OLD, CLOSED, REJECTED, OPEN = (row[0] for row in SEEN)


def fill(city: City) -> None:
    for row, (number, kind, days, moves) in enumerate(SEEN):
        incident = an_incident(id=f"{row:026}", type=kind)
        stills = (evidence("first_seen.jpg"), evidence("zone_overlay.jpg"))
        report = Report.model_validate(case_json(a_message(incident, files=stills).case))
        at = NOON - days * DAY_S
        case, _ = city.book.report(report, key=f"key-of-case-{row}", now=at)
        assert case["number"] == number
        for step, state in enumerate(moves, start=1):
            move = Move(state=CaseState(state), by="王队", note=f"第{step}步")
            city.book.move(number, move, now=at + 60.0 * step)


def parsed(answer: httpx.Response) -> ET.Element:
    return ET.fromstring(answer.content)  # noqa: S314 -- our own answer


def image(element: ET.Element, json: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Read XML as the Spark convention has it, with JSON's word for what is empty."""
    if isinstance(json, list):
        return [image(child, one) for child, one in zip(element, json, strict=True)]
    if isinstance(json, dict):
        assert [child.tag for child in element] == list(json)
        return {child.tag: image(child, json[child.tag]) for child in element}
    return element.text


def as_text(json: Any) -> Any:  # noqa: ANN401
    match json:
        case list():
            return [as_text(one) for one in json]
        case dict():
            return {name: as_text(value) for name, value in json.items()}
        case bool():
            return str(json).lower()
        case None | "":
            return None
        case _:
            return str(json)


def told(answer: httpx.Response) -> list[tuple[str, str]]:
    """Read the errors of an answer, in either format."""
    if answer.headers["Content-Type"].startswith("text/xml"):
        root = parsed(answer)
        assert root.tag == "errors"
        assert {child.tag for child in root} == {"error"}
        return [(one.findtext("code", ""), one.findtext("description", "")) for one in root]
    assert all(set(one) == {"code", "description"} for one in answer.json())
    return [(str(one["code"]), one["description"]) for one in answer.json()]


ENDPOINTS = {
    "discovery": ("/open311/discovery", "discovery"),
    "services": ("/open311/v2/services", "services"),
    "a service": ("/open311/v2/services/street_vending", "service_definition"),
    "requests": ("/open311/v2/requests", "service_requests"),
    "a request": (f"/open311/v2/requests/{OPEN}", "service_requests"),
    "a token": (f"/open311/v2/tokens/{OPEN}", "service_requests"),
}


each_endpoint = pytest.mark.parametrize(("path", "root"), ENDPOINTS.values(), ids=ENDPOINTS.keys())
