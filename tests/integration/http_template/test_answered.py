"""What a city's own API answers, and what is made of it."""

import pytest
from fastapi import Response

from platform_parts import Platform
from streetwatch.service.delivery.retry import Again, Park
from streetwatch.service.delivery.sink import (
    DeliveryFailedError,
    PlatformState,
    Pollable,
    Receipt,
    Searchable,
)
from template_parts import ANSWER, OPENED, OURS, Sinks, decision_on, filing, refused_by


@pytest.mark.parametrize(
    ("answer", "decision", "reason", "arrived"),
    [
        pytest.param(
            {"code": 7, "msg": "坐标不在辖区"},
            Park,
            "the platform says: 坐标不在辖区",
            False,
            id="a no",
        ),
        pytest.param({"code": 500, "msg": "忙"}, Again, "the platform says: 忙", True, id="later"),
        pytest.param({"x": 1}, Again, "the answer has no code: is it a proxy's?", True, id="JSON"),
        pytest.param(
            Response("<html>"), Again, "the answer has no code: is it a proxy's?", True, id="HTML"
        ),
        pytest.param(Response("no", 400), Park, "400 Bad Request: no", False, id="400"),
        pytest.param(
            Response('{"code": 9, "msg": "缺少字段"}', 400),
            Park,
            "400 Bad Request: 缺少字段",
            False,
            id="400 with words",
        ),
        pytest.param(
            Response(
                '{"code": 7, "msg": "坐标"}'.encode("gbk"), media_type="text/json; charset=gbk"
            ),
            Park,
            "the platform says: 坐标",
            False,
            id="GBK",
        ),
        pytest.param(Response("no", 502), Again, "502 Bad Gateway: no", True, id="502"),
        pytest.param(
            Response(status_code=307, headers={"Location": "/x"}),
            Park,
            "307 Temporary Redirect to /x",
            True,
            id="a redirect",
        ),
        pytest.param(
            Response(status_code=304), Park, "304 Not Modified", True, id="a redirect to nowhere"
        ),
    ],
)
def test_a_no_is_told_in_the_platform_s_words(  # noqa: PLR0913, PLR0917 -- a table and fixtures
    platform: Platform,
    sink_of: Sinks,
    answer: object,
    decision: type[Again | Park],
    reason: str,
    arrived: bool,  # noqa: FBT001
) -> None:
    platform.says(answer)
    failure = refused_by(sink_of(filing() | {"answer": ANSWER}))
    assert failure.reason == reason
    assert failure.may_have_arrived is arrived
    assert isinstance(decision_on(failure), decision)
    assert len(platform.asked) == 1


@pytest.mark.parametrize("code", [pytest.param(one, id=repr(one)) for one in (0, "0", 200, "200")])
def test_a_yes_may_be_written_as_number_or_text(
    platform: Platform, sink_of: Sinks, code: object
) -> None:
    platform.says({"code": code, "data": {"no": "A-1"}})
    sink = sink_of(filing() | {"answer": ANSWER})
    assert sink.deliver(OPENED, known=None) == Receipt("A-1")


def test_a_page_of_words_is_not_kept_whole(platform: Platform, sink_of: Sinks) -> None:
    platform.says({"code": 7, "msg": "x" * 10_000})
    assert len(refused_by(sink_of(filing() | {"answer": ANSWER})).reason) == 500


def test_nobody_there_means_that_nothing_arrived(sink_of: Sinks) -> None:
    failure = refused_by(sink_of(filing(), url="http://127.0.0.1:1"))
    assert not failure.may_have_arrived
    assert isinstance(decision_on(failure), Again)


FIND = {
    "method": "GET",
    "path": "/list",
    "query": {"outId": "{external_id}"},
    "rows": "data.rows",
    "match": "out.id",
    "number": "no",
}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param(
            {
                "code": 0,
                "data": {"rows": [{"no": 1, "out": {"id": "x"}}, {"no": 2, "out": {"id": OURS}}]},
            },
            Receipt("2"),
            id="there",
        ),
        pytest.param(
            {"code": 0, "data": {"rows": [{"no": 1, "out": {"id": "x"}}]}}, None, id="others"
        ),
        pytest.param({"code": 0, "data": {"rows": []}}, None, id="none"),
        pytest.param({"code": 0, "data": None}, None, id="nothing at all"),
    ],
)
def test_a_case_is_looked_for_before_it_is_filed_again(
    platform: Platform, sink_of: Sinks, answer: object, found: Receipt | None
) -> None:
    template = filing() | {"answer": ANSWER}
    template["requests"]["find"] = FIND
    sink = sink_of(template)
    assert isinstance(sink, Searchable)
    platform.says(answer)
    assert sink.find(OURS) == found
    assert platform.asked[0].query == {"outId": OURS}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"code": 0, "rows": []}, id="elsewhere"),
        pytest.param({"code": 7}, id="a no"),
        pytest.param(Response("<html>"), id="a page"),
        pytest.param(Response("", 502), id="502"),
    ],
)
def test_a_search_that_does_not_say_is_no_no(
    platform: Platform, sink_of: Sinks, answer: object
) -> None:
    template = filing() | {"answer": ANSWER}
    template["requests"]["find"] = FIND
    platform.says(answer)
    with pytest.raises(DeliveryFailedError):
        sink_of(template).find(OURS)


STATUS = {
    "method": "GET",
    "path": "/detail/{number}",
    "state": "data.status",
    "states": {"open": [1, 2], "closed": ["9"], "rejected": [4]},
    "note": "data.opinion",
}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        pytest.param(1, PlatformState.OPEN, id="open"),
        pytest.param(9, PlatformState.CLOSED, id="closed"),
        pytest.param("4", PlatformState.REJECTED, id="rejected"),
    ],
)
def test_how_a_case_stands_is_read_by_the_template(
    platform: Platform, sink_of: Sinks, said: object, state: PlatformState
) -> None:
    template = filing()
    template["requests"]["status"] = STATUS
    sink = sink_of(template)
    assert isinstance(sink, Pollable)
    platform.says({"data": {"status": said, "opinion": "已处理"}})
    status = sink.status(Receipt("77"))
    assert (status.state, status.note, status.receipt) == (state, "已处理", Receipt("77"))
    assert platform.asked[0].path == "/detail/77"


def test_a_state_that_the_template_does_not_know_is_told(
    platform: Platform, sink_of: Sinks
) -> None:
    template = filing()
    template["requests"]["status"] = STATUS
    platform.says({"data": {"status": 5}})
    with pytest.raises(DeliveryFailedError, match="the state 5 is not among the states"):
        sink_of(template).status(Receipt("77"))


def test_what_a_template_does_not_have_a_sink_can_not(sink_of: Sinks) -> None:
    sink = sink_of(filing())
    assert not isinstance(sink, Searchable)
    assert not isinstance(sink, Pollable)
