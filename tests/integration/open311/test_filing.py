"""The desk as an Open311 server, held to the published text of GeoReport v2: what is filed.

docs/reference/open311.md lists the text's requirements, each with its test.
"""

from datetime import datetime
from urllib.parse import urlencode

import pytest

from filed import NOON
from open311_server import KEY, OTHER_KEY, City, in_both, parsed
from streetwatch.service.desk.draft import Draft


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
