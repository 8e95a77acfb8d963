"""How a city's own API is shown who sends."""

import base64
import hmac
from collections.abc import Callable

import pytest
from fastapi import Response

from platform_parts import Platform
from streetwatch.service.delivery.sink import Receipt
from template_parts import ANSWER, OPENED, Clock, Sinks, filing, refused_by

KEY = b"s3cr3t-of-the-city"


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
