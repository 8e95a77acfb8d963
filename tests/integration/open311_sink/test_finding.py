"""A case that was filed before is found, and not filed twice."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, Response

from http_parts import serving
from open311_city import City
from open311_parts import MESSAGE, NOW, OURS, Sinks
from streetwatch.service.delivery.sink import (
    Receipt,
)
from waiting import PATIENCE_S


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
