"""What a city answers that is no yes: each is told as what it is."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI, Response

from filed import NOON
from http_parts import serving
from open311_city import City
from open311_parts import MESSAGE, Sinks
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import (
    CaseSink,
    DeliveryFailedError,
)


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


def refused_by(sink: CaseSink) -> Failure:
    with pytest.raises(DeliveryFailedError) as caught:
        sink.deliver(MESSAGE, known=None)
    return caught.value.failure


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
