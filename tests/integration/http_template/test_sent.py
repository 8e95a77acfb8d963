"""What a city's own API is sent by a template, against a real server."""

import base64
from dataclasses import replace
from email import message_from_bytes
from urllib.parse import parse_qs

import pytest

from filed import NOON, a_message, an_incident, evidence
from platform_parts import Platform
from streetwatch.service.delivery.retry import Park
from streetwatch.service.delivery.sink import (
    DeliveryFailedError,
    Receipt,
)
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import State
from template_parts import OPENED, OURS, Sinks, decision_on, filing

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


def test_a_type_without_their_word_waits_for_a_person(sink_of: Sinks) -> None:
    sink = sink_of(filing(body={"big": "{type|big}"}) | TABLES)
    message = a_message(an_incident(type="exposed_garbage"))
    with pytest.raises(DeliveryFailedError, match="the table big has no exposed_garbage") as caught:
        sink.deliver(message, known=None)
    assert isinstance(decision_on(caught.value.failure), Park)
