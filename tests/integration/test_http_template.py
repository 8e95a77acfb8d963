"""Any city's own API by a template, against a real server."""

import base64
import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml
from fastapi import Response

from filed import NOON, a_message, an_incident, evidence
from platform_parts import Platform
from streetwatch.service.config.errors import TemplateError
from streetwatch.service.config.target_schema import HttpEntry
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import (
    DeliveryFailedError,
    PlatformState,
    Pollable,
    Receipt,
    Searchable,
)
from streetwatch.service.delivery.template_file import load_template
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import State

OPENED = a_message(files=(evidence("threshold.jpg"), evidence("close_up.jpg")))
OURS = OPENED.case.external_id

KEY = b"s3cr3t-of-the-city"

Sinks = Callable[..., HttpTemplateSink]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Platform, str]]:
    platform = Platform()
    with platform.listening() as url:
        yield platform, url


@pytest.fixture
def platform(served: tuple[Platform, str]) -> Platform:
    served[0].clear()
    return served[0]


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink_of(tmp_path: Path, served: tuple[Platform, str], clock: Clock) -> Iterator[Sinks]:
    """Make a sink of a template's text, or of the keys under `opened`."""
    opened: list[HttpTemplateSink] = []
    folder = EvidenceFolder(tmp_path / "evidence")
    for name in ("threshold.jpg", "close_up.jpg"):
        folder.write(OURS, name, f"<{name}>".encode())

    def make(template: dict[str, Any], *, url: str = served[1], **changes: Any) -> HttpTemplateSink:  # noqa: ANN401
        path = tmp_path / "city.yaml"
        path.write_text(yaml.safe_dump(template, allow_unicode=True), encoding="utf-8")
        keys = {"id": "city", "kind": "http", "url": url, "template": str(path)} | changes
        read = load_template(path, environ={"CITY_SECRET": "s3cr3t-of-the-city"})
        entry = HttpEntry.model_validate(keys)
        opened.append(HttpTemplateSink(entry, read, evidence=folder, clock=clock))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()


def filing(**request: Any) -> dict[str, Any]:  # noqa: ANN401
    """A template that files a case and can do nothing else."""
    return {"requests": {"opened": {"path": "/save", **request}}}


def refused_by(sink: HttpTemplateSink) -> Failure:
    with pytest.raises(DeliveryFailedError) as caught:
        sink.deliver(OPENED, known=None)
    return caught.value.failure


def decision_on(failure: Failure) -> Again | Park:
    return decide(failure, attempts=0, now=NOON, chance=0.5)


BODY = {
    "data.cases[0].title": "{camera.name}: {type_zh}",
    "data.cases[0].x": "{lon}",
    "data.cases[0].seen": "{violation_at|time}",
    "data.cases[0].at": "{violation_at|ms}",
    "data.cases[0].big": "{type|big}",
    "data.cases[0].gone": "{cleared_at|time}",
    "data.urls": "{pictures[*].url}",
    "data.first": "{pictures[0].role}",
    "data.fixed": {"level": 2, "tags": ["video", "{zone_id}"], "ok": True, "none": None},
}
TABLES = {
    "formats": {"time": "%Y-%m-%d %H:%M:%S", "ms": "epoch_ms"},
    "tables": {"big": {"illegal_parking_motor": "09"}},
}


def test_json_is_built_at_their_paths_of_our_fields(platform: Platform, sink_of: Sinks) -> None:
    sink = sink_of(filing(body=BODY) | TABLES, crs="gcj02", public_url="https://w.example")
    sink.deliver(OPENED, known=None)
    (asked,) = platform.asked
    assert (asked.method, asked.path) == ("POST", "/save")
    assert asked.headers["content-type"] == "application/json"
    data = asked.json["data"]
    (case,) = data.pop("cases")
    assert case == {
        "title": "人民路东口: 机动车乱停放",
        "x": pytest.approx(121.4745, abs=1e-3),
        "seen": "2026-11-23 12:00:00",
        "at": int(NOON * 1000),
        "big": "09",
        "gone": None,
    }
    assert data == {
        "urls": [f"https://w.example/evidence/{OURS}/{one.name}" for one in OPENED.case.evidence],
        "first": "threshold",
        "fixed": {"level": 2, "tags": ["video", "carriageway"], "ok": True, "none": None},
    }


def test_a_form_has_texts_and_leaves_out_what_there_is_not(
    platform: Platform, sink_of: Sinks
) -> None:
    body = {
        "action": "piReport",
        "recDesc": "{description}",
        "cleared": "{cleared_at}",
        "medias": "{pictures[*].name}",
    }
    sink_of(filing(encoding="form", body=body)).deliver(OPENED, known=None)
    (asked,) = platform.asked
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.content.decode()) == {
        "action": ["piReport"],
        "recDesc": ["人民路东口 机动车乱停放 / illegal parking (motor)"],
        "medias": ["threshold.jpg,close_up.jpg"],
    }


@pytest.mark.parametrize(
    ("roles", "sent"),
    [
        pytest.param(None, ["threshold.jpg", "close_up.jpg"], id="all pictures"),
        pytest.param(["close_up"], ["close_up.jpg"], id="one role"),
    ],
)
def test_pictures_go_as_parts(
    platform: Platform, sink_of: Sinks, roles: list[str] | None, sent: list[str]
) -> None:
    files = {"name": "medias"} | ({"roles": roles} if roles else {})
    sink_of(filing(encoding="multipart", body={"id": "{external_id}"}, files=files)).deliver(
        OPENED, known=None
    )
    (asked,) = platform.asked
    kind = asked.headers["content-type"].encode()
    whole = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + asked.content)
    parts = list(whole.walk())[1:]
    assert parts[0].get_payload() == OURS
    assert [part.get_filename() for part in parts[1:]] == sent
    assert [part.get_content_type() for part in parts[1:]] == ["image/jpeg"] * len(sent)
    assert [part.get_payload(decode=True) for part in parts[1:]] == [
        f"<{name}>".encode() for name in sent
    ]


def test_pictures_go_as_base64(platform: Platform, sink_of: Sinks) -> None:
    sink_of(filing(body={"pics": "{pictures[*].base64}"})).deliver(OPENED, known=None)
    texts = platform.asked[0].json["pics"]
    assert [base64.b64decode(text) for text in texts] == [b"<threshold.jpg>", b"<close_up.jpg>"]


def test_a_picture_that_is_gone_is_told_and_a_person_looks(sink_of: Sinks) -> None:
    sink = sink_of(filing(body={"pics": "{pictures[*].base64}"}))
    message = a_message(files=(evidence("first_seen.jpg"),))
    with pytest.raises(DeliveryFailedError, match=r"first_seen\.jpg can't be read") as caught:
        sink.deliver(message, known=None)
    assert isinstance(decision_on(caught.value.failure), Park)


def test_method_path_query_and_headers_are_filled_in(platform: Platform, sink_of: Sinks) -> None:
    template = filing(
        method="PUT",
        path="/cases/{camera.name}/{external_id}",
        query={"type": "{type}", "gone": "{cleared_at}"},
        headers={"X-Name": "{camera.name}"},
    )
    sink_of(template).deliver(OPENED, known=None)
    (asked,) = platform.asked
    assert asked.method == "PUT"
    assert asked.path == f"/cases/%E4%BA%BA%E6%B0%91%E8%B7%AF%E4%B8%9C%E5%8F%A3/{OURS}"
    assert asked.query == {"type": "illegal_parking_motor"}
    assert asked.headers["x-name"].encode("latin-1").decode() == "人民路东口"
    assert asked.content == b""


def test_an_occasion_is_told_only_where_the_template_has_it(
    platform: Platform, sink_of: Sinks
) -> None:
    template = filing()
    template["answer"] = {"number": "data.no"}
    template["requests"]["cleared"] = {"path": "/clear/{number}"}
    sink = sink_of(template)
    platform.says({"data": {"no": 1234567890123456789}}, {})
    receipt = sink.deliver(OPENED, known=None)
    assert receipt == Receipt("1234567890123456789")
    assert sink.deliver(a_message(occasion=Occasion.EVIDENCE), known=receipt) == receipt
    cleared = a_message(an_incident(state=State.CLEARED, cleared_at=NOON), Occasion.CLEARED)
    assert sink.deliver(cleared, known=receipt) == receipt
    assert [one.path for one in platform.asked] == ["/save", "/clear/1234567890123456789"]


ANSWER = {
    "success": {"path": "code", "in": [0, "200"]},
    "again": {"path": "code", "in": [500]},
    "number": "data.no",
    "message": "msg",
}


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


def test_a_type_without_their_word_waits_for_a_person(sink_of: Sinks) -> None:
    sink = sink_of(filing(body={"big": "{type|big}"}) | TABLES)
    message = a_message(an_incident(type="exposed_garbage"))
    with pytest.raises(DeliveryFailedError, match="the table big has no exposed_garbage") as caught:
        sink.deliver(message, known=None)
    assert isinstance(decision_on(caught.value.failure), Park)


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        pytest.param({"kind": "none"}, {}, id="none"),
        pytest.param(
            {"kind": "header", "name": "X-Token", "value": "${CITY_SECRET}"},
            {"x-token": "s3cr3t-of-the-city"},
            id="header",
        ),
        pytest.param(
            {"kind": "basic", "username": "u", "password": "${CITY_SECRET}"},
            {"authorization": "Basic " + base64.b64encode(b"u:s3cr3t-of-the-city").decode()},
            id="basic",
        ),
    ],
)
def test_who_sends_is_shown_in_a_header(
    platform: Platform, sink_of: Sinks, auth: dict[str, str], expected: dict[str, str]
) -> None:
    sink_of(filing() | {"auth": auth}).deliver(OPENED, known=None)
    (asked,) = platform.asked
    assert expected.items() <= asked.headers.items()
    assert set(asked.headers) & {"authorization", "x-token"} == set(expected)


@pytest.mark.parametrize(
    ("keys", "signed"),
    [
        pytest.param({}, lambda body: hmac.new(KEY, body, "sha256").hexdigest(), id="hex"),
        pytest.param(
            {"algorithm": "sha1", "encoding": "base64", "prefix": "v1="},
            lambda body: "v1=" + base64.b64encode(hmac.digest(KEY, body, "sha1")).decode(),
            id="base64",
        ),
        pytest.param(
            {"timestamp_header": "X-Time"},
            lambda body: hmac.new(KEY, b"1795406400." + body, "sha256").hexdigest(),
            id="with the time",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
def test_a_signature_is_over_the_exact_bytes(
    platform: Platform,
    sink_of: Sinks,
    keys: dict[str, str],
    signed: Callable[[bytes], str],
    encoding: str,
) -> None:
    auth = {"kind": "hmac", "secret": "${CITY_SECRET}", "header": "X-Sign"} | keys
    template = filing(encoding=encoding, body={"名": "{camera.name}"}) | {"auth": auth}
    sink_of(template).deliver(OPENED, known=None)
    (asked,) = platform.asked
    assert asked.headers["x-sign"] == signed(asked.content)
    assert asked.headers.get("x-time") == ("1795406400" if "timestamp_header" in keys else None)


LOGIN = {
    "kind": "login",
    "request": {"path": "/login", "body": {"password": "${CITY_SECRET}"}},
    "token": "data.token",
    "expires": "data.ttl",
}


def logged_in(token: str, ttl: int = 3600) -> dict[str, object]:
    return {"code": 0, "data": {"token": token, "ttl": ttl}}


def test_a_token_is_fetched_once_and_again_before_it_ends(
    platform: Platform, sink_of: Sinks, clock: Clock
) -> None:
    sink = sink_of(filing() | {"auth": LOGIN})
    platform.says(logged_in("one"), {}, {}, logged_in("two"), {})
    sink.deliver(OPENED, known=None)
    sink.deliver(OPENED, known=None)
    clock.now += 3590
    sink.deliver(OPENED, known=None)
    assert [one.path for one in platform.asked] == ["/login", "/save", "/save", "/login", "/save"]
    tokens = [one.headers.get("authorization") for one in platform.asked]
    assert tokens == [None, "Bearer one", "Bearer one", None, "Bearer two"]
    assert platform.asked[0].json == {"password": "s3cr3t-of-the-city"}


@pytest.mark.parametrize(
    "stale",
    [
        pytest.param(Response("", 401), id="401"),
        pytest.param({"code": 40101, "msg": "token 过期"}, id="in the answer"),
    ],
)
def test_a_stale_token_is_renewed_once(platform: Platform, sink_of: Sinks, stale: object) -> None:
    auth = LOGIN | {"expired": {"path": "code", "in": [40101]}}
    sink = sink_of(filing() | {"auth": auth, "answer": ANSWER})
    platform.says(logged_in("one"), stale, logged_in("two"), {"code": 0, "data": {"no": "7"}})
    assert sink.deliver(OPENED, known=None) == Receipt("7")
    assert [one.path for one in platform.asked] == ["/login", "/save", "/login", "/save"]


def test_a_token_that_stays_stale_is_a_wrong_key(platform: Platform, sink_of: Sinks) -> None:
    platform.says(logged_in("one"), Response("", 401), logged_in("two"), Response("", 401))
    failure = refused_by(sink_of(filing() | {"auth": LOGIN}))
    assert failure.status == 401
    assert len(platform.asked) == 4


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(
            Response("bad password s3cr3t-of-the-city", 403),
            "no token: 403 Forbidden: bad password ***",
            id="403",
        ),
        pytest.param(
            {"code": 1, "msg": "密码错误"}, "no token: the platform says: 密码错误", id="a no"
        ),
        pytest.param(
            {"access": "x"}, "no token: the login's answer has no data.token", id="other words"
        ),
    ],
)
def test_without_a_token_nothing_is_sent(
    platform: Platform, sink_of: Sinks, answer: object, reason: str
) -> None:
    platform.says(answer)
    failure = refused_by(sink_of(filing() | {"auth": LOGIN, "answer": ANSWER}))
    assert failure.reason == reason
    assert not failure.may_have_arrived
    assert [one.path for one in platform.asked] == ["/login"]


def test_what_the_platform_echoes_of_our_secrets_is_hidden(
    platform: Platform, sink_of: Sinks
) -> None:
    sink = sink_of(filing(body={"appKey": "${CITY_SECRET}"}) | {"auth": LOGIN})
    text = "no: token tok-one-12345, key s3cr3t-of-the-city"
    platform.says(logged_in("tok-one-12345"), Response(text, 400))
    assert refused_by(sink).reason == "400 Bad Request: no: token ***, key ***"


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


def test_a_value_can_not_lead_the_path_elsewhere(platform: Platform, sink_of: Sinks) -> None:
    template = filing()
    template["requests"]["cleared"] = {"path": "/cases/{number}/clear"}
    sink = sink_of(template)
    message = a_message(occasion=Occasion.CLEARED)
    sink.deliver(message, known=Receipt("../admin?x=1#y"))
    assert platform.asked[0].path == "/cases/..%2Fadmin%3Fx%3D1%23y/clear"
    with pytest.raises(DeliveryFailedError, match="number is empty, and the path needs it"):
        sink.deliver(message, known=Receipt(".."))


def test_a_header_stays_one_line(platform: Platform, sink_of: Sinks) -> None:
    site = replace(OPENED.case.site, name="a\r\nX-Evil: 1\x00")
    message = replace(OPENED, case=replace(OPENED.case, site=site))
    sink_of(filing(headers={"X-Name": "{camera.name}"})).deliver(message, known=None)
    assert platform.asked[0].headers["x-name"] == "a X-Evil: 1"
    assert "x-evil" not in platform.asked[0].headers


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("requests: {}", 1, "requests.opened is missing", id="no way to file"),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body: {a: '{nothing}'}",
            4,
            "{nothing}: there is no such field here: write one of",
            id="an unknown field",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: '{camra.id}'",
            5,
            "{camra.id}: there is no such field here: write camera",
            id="a slip of the pen",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body: {a: '{type|big}'}",
            4,
            "big is neither under tables nor under formats",
            id="no such table",
        ),
        pytest.param(
            "requests:\n  opened: {path: /x}\n  status:\n    path: '/{external_id}'\n"
            "    state: s\n    states: {}",
            4,
            "{external_id}: there is no such field here: write one of number",
            id="a field that a status does not have",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: {b: ['{x']}",
            5,
            "has a brace that is no placeholder",
            id="half a placeholder",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: x", 3, "is no path: begin it with one /", id="no slash"
        ),
        pytest.param(
            "requests:\n  opened:\n    path: //evil.example/x",
            3,
            "begin it with one /",
            id="a host",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x?key=hunter2",
            3,
            "write what follows ?",
            id="a query",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    files: {name: f}",
            4,
            "go with encoding: multipart only",
            id="files in JSON",
        ),
        pytest.param(
            "auth: {kind: token}\nrequests: {opened: {path: /x}}",
            1,
            "auth.kind is unknown: write none, header, basic, hmac, login",
            id="a way to log in that there is not",
        ),
        pytest.param(
            "requests: {opened: {path: /x}}\nauth:\n  kind: basic\n  pasword: hunter2",
            4,
            "auth.pasword is an unknown key: write password",
            id="a slip in a secret's key",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: 1\n      a.b: 2",
            6,
            "a.b leads through a value that stands there",
            id="a body that contradicts itself",
        ),
        pytest.param(
            "zone: '8'\nrequests: {opened: {path: /x}}", 1, "is no time zone", id="a zone"
        ),
    ],
)
def test_a_template_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        load_template(path, environ={})
    (problem,) = [one for one in caught.value.problems if words in one]
    assert problem.startswith(f"{path}:{line}: ")
    assert "hunter2" not in str(caught.value)
