"""What is reported to the case desk over real HTTP: once, whole, and later facts in order."""

from typing import Any

import pytest

from filed import NOON, an_incident
from reported_desk import DAY_S, KEY, Desk, report


def test_a_reported_case_gets_a_number_of_its_day(desk: Desk) -> None:
    answer = desk.post()
    assert answer.status_code == 201
    assert answer.json()["number"] == "SW-20261123-0001"
    assert answer.json()["state"] == "reported"
    assert answer.json() == desk.case() == desk.case("a" * 26)


def test_numbers_go_on_within_a_day_and_begin_anew_with_the_next(desk: Desk) -> None:
    for number, later in enumerate([0.0, 1.0, DAY_S]):
        desk.now = NOON + later
        desk.post(report(an_incident(id=f"{number:026}")), key=f"{KEY}-{number}")
    assert desk.listed() == ["SW-20261124-0001", "SW-20261123-0002", "SW-20261123-0001"]


@pytest.mark.parametrize(
    "key", [pytest.param(KEY, id="the same key"), pytest.param("another-key", id="another key")]
)
def test_the_same_case_again_is_the_first_one(desk: Desk, key: str) -> None:
    first = desk.post()
    again = desk.post(key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(desk.listed()) == 1


def test_a_key_of_another_case_is_refused(desk: Desk) -> None:
    desk.post()
    refused = desk.post(report(an_incident(id="b" * 26)))
    assert refused.status_code == 409
    assert "SW-20261123-0001" in refused.json()["detail"]
    assert len(desk.listed()) == 1


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in report().items() if key != name}


WRONG = {
    "a field too many": (report(colour="red"), "body.colour"),
    "a field too few": (without("camera"), "body.camera"),
    "a time without offset": (report(first_seen="2026-11-23T08:00:00"), "body.first_seen"),
    "a time as a number": (report(first_seen=1795406400), "body.first_seen"),
    "no time at all": (report(first_seen="yesterday"), "body.first_seen"),
    "a number as text": (report(observed_s="58"), "body.observed_s"),
    "a negative duration": (report(observed_s=-1), "body.observed_s"),
    "more than certain": (report(confidence=1.5), "body.confidence"),
    "a box of three": (report(bbox=[1, 2, 3]), "body.bbox"),
    "a box beyond any picture": (report(bbox=[0, 0, 1, 1e308]), "body.bbox.3"),
    "a stay of ages": (report(observed_s=1e308), "body.observed_s"),
    "an id with a path in it": (report(external_id="../../etc"), "body.external_id"),
    "another source": (report(source="phone"), "body.source"),
    "a script for a picture": (
        report(evidence=[report()["evidence"][0] | {"url": "javascript:alert(1)"}]),
        "body.evidence.0.url",
    ),
    "a picture elsewhere": (
        report(evidence=[report()["evidence"][0] | {"url": "//evil.example/x.jpg"}]),
        "body.evidence.0.url",
    ),
    "no object": ([1, 2], "body"),
}


@pytest.mark.parametrize(("body", "where"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_report_is_refused_with_a_line_that_says_where(
    desk: Desk, body: object, where: str
) -> None:
    refused = desk.post(body)
    assert refused.status_code == 422
    assert [line.split(":")[0] for line in refused.json()["detail"]] == [where]
    assert desk.listed() == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(desk: Desk, number: str) -> None:
    content = desk.http.build_request("POST", "/", json=report()).content
    refused = desk.http.post(
        "/desk/cases",
        content=content.replace(b"58.5", number.encode()),
        headers={"Idempotency-Key": KEY, "Content-Type": "application/json"},
    )
    assert refused.status_code == 422
    assert refused.json()["detail"][0].startswith("body.observed_s: ")


def test_a_report_without_a_key_is_refused(desk: Desk) -> None:
    refused = desk.http.post("/desk/cases", json=report())
    assert refused.status_code == 422
    assert refused.json()["detail"] == ["header.Idempotency-Key: Field required"]


def test_broken_json_is_refused_without_a_traceback(desk: Desk) -> None:
    headers = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
    refused = desk.http.post("/desk/cases", content=b'{"external_id": ', headers=headers)
    assert refused.status_code == 422
    assert "Traceback" not in refused.text


def test_later_facts_are_added_and_the_state_is_left_to_people(desk: Desk) -> None:
    desk.post()
    desk.move("accepted")
    later = report(an_incident(last_seen=NOON + 60, observed_s=118.5))
    later["evidence"].append(later["evidence"][0] | {"name": "clip.mp4", "role": "clip"})
    desk.http.patch("/desk/cases/" + "a" * 26, json=later)
    case = desk.case()
    assert (case["observed_s"], len(case["evidence"]), case["state"]) == (118.5, 2, "accepted")


def test_facts_that_come_late_do_not_undo_newer_ones(desk: Desk) -> None:
    desk.post()
    cleared = report(an_incident(last_seen=NOON + 60, cleared_at=NOON + 180))
    desk.http.patch("/desk/cases/" + "a" * 26, json=cleared)
    answer = desk.http.patch("/desk/cases/" + "a" * 26, json=report())
    assert answer.status_code == 200
    assert desk.case()["cleared_at"] is not None


def test_facts_of_another_case_are_refused(desk: Desk) -> None:
    desk.post()
    other = report(an_incident(id="b" * 26))
    assert desk.http.patch("/desk/cases/" + "a" * 26, json=other).status_code == 409
    assert desk.case()["external_id"] == "a" * 26


WARNING = {"warned_at": "2026-11-23T12:00:00+08:00", "opened_at": None}


def test_a_warned_case_is_no_second_one_when_it_is_filed(desk: Desk) -> None:
    first = desk.post(report() | WARNING).json()
    assert first["state"] == "warned"
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    answer = desk.post(filed, key="another-key")
    assert (answer.status_code, answer.json()["number"]) == (200, first["number"])
    case = desk.case()
    assert case["state"] == "reported"
    assert case["reported_at"] == "2026-11-23T04:10:00.000+00:00"
    assert [line["state"] for line in case["history"]] == ["warned", "reported"]
    assert len(desk.listed()) == 1


def test_what_goes_when_it_is_warned_has_corrected_itself(desk: Desk) -> None:
    desk.post(report() | WARNING)
    gone = report() | WARNING | {"cleared_at": "2026-11-23T12:06:00+08:00"}
    desk.http.patch(f"/desk/cases/{'a' * 26}", json=gone)
    case = desk.case()
    assert (case["state"], case["ended_at"]) == (
        "self_corrected",
        "2026-11-23T04:06:00.000+00:00",
    )
    assert "自行改正" in case["history"][-1]["note"]


def test_what_people_called_corrected_and_stands_on_is_reported(desk: Desk) -> None:
    desk.post(report() | WARNING)
    desk.move("self_corrected", by="王队")
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    desk.post(filed, key="another-key")
    assert (desk.case()["state"], desk.case()["ended_at"]) == ("reported", None)


def test_a_warning_that_comes_late_does_not_undo_the_filing(desk: Desk) -> None:
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    desk.post(filed, key="another-key")
    assert desk.post(report() | WARNING).status_code == 200
    assert desk.case()["state"] == "reported"
