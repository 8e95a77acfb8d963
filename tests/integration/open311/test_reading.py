"""The desk as an Open311 server, held to the published text of GeoReport v2: what is read.

docs/reference/open311.md lists the text's requirements, each with its test.
"""

import re
from pathlib import Path

import pytest
from georeport import GeoReport

from filed import NOON
from open311_server import (
    CLOSED,
    OLD,
    OPEN,
    PUBLIC,
    REJECTED,
    City,
    a_city,
    as_text,
    each_endpoint,
    fill,
    image,
    in_both,
    parsed,
)
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.open311.requests import STATE_NAMES
from streetwatch.service.desk.open311.router import Open311
from streetwatch.service.desk.open311.services import ATTRIBUTES, CHANGESET, SERVICES
from streetwatch.service.desk.states import ENDS, CaseState


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
def test_a_client_that_others_wrote_reads_all_there_is(city: City, form: str) -> None:
    client = GeoReport(f"{city.http.base_url}/open311/v2", "city.example", output_format=form)
    assert [one["service_code"] for one in client.get_service_list()] == list(SERVICES)
    definition = client.get_service_definition("street_vending")
    assert definition["service_code"] == "street_vending"
    found = client.get_service_requests(status="closed", service_code="street_vending")
    (request,) = found if isinstance(found, list) else [found]
    assert request["service_request_id"] == CLOSED
    assert client.get_service_request(OPEN)["status"] == "open"
