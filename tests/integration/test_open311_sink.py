"""The Open311 client against a real endpoint, call by call as GeoReport v2 has them.

| GeoReport v2 | here |
|---|---|
| GET services | the services with their codes, JSON and XML |
| GET services/ID | the attributes that a service asks for |
| POST requests | form-urlencoded; location, api_key, jurisdiction_id, attribute, media_url |
| its answer | service_request_id, token, or neither (blackbox) |
| GET tokens/ID | a number that is there, one that is not there yet |
| GET requests | 90 days, 1000 rows, pages where there are any |
| GET requests/ID | open, closed, status_notes |
| errors | 400, 403, 404 in both formats, several in one answer |
| formats, encoding | .json and .xml, UTF-8, a namespace, no entities |
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response

from filed import NOON, a_message, an_incident, evidence
from http_parts import serving
from open311_city import KEY, City
from streetwatch.service.config.target_schema import Open311Entry
from streetwatch.service.delivery.open311_sink import Open311Sink
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import (
    CaseSink,
    DeliveryFailedError,
    PlatformState,
    Pollable,
    Receipt,
    Searchable,
)
from streetwatch.service.incidents.case import Occasion
from streetwatch.zones.rules import ViolationType
from waiting import PATIENCE_S

Sinks = Callable[..., Open311Sink]

MESSAGE = a_message()
OURS = MESSAGE.case.external_id
NOW = datetime.fromtimestamp(NOON, UTC)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[tuple[City, str]]:
    """One server for all tests: starting one takes longer than a test."""
    city = City(NOW)
    with city.listening() as url:
        yield city, url


@pytest.fixture
def city(endpoint: tuple[City, str]) -> City:
    """The city behind the endpoint, as new."""
    vars(endpoint[0]).update(vars(City(NOW)))
    return endpoint[0]


@pytest.fixture
def url(city: City, endpoint: tuple[City, str]) -> str:
    """Where the city answers."""
    assert city is endpoint[0]
    return endpoint[1]


class Answers:
    """A server that gives one answer to whatever is asked."""

    def __init__(self) -> None:
        self.answer = Response("")
        self.app = FastAPI()
        self.app.api_route("/{path:path}", methods=["GET", "POST"])(self._say)

    def _say(self) -> Response:
        return self.answer


@pytest.fixture(scope="module")
def answers() -> Iterator[tuple[Answers, str]]:
    one = Answers()
    with serving(one.app) as url:
        yield one, url


@pytest.fixture
def answering(answers: tuple[Answers, str]) -> Callable[[Response], str]:
    """Return where an answer is given to whatever is asked."""

    def give(answer: Response) -> str:
        answers[0].answer = answer
        return answers[1]

    return give


@pytest.fixture(params=["json", "xml"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def entry_for(url: str, **changes: Any) -> Open311Entry:  # noqa: ANN401
    keys: dict[str, Any] = {
        "id": "city",
        "kind": "open311",
        "url": url,
        "api_key": KEY,
        "service_codes": dict.fromkeys(ViolationType, "006"),
    }
    return Open311Entry.model_validate(keys | changes)


@pytest.fixture
def open_sink() -> Iterator[Sinks]:
    opened: list[Open311Sink] = []

    def make(url: str, **changes: Any) -> Open311Sink:  # noqa: ANN401
        opened.append(Open311Sink(entry_for(url, **changes), clock=lambda: NOON))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()


def refused_by(sink: CaseSink) -> Failure:
    with pytest.raises(DeliveryFailedError) as caught:
        sink.deliver(MESSAGE, known=None)
    return caught.value.failure


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


@pytest.mark.parametrize(
    "age",
    [
        pytest.param(timedelta(hours=-3), id="its clock is ahead of ours"),
        pytest.param(timedelta(minutes=1), id="a minute ago"),
        pytest.param(timedelta(days=3), id="three days ago"),
        pytest.param(timedelta(days=80), id="eighty days ago"),
    ],
)
def test_a_case_is_found_by_our_id(
    city: City, url: str, form: str, age: timedelta, open_sink: Sinks
) -> None:
    city.file("someone else's", NOW)
    number = city.file(f"...\n[streetwatch:{OURS}]", NOW - age)
    assert open_sink(url, format=form).find(OURS) == Receipt(number)


def test_a_case_that_is_not_there_is_not_found(city: City, url: str, open_sink: Sinks) -> None:
    city.file("[streetwatch:other]", NOW)
    assert open_sink(url).find(OURS) is None


def test_a_case_is_found_in_an_attribute_that_the_city_shows(
    city: City, url: str, open_sink: Sinks
) -> None:
    number = city.file("shortened", NOW, attributes={"OUR_ID": OURS})
    assert open_sink(url).find(OURS) == Receipt(number)


def test_every_page_is_looked_through(city: City, url: str, open_sink: Sinks) -> None:
    city.page_size = 5
    for _ in range(12):
        city.file("x", NOW)
    number = city.file(f"[streetwatch:{OURS}]", NOW)
    assert open_sink(url).find(OURS) == Receipt(number)


def test_a_full_answer_is_asked_for_again_in_halves(city: City, url: str, open_sink: Sinks) -> None:
    for second in range(1500):
        city.file("x", NOW - timedelta(seconds=10 * second))
    number = city.file(f"[streetwatch:{OURS}]", NOW - timedelta(hours=2))
    assert open_sink(url).find(OURS) == Receipt(number)
    assert open_sink(url).find("other") is None


def test_a_case_filed_before_is_not_filed_twice_after_a_lost_answer(
    city: City, url: str, open_sink: Sinks
) -> None:
    sink = open_sink(url)
    sink.deliver(MESSAGE, known=None)
    found = sink.find(OURS)
    assert found == Receipt("638344")
    assert sink.deliver(MESSAGE, known=found) == found
    assert len(city.requests) == 1


def test_a_city_that_calls_it_a_duplicate_is_asked_which(
    city: City, url: str, form: str, open_sink: Sinks
) -> None:
    number = city.file(f"[streetwatch:{OURS}]", NOW)
    sink = open_sink(url, format=form)
    app = FastAPI()

    @app.post("/v2/requests.json")
    def duplicate() -> Response:
        text = '[{"code": 400, "description": "base is a duplicate."}]'
        return Response(text, 400, media_type="application/json")

    @app.get("/v2/requests.json")
    def listed() -> Response:
        answer = httpx.get(f"{url}/requests.json", params=city.asked[-1][1], timeout=PATIENCE_S)
        return Response(answer.content, media_type="application/json")

    sink.find(OURS)
    with serving(app) as strict:
        assert open_sink(f"{strict}/v2").deliver(MESSAGE, known=None) == Receipt(number)


@pytest.mark.parametrize(
    ("refusal", "decision"),
    [
        pytest.param((400, "General Service Error"), Park, id="400"),
        pytest.param((403, "Missing or Invalid API Key"), Park, id="403"),
        pytest.param((404, "service_code 006 was not found"), Park, id="404"),
        pytest.param((500, "CRM is down"), Again, id="500"),
        pytest.param((429, "slow down"), Again, id="429"),
    ],
)
def test_a_no_is_told_in_the_city_s_words(  # noqa: PLR0913, PLR0917 -- a table and fixtures
    city: City,
    url: str,
    form: str,
    refusal: tuple[int, str],
    decision: type[Again | Park],
    open_sink: Sinks,
) -> None:
    city.refusal = refusal
    failure = refused_by(open_sink(url, format=form))
    assert refusal[1] in failure.reason
    assert "{" not in failure.reason
    assert "<" not in failure.reason
    assert failure.may_have_arrived == (refusal[0] >= 500)
    assert isinstance(decide(failure, attempts=0, now=NOON, chance=0.5), decision)


def test_a_key_that_the_city_repeats_is_not_repeated(url: str, form: str, open_sink: Sinks) -> None:
    failure = refused_by(open_sink(url, format=form, api_key="wrong-key-abcdef"))
    assert failure.reason == "403 Forbidden: Invalid api_key received: ['***']"


def test_several_errors_are_all_told(
    answering: Callable[[Response], str], open_sink: Sinks
) -> None:
    text = (
        '<?xml version="1.0" encoding="utf-8"?><errors xmlns="http://wiki.open311.org/GeoReport_v2">'
        "<error><code>400</code><description>no lat</description></error>"
        "<error><code>400</code><description>没有经度</description></error></errors>"
    )
    url = answering(Response(text.encode(), 400, media_type="text/xml"))
    assert refused_by(open_sink(url)).reason == "400 Bad Request: no lat; 没有经度"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Response("<html><body>log in</body></html>"), id="a proxy's page"),
        pytest.param(Response("[]"), id="an empty list"),
        pytest.param(Response('{"ok": true}'), id="other JSON"),
        pytest.param(Response(""), id="nothing"),
        pytest.param(Response("<service_requests><request>"), id="half an answer"),
        pytest.param(
            Response('<!DOCTYPE x [<!ENTITY a "aaaa">]><errors><error>&a;</error></errors>'),
            id="entities",
        ),
    ],
)
def test_a_yes_that_is_no_open311_leaves_open_whether_it_arrived(
    answer: Response, answering: Callable[[Response], str], open_sink: Sinks
) -> None:
    failure = refused_by(open_sink(answering(answer)))
    assert failure.may_have_arrived
    assert "is no Open311" in failure.reason
    assert isinstance(decide(failure, attempts=0, now=NOON, chance=0.5), Again)


def test_a_redirect_is_not_followed(answering: Callable[[Response], str], open_sink: Sinks) -> None:
    moved = Response(status_code=302, headers={"Location": "/elsewhere"})
    failure = refused_by(open_sink(answering(moved)))
    assert failure.status == 302


def test_nobody_there_means_that_nothing_arrived(open_sink: Sinks) -> None:
    failure = refused_by(open_sink("http://127.0.0.1:1"))
    assert not failure.may_have_arrived


def test_an_answer_without_an_end_is_not_read_to_it(
    answering: Callable[[Response], str], open_sink: Sinks
) -> None:
    url = answering(Response(b"x" * (9 * 2**20)))
    assert "longer than 8388608 bytes" in refused_by(open_sink(url)).reason


def test_an_attribute_that_asks_for_what_there_is_not_is_told(url: str, open_sink: Sinks) -> None:
    failure = refused_by(open_sink(url, attributes={"X": "{no.such}"}))
    assert failure.reason == "attributes: there is no field no.such"


def test_it_can_be_searched_and_polled(url: str, open_sink: Sinks) -> None:
    sink = open_sink(url)
    assert isinstance(sink, Searchable)
    assert isinstance(sink, Pollable)


def test_each_type_has_its_own_code(city: City, url: str, open_sink: Sinks) -> None:
    codes = dict.fromkeys(ViolationType, "006") | {ViolationType.EXPOSED_GARBAGE: "010"}
    message = a_message(an_incident(type="exposed_garbage"))
    open_sink(url, service_codes=codes).deliver(message, known=None)
    assert city.forms[0]["service_code"] == ["010"]
