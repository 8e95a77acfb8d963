"""What a city is sent over Open311, and how it is read again."""

from dataclasses import replace

import pytest

from filed import a_message, an_incident, evidence
from open311_city import KEY, City
from open311_parts import MESSAGE, NOW, OURS, Sinks
from streetwatch.service.delivery.sink import (
    PlatformState,
    Pollable,
    Receipt,
    Searchable,
)
from streetwatch.service.incidents.case import Occasion
from streetwatch.zones.rules import ViolationType


def test_services_are_listed_by_their_code(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    city.services = {"006": [], "007": ["COLOUR"]}
    assert set(open_sink(url, format=form).services()) == {"006", "007"}
    assert city.asked == [(f"/v2/services.{form}", {})]


def test_a_service_names_what_it_can_not_do_without(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    city.services = {"007": ["COLOUR", "MAKE"]}
    assert open_sink(url, format=form).questions("007") == ["COLOUR", "MAKE"]


def test_a_case_becomes_a_request_with_its_number(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    receipt = open_sink(url, format=form).deliver(MESSAGE, known=None)
    assert receipt == Receipt("638344")
    assert city.asked[-1][0] == f"/v2/requests.{form}"
    assert city.content_types[0].startswith("application/x-www-form-urlencoded")
    (posted,) = city.forms
    assert posted["service_code"] == ["006"]
    assert (posted["lat"], posted["long"]) == (["31.2300000"], ["121.4700000"])
    assert posted["api_key"] == [KEY]
    assert "人民路东口 机动车乱停放 / illegal parking (motor)" in posted["description"][0]
    assert posted["description"][0].endswith(f"\n[streetwatch:{OURS}]")
    assert not {"jurisdiction_id", "media_url", "address_string"} & set(posted)


def test_what_is_configured_goes_along(city: City, url: str, open_sink: Sinks) -> None:
    sink = open_sink(
        url,
        jurisdiction_id="city.example",
        public_url="https://watch.city.example/",
        attributes={
            "OUR_ID": "{external_id}",
            "SEEN": "at {camera.name}",
            "TAGS": ["{type}", "video"],
        },
    )
    message = a_message(files=(evidence("close_up.jpg"), evidence("threshold.jpg")))
    sink.deliver(message, known=None)
    (posted,) = city.forms
    assert posted["jurisdiction_id"] == ["city.example"]
    assert posted["media_url"] == [f"https://watch.city.example/evidence/{OURS}/threshold.jpg"]
    assert posted["attribute[OUR_ID]"] == [OURS]
    assert posted["attribute[SEEN]"] == ["at 人民路东口"]
    assert posted["attribute[TAGS][]"] == ["illegal_parking_motor", "video"]


def test_a_camera_without_a_place_has_its_name_for_an_address(
    city: City, url: str, open_sink: Sinks
) -> None:
    case = replace(MESSAGE.case, site=replace(MESSAGE.case.site, place=None))
    open_sink(url).deliver(replace(MESSAGE, case=case), known=None)
    (posted,) = city.forms
    assert posted["address_string"] == ["人民路东口"]
    assert not {"lat", "long"} & set(posted)


def test_the_jurisdiction_goes_with_every_question(city: City, url: str, open_sink: Sinks) -> None:
    sink = open_sink(url, jurisdiction_id="city.example")
    receipt = sink.deliver(MESSAGE, known=None)
    sink.services()
    sink.find(OURS)
    sink.status(receipt)
    asked = [query["jurisdiction_id"] for path, query in city.asked[1:]]
    assert set(asked) == {"city.example"}


def test_a_token_is_kept_until_it_has_become_a_number(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    city.gives_tokens, city.tokens_ready = True, False
    sink = open_sink(url, format=form)
    receipt = sink.deliver(MESSAGE, known=None)
    assert receipt == Receipt(None, "t638344")
    assert sink.status(receipt).receipt == receipt
    city.tokens_ready = True
    status = sink.status(receipt)
    assert status.receipt == Receipt("638344", "t638344")
    assert status.state is PlatformState.OPEN


def test_a_black_box_takes_a_case_and_names_it_not(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    city.blackbox = True
    assert open_sink(url, format=form).deliver(MESSAGE, known=None) == Receipt()
    assert len(city.requests) == 1


@pytest.mark.parametrize(
    "occasion",
    [
        pytest.param(one, id=one.value)
        for one in (Occasion.WARNED, Occasion.EVIDENCE, Occasion.CLEARED, Occasion.DISPUTED)
    ],
)
def test_what_it_has_no_call_for_is_not_sent(
    city: City, url: str, occasion: Occasion, open_sink: Sinks
) -> None:
    known = Receipt("638344")
    assert open_sink(url).deliver(a_message(occasion=occasion), known=known) == known
    assert city.asked == []


def test_a_case_is_closed_with_the_city_s_own_words(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    number = city.file("x", NOW, status="closed", status_notes="已拖离 towed")
    status = open_sink(url, format=form).status(Receipt(number))
    assert (status.state, status.note) == (PlatformState.CLOSED, "已拖离 towed")


def test_a_request_without_a_number_stands_open(url: str, open_sink: Sinks) -> None:
    assert open_sink(url).status(Receipt()).state is PlatformState.OPEN


def test_it_can_be_searched_and_polled(url: str, open_sink: Sinks) -> None:
    sink = open_sink(url)
    assert isinstance(sink, Searchable)
    assert isinstance(sink, Pollable)


def test_each_type_has_its_own_code(city: City, url: str, open_sink: Sinks) -> None:
    codes = dict.fromkeys(ViolationType, "006") | {ViolationType.EXPOSED_GARBAGE: "010"}
    message = a_message(an_incident(type="exposed_garbage"))
    open_sink(url, service_codes=codes).deliver(message, known=None)
    assert city.forms[0]["service_code"] == ["010"]
