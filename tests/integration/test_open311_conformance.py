"""The desk as an Open311 server, held to the published text of GeoReport v2.

docs/reference/open311.md lists the text's requirements, each with its test here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
import pytest
from georeport import GeoReport
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident, evidence
from gates import open_gate
from http_parts import serving
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.requests import STATE_NAMES
from streetwatch.service.desk.open311.router import Open311, open311_router
from streetwatch.service.desk.open311.services import ATTRIBUTES, CHANGESET, SERVICES
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import SqlStore, open_store
from waiting import PATIENCE_S

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "open311.md"

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
    http: httpx.Client = field(default_factory=httpx.Client)
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
    api = create_api(
        gate=open_gate(built.book.engine),
        desk=desk_router(built.book, clock=lambda: built.now, on_end=lambda *_: None),
        open311=open311_router(built.book, clock=lambda: built.now, served=served),
        evidence=EvidenceFolder(folder / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    built.store.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with cases from cameras, which the tests only read."""
    for one in a_city(tmp_path_factory.mktemp("read")):
        fill(one)
        yield one


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city to which the tests file."""
    yield from a_city(tmp_path_factory.mktemp("filed"))


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


@each_endpoint
def test_every_answer_comes_as_xml_and_as_json_of_utf_8(city: City, path: str, root: str) -> None:
    as_xml, as_json = (city.http.get(f"{path}.{form}") for form in ("xml", "json"))
    assert (as_xml.status_code, as_json.status_code) == (200, 200)
    assert as_xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert as_json.headers["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert parsed(as_xml).tag == root
    assert "xmlns" not in as_xml.text


@each_endpoint
def test_json_is_the_image_of_xml(city: City, path: str, root: str) -> None:
    as_xml, as_json = (city.http.get(f"{path}.{form}") for form in ("xml", "json"))
    assert parsed(as_xml).tag == root
    assert image(parsed(as_xml), as_json.json()) == as_text(as_json.json())


@each_endpoint
def test_an_optional_argument_that_is_empty_counts_as_not_given(
    city: City, path: str, root: str
) -> None:
    empty = dict.fromkeys(
        ("jurisdiction_id", "service_code", "start_date", "end_date", "status", "page"), ""
    )
    answer = city.http.get(f"{path}.xml", params=empty)
    assert parsed(answer).tag == root
    assert answer.content == city.http.get(f"{path}.xml").content


def test_the_discovery_names_the_endpoint_its_formats_and_where_to_get_a_key(city: City) -> None:
    found = city.http.get("/open311/discovery.json").json()
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert "12319" in found["key_service"]
    assert found["endpoints"] == [
        {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": f"{PUBLIC}/open311/v2",
            "changeset": CHANGESET,
            "type": "production",
            "formats": ["application/json", "text/xml"],
        }
    ]


def test_the_changeset_is_new_when_the_services_are() -> None:
    assert (CHANGESET, len(SERVICES), len(ATTRIBUTES)) == ("2026-11-25 00:00", 6, 3)


def test_a_service_has_code_name_group_and_keywords(city: City) -> None:
    services = city.get("services.json").json()
    assert [one["service_code"] for one in services] == list(SERVICES)
    vending = services[0]
    assert vending["service_name"] == "占道经营 street vending"
    assert vending["group"] == "街面秩序 street order"
    assert "游商" in vending["keywords"].split(", ")
    assert {(one["metadata"], one["type"]) for one in services} == {(True, "realtime")}


def test_a_definition_lists_attributes_in_order_with_their_datatypes(city: City) -> None:
    definition = city.get("services/exposed_garbage.json").json()
    assert definition["service_code"] == "exposed_garbage"
    attributes = definition["attributes"]
    assert [one["order"] for one in attributes] == [1, 2, 3]
    assert [(one["code"], one["datatype"], one["required"]) for one in attributes] == [
        ("external_id", "string", False),
        ("grid_code", "string", False),
        ("occurred_at", "datetime", False),
    ]
    assert all(one["variable"] and one["description"] for one in attributes)


def test_a_request_tells_all_that_the_standard_names(city: City) -> None:
    (request,) = city.get(f"requests/{OPEN}.json").json()
    assert request == {
        "service_request_id": OPEN,
        "status": "open",
        "status_notes": "派遣 dispatched: 第2步",
        "service_name": "暴露垃圾 exposed garbage",
        "service_code": "exposed_garbage",
        "description": "人民路东口 暴露垃圾 / exposed garbage",
        "agency_responsible": None,
        "service_notice": None,
        "requested_datetime": "2026-11-23T12:00:00+08:00",
        "updated_datetime": "2026-11-23T12:02:00+08:00",
        "expected_datetime": None,
        "address": "人民路东口",
        "address_id": None,
        "zipcode": None,
        "lat": 31.23,
        "long": 121.47,
        "media_url": f"{PUBLIC}/evidence/{'3'.zfill(26)}/zone_overlay.jpg",
    }


def test_agency_and_expected_time_are_the_authority_and_the_deadline(counter: City) -> None:
    draft = Draft(
        external_id="with-a-deadline",
        source="sensor",
        type="bin_overflow",
        occurred_at=NOON,
        document={"description": "满溢"},
        filled={"authority": "城管局", "deadline": NOON + 7_200},
    )
    number = counter.book.file(draft, key="key-with-a-deadline", now=NOON)[0]["number"]
    (request,) = counter.get(f"requests/{number}.json").json()
    assert request["agency_responsible"] == "城管局"
    assert request["expected_datetime"] == "2026-11-23T14:00:00+08:00"


def test_a_closed_request_was_updated_when_it_was_closed(city: City) -> None:
    (request,) = city.get(f"requests/{CLOSED}.json").json()
    assert (request["status"], request["status_notes"]) == ("closed", "结案 closed: 第4步")
    assert request["updated_datetime"] == "2026-09-04T12:04:00+08:00"


@pytest.mark.parametrize("state", CaseState)
def test_every_state_of_a_case_is_open_or_closed(state: CaseState, counter: City) -> None:
    draft = Draft(
        external_id=f"in-state-{state}",
        source="sensor",
        type="bin_overflow",
        occurred_at=NOON,
        document={},
        state=state,
    )
    number = counter.book.file(draft, key=f"key-of-{state}", now=NOON)[0]["number"]
    (request,) = counter.get(f"requests/{number}.json").json()
    assert request["status"] == ("closed" if state in ENDS else "open")
    assert request["status_notes"] == STATE_NAMES[state]


def test_every_time_has_its_zone(city: City) -> None:
    for request in city.get("requests.json").json():
        for name, value in request.items():
            if name.endswith("_datetime") and value is not None:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", value)


FOUND = {
    "the latest 90 days, newest first": ({}, [OPEN, REJECTED, CLOSED]),
    "those of a code": ({"service_code": "exposed_garbage"}, [OPEN, REJECTED]),
    "those of two codes": (
        {"service_code": "exposed_garbage,street_vending"},
        [OPEN, REJECTED, CLOSED],
    ),
    "those that are open": ({"status": "open"}, [OPEN]),
    "those that are closed": ({"status": "closed"}, [REJECTED, CLOSED]),
    "either": ({"status": "open,closed"}, [OPEN, REJECTED, CLOSED]),
    "of a code and a status": (
        {"status": "closed", "service_code": "street_vending"},
        [CLOSED],
    ),
    "90 days from a start": ({"start_date": "2026-08-01T00:00:00Z"}, [CLOSED, OLD]),
    "90 days up to an end": ({"end_date": "2026-11-01T00:00:00Z"}, [CLOSED, OLD]),
    "a range": (
        {"start_date": "2026-11-22T00:00:00+08:00", "end_date": "2026-11-23T00:00:00+08:00"},
        [REJECTED],
    ),
    "ids": ({"service_request_id": f"{OLD},{OPEN}"}, [OPEN, OLD]),
    "ids, which override the rest": (
        {"service_request_id": OLD, "status": "closed", "start_date": "2026-11-22T00:00:00Z"},
        [OLD],
    ),
    "an id that nobody has": ({"service_request_id": "SW-20200101-0001"}, []),
    "a page": ({"page": 2, "page_size": 2}, [CLOSED]),
    "a page after the last": ({"page": 3, "page_size": 2}, []),
    "a parameter that the standard does not have": ({"colour": "red"}, [OPEN, REJECTED, CLOSED]),
}


@pytest.mark.parametrize(("asked", "numbers"), FOUND.values(), ids=FOUND.keys())
def test_requests_are_found(city: City, asked: dict[str, str | int], numbers: list[str]) -> None:
    assert city.ids(**asked) == numbers


def test_codes_may_be_declared_several_times(city: City) -> None:
    asked = "service_code=exposed_garbage&service_code=street_vending&status=closed"
    found = city.http.get(f"/open311/v2/requests.json?{asked}").json()
    assert [one["service_request_id"] for one in found] == [REJECTED, CLOSED]


def test_a_plus_that_a_client_forgot_to_encode_is_understood(city: City) -> None:
    asked = "start_date=2026-11-22T00:00:00+08:00&end_date=2026-11-23T00:00:00+08:00"
    found = city.http.get(f"/open311/v2/requests.json?{asked}").json()
    assert [one["service_request_id"] for one in found] == [REJECTED]


@in_both
def test_no_request_found_is_an_empty_list(city: City, form: str) -> None:
    answer = city.get(f"requests.{form}", end_date="2020-01-01T00:00:00Z")
    assert answer.status_code == 200
    assert (list(parsed(answer)) if form == "xml" else answer.json()) == []


def test_one_request_is_a_list_of_one(city: City) -> None:
    assert len(city.get(f"requests/{OPEN}.json").json()) == 1
    assert [one.tag for one in parsed(city.get(f"requests/{OPEN}.xml"))] == ["request"]


def test_what_the_standard_does_not_have_is_shown_when_it_is_asked_for(city: City) -> None:
    (request,) = city.get(f"requests/{OPEN}.json", extensions="true").json()
    assert request["extended_attributes"]["state"] == "dispatched"
    assert request["extended_attributes"]["external_id"] == "3".zfill(26)


def test_a_picture_stays_inside_where_there_is_no_public_address(tmp_path: Path) -> None:
    for inside in a_city(tmp_path, Open311()):
        fill(inside)
        (request,) = inside.get(f"requests/{OPEN}.json").json()
        assert request["media_url"] is None


@in_both
def test_a_request_is_filed_and_answered_with_its_id(counter: City, form: str) -> None:
    answer = counter.file(form, address_string="人民路 1 号", description="两袋\n垃圾")
    assert answer.status_code == 201
    if form == "json":
        (taken,) = answer.json()
        assert set(taken) == {"service_request_id", "service_notice", "account_id"}
        number = taken["service_request_id"]
    else:
        number = parsed(answer).findtext("request/service_request_id", "")
    (request,) = counter.get(f"requests/{number}.json").json()
    assert (request["status"], request["service_code"]) == ("open", "exposed_garbage")
    assert (request["address"], request["description"]) == ("人民路 1 号", "两袋\n垃圾")
    assert datetime.fromisoformat(request["requested_datetime"]).timestamp() == counter.now


def test_a_filed_request_is_a_case_of_the_desk(counter: City) -> None:
    fields = {
        "attribute[external_id]": "H-2026.7",
        "attribute[grid_code]": "310101001001001",
        "attribute[occurred_at]": "2026-11-23T11:50:00+08:00",
        "media_url": "https://pictures.example/7.jpg",
    }
    number = counter.file(**fields).json()[0]["service_request_id"]
    case = counter.case(number)
    assert case["external_id"] == "hotline.H-2026.7"
    assert (case["source"], case["state"], case["type"]) == (
        "open311",
        "reported",
        "exposed_garbage",
    )
    assert case["place"] == {
        "lon": 121.47,
        "lat": 31.23,
        "crs": "wgs84",
        "grid_code": "310101001001001",
    }
    assert case["violation_at"] == "2026-11-23T03:50:00.000+00:00"
    assert case["media_url"] == "https://pictures.example/7.jpg"
    assert case["history"][0]["by"] == "open311:hotline"
    assert counter.case("hotline.H-2026.7") == case


LOCATIONS = {
    "lat and long": {"lat": "31.2", "long": "121.4"},
    "address_string": {"address_string": "人民路东口"},
    "address_id": {"address_id": "A-7"},
}


@pytest.mark.parametrize("location", LOCATIONS.values(), ids=LOCATIONS.keys())
def test_one_way_of_saying_where_is_enough(counter: City, location: dict[str, str]) -> None:
    assert counter.file(**location).status_code == 201


def test_the_same_external_id_of_the_same_client_is_the_same_request(counter: City) -> None:
    first = counter.file(**{"attribute[external_id]": "again"})
    again = counter.file(**{"attribute[external_id]": "again", "description": "said anew"})
    other = counter.file(**{"attribute[external_id]": "again", "api_key": OTHER_KEY})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert again.json() == first.json()
    assert other.json() != first.json()


def test_requests_without_an_external_id_are_each_their_own(counter: City) -> None:
    assert counter.file().json() != counter.file().json()


def test_who_reports_is_not_kept(counter: City) -> None:
    person = {
        "email": "li@city.example",
        "first_name": "Lihua",
        "last_name": "Wangwu",
        "phone": "13800000000",
        "device_id": "tt222111",
        "account_id": "acc-4711",
    }
    answer = counter.file(**person)
    assert answer.status_code == 201
    with counter.store.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM desk_case").mappings().all())
    assert "hotline" in rows
    for value in (*person.values(), KEY):
        assert value not in rows
        assert value not in answer.text


def test_a_description_has_room_for_4000_characters(counter: City) -> None:
    number = counter.file(description="垃" * 4000).json()[0]["service_request_id"]
    assert counter.get(f"requests/{number}.json").json()[0]["description"] == "垃" * 4000


def test_what_xml_can_not_say_does_not_break_it(counter: City) -> None:
    draft = Draft(
        external_id="not-for-xml",
        source="sensor",
        type="bin_overflow",
        occurred_at=NOON,
        document={"description": "a\x0bb <b>&amp;</b> \ufffe"},
    )
    number = counter.book.file(draft, key="key-not-for-xml", now=NOON)[0]["number"]
    root = parsed(counter.get(f"requests/{number}.xml"))
    assert root.findtext("request/description") == "a\ufffdb <b>&amp;</b> \ufffd"


REFUSED = {
    "no api_key": ({"api_key": ""}, 403, "api_key"),
    "a wrong api_key": ({"api_key": "key-of-nobody-at-all"}, 403, "api_key"),
    "no service_code": ({"service_code": ""}, 400, "service_code"),
    "an unknown service_code": ({"service_code": "potholes"}, 404, "service_code"),
    "another jurisdiction": ({"jurisdiction_id": "elsewhere.example"}, 404, "jurisdiction_id"),
    "lat without long": ({"lat": "31.2"}, 400, "lat and long"),
    "nowhere": ({"lat": ""}, 400, "say where"),
    "off the earth": ({"lat": "91", "long": "0"}, 400, "lat"),
    "no number": ({"lat": "NaN", "long": "0"}, 400, "lat"),
    "a word for a number": ({"lat": "north", "long": "0"}, 400, "lat"),
    "too long a description": ({"description": "x" * 4001}, 400, "description"),
    "a picture that is no link": ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
    "a picture of the machine": ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
    "an attribute nobody asks for": ({"attribute[colour]": "red"}, 400, "attribute[colour]"),
    "several values for one": ({"attribute[grid_code][]": "1"}, 400, "attribute[grid_code]"),
    "a grid code of 3 digits": ({"attribute[grid_code]": "310"}, 400, "attribute[grid_code]"),
    "a path for an id": ({"attribute[external_id]": "../x"}, 400, "attribute[external_id]"),
    "a time without its zone": (
        {"attribute[occurred_at]": "2026-11-23T08:00:00"},
        400,
        "attribute[occurred_at]",
    ),
    "a time to come": (
        {"attribute[occurred_at]": "2027-11-23T08:00:00+08:00"},
        400,
        "attribute[occurred_at]",
    ),
    "a null character": ({"address_string": "a\0b"}, 400, "address_string"),
}


@in_both
@pytest.mark.parametrize(("fields", "status", "about"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_request_is_refused_in_the_words_of_the_standard(
    counter: City, form: str, fields: dict[str, str], status: int, about: str
) -> None:
    before = counter.count()
    answer = counter.file(form, **fields)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/xml" if form == "xml" else "app")
    assert [code for code, _ in told(answer)] == [str(status)]
    assert about in told(answer)[0][1]
    assert counter.count() == before


def test_every_mistake_is_told(counter: City) -> None:
    answer = counter.file(lat="91", long="181", media_url="x")
    assert [line.partition(":")[0] for _, line in told(answer)] == ["lat", "long", "media_url"]


BODIES = {
    "json": (b'{"service_code": "street_vending"}', "application/json", "send the request as a"),
    "multipart": (b"--x--", "multipart/form-data; boundary=x", "send the request as a form"),
    "no type": (b"api_key=x", "", "send the request as a form"),
    "latin-1": (b"description=\xe9", None, "not UTF-8"),
    "latin-1, coded": (b"description=%E9", None, "not UTF-8"),
    "twice": (b"lat=1&lat=2", None, "sent twice"),
    "very many fields": (b"&".join(b"a%d=1" % n for n in range(200)), None, "fields"),
    "70 kB": (b"description=" + b"x" * 70_000, None, "large"),
}


@in_both
@pytest.mark.parametrize(("body", "kind", "about"), BODIES.values(), ids=BODIES.keys())
def test_what_is_no_form_is_refused(
    counter: City, form: str, body: bytes, kind: str | None, about: str
) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8" if kind is None else kind
    headers = {"Content-Type": kind} if kind else {}
    answer = counter.http.post(f"/open311/v2/requests.{form}", content=body, headers=headers)
    assert answer.status_code == 400
    ((code, line),) = told(answer)
    assert (code, about in line) == ("400", True), line


@in_both
def test_without_any_key_nobody_may_file_and_everybody_may_read(tmp_path: Path, form: str) -> None:
    for closed in a_city(tmp_path, Open311()):
        answer = closed.file(form)
        assert answer.status_code == 403
        assert "takes no requests" in told(answer)[0][1]
        assert closed.get(f"requests.{form}").status_code == 200


WRONG = {
    "an unknown service": ("v2/services/potholes", {}, 404, "service_code"),
    "an unknown request": ("v2/requests/SW-20200101-0001", {}, 404, "service_request_id"),
    "a request by its external id": (f"v2/requests/{'3'.zfill(26)}", {}, 404, "not found"),
    "an unknown token": ("v2/tokens/12345", {}, 404, "token"),
    "an unknown path": ("v2/potholes", {}, 404, "no such resource"),
    "an unknown version": ("v3/services", {}, 404, "no such resource"),
    "services of another city": (
        "v2/services",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a service of another city": (
        "v2/services/street_vending",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "requests of another city": (
        "v2/requests",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a request of another city": (
        f"v2/requests/{OPEN}",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a token of another city": (
        f"v2/tokens/{OPEN}",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a status that there is not": ("v2/requests", {"status": "lost"}, 400, "status"),
    "requests of an unknown service": (
        "v2/requests",
        {"service_code": "potholes"},
        400,
        "service_code",
    ),
    "a day without an hour": ("v2/requests", {"start_date": "2026-11-23"}, 400, "start_date"),
    "a time without its zone": (
        "v2/requests",
        {"end_date": "2026-11-23T08:00:00"},
        400,
        "end_date",
    ),
    "more than 90 days": (
        "v2/requests",
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        400,
        "90 days",
    ),
    "an end before its start": (
        "v2/requests",
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        400,
        "90 days",
    ),
    "a page of none": ("v2/requests", {"page_size": "0"}, 400, "page_size"),
    "a page of more than 1000": ("v2/requests", {"page_size": "1001"}, 400, "page_size"),
    "page zero": ("v2/requests", {"page": "0"}, 400, "page"),
}


@in_both
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_question_is_answered_with_an_error_list(
    city: City, form: str, wrong: tuple[str, dict[str, str], int, str]
) -> None:
    path, asked, status, about = wrong
    answer = city.http.get(f"/open311/{path}.{form}", params=asked)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/xml" if form == "xml" else "app")
    ((code, line),) = told(answer)
    assert (code, about in line) == (str(status), True), line


@pytest.mark.parametrize(
    ("path", "accept", "status", "media_type"),
    [
        pytest.param("/open311", "*/*", 404, "application/json", id="nothing said"),
        pytest.param("/open311/v2/services", "text/xml", 404, "text/xml", id="a reader of XML"),
        pytest.param("/open311/v2/services.html", "text/html", 400, "application/json", id="html"),
    ],
)
def test_an_error_is_a_list_where_the_path_names_no_format(
    city: City, path: str, accept: str, status: int, media_type: str
) -> None:
    answer = city.http.get(path, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert told(answer)[0][0] == str(status)


@in_both
def test_a_method_that_a_resource_does_not_have_is_refused(city: City, form: str) -> None:
    answer = city.http.delete(f"/open311/v2/services.{form}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert told(answer)[0][0] == "405"


@in_both
def test_a_database_that_refuses_is_told_as_an_error_list(tmp_path: Path, form: str) -> None:
    for broken in a_city(tmp_path):
        broken.store.close()
        for file in tmp_path.glob("city.db*"):
            file.unlink()
        (tmp_path / "city.db").mkdir()
        for answer in (broken.get(f"requests.{form}"), broken.file(form)):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "10"
            assert told(answer)[0][0] == "503"
            assert str(tmp_path) not in answer.text


@in_both
def test_a_client_that_others_wrote_reads_all_there_is(city: City, form: str) -> None:
    client = GeoReport(f"{city.http.base_url}/open311/v2", "city.example", output_format=form)
    assert [one["service_code"] for one in client.get_service_list()] == list(SERVICES)
    definition = client.get_service_definition("street_vending")
    assert definition["service_code"] == "street_vending"
    found = client.get_service_requests(status="closed", service_code="street_vending")
    (request,) = found if isinstance(found, list) else [found]
    assert request["service_request_id"] == CLOSED
    assert client.get_service_request(OPEN)["status"] == "open"


def test_the_form_of_the_standards_own_example_is_taken(counter: City) -> None:
    body = urlencode(
        {
            "api_key": KEY,
            "jurisdiction_id": "city.example",
            "service_code": "street_vending",
            "lat": "37.76524078",
            "long": "-122.4212043",
            "address_string": "1234 5th street",
            "email": "smit333@city.example",
            "device_id": "tt222111",
            "account_id": "123456",
            "first_name": "john",
            "last_name": "smith",
            "phone": "111111111",
            "description": "A stall on the street",
            "media_url": "http://farm3.static.example/2002/2212426634.jpg",
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = counter.http.post("/open311/v2/requests.xml", content=body, headers=headers)
    assert answer.status_code == 201
    assert parsed(answer).findtext("request/service_request_id")


def test_every_requirement_of_the_reference_has_its_test_and_every_test_its_requirement() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    written = set(re.findall(r"`(test_\w+)`", page))
    here = {name for name in globals() if name.startswith("test_")}
    assert written == here - {
        "test_every_requirement_of_the_reference_has_its_test_and_every_test_its_requirement"
    }
