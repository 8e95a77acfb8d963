"""What several see of one place is one case, over real HTTP."""

from dataclasses import replace
from typing import Any

import pytest

from filed import NOON, a_message, an_incident
from observing import DAY_S, METRE_NORTH, Desk
from streetwatch.service.delivery.case_json import case_json


def sensor(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"source": "sensor", "reporter": "iot", "id": f"e-{number}", "picture": None}
    return {**told, "device_id": "bin-7", "fill_level": 0.97, **changes}


def test_a_sensor_needs_no_picture_and_its_next_event_is_no_second_case(desk: Desk) -> None:
    first = desk.observe(**sensor(1))
    assert first["type"] == "bin_overflow"
    assert "97%" in first["says"]
    again = desk.observe(status=200, **sensor(2))
    assert again["duplicate_of"] == first["number"]
    assert desk.count() == 1


def test_what_comes_back_after_its_case_was_closed_is_linked_and_counted(desk: Desk) -> None:
    first = desk.observe(**sensor(1))
    desk.end(first["number"])
    desk.now = NOON + 10 * DAY_S
    again = desk.case(desk.observe(**sensor(2))["number"])
    assert (again["recurrence_of"], again["repeat_count"]) == (first["external_id"], 1)
    history = desk.http.get("/desk/places/sensor/bin-7/history").json()
    assert [one["number"] for one in history["cases"]] == [again["number"], first["number"]]
    assert history["cases"][0]["days_since_the_last"] == 10
    assert history["recurrences"] == {"7": 0, "30": 1, "90": 1}


def test_a_citizen_who_sees_what_a_camera_sees_adds_to_its_case(desk: Desk) -> None:
    camera = desk.camera()
    desk.eyes.found = [("garbage", 0.6)]
    answer = desk.observe(status=200, lat=31.23 + 10 * METRE_NORTH)
    assert (answer["duplicate_of"], answer["number"]) == (camera["number"], camera["number"])
    assert answer["seen"][0]["label"] == "garbage"
    case = desk.case(camera["number"])
    line = case["history"][-1]
    assert (line["action"], line["external_id"]) == ("merge", answer["external_id"])
    assert [one["role"] for one in case["evidence"]] == ["threshold", "observation"]
    assert case["external_id"] == "a" * 26
    assert desk.case(answer["external_id"])["duplicate_of"] == camera["number"]
    assert desk.observe(status=200, lat=31.23 + 10 * METRE_NORTH) == answer
    assert desk.count() == 1


def test_the_cameras_later_facts_leave_a_citizens_picture_in_the_case(desk: Desk) -> None:
    camera = desk.camera()
    desk.observe(status=200, type="exposed_garbage")
    incident = an_incident(id="a" * 26, type="exposed_garbage", last_seen=NOON + 60)
    later = case_json(a_message(incident).case)
    desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json=later), 200)
    case = desk.case(camera["number"])
    assert case["last_seen"] == "2026-11-23T04:01:00Z"
    assert [one["role"] for one in case["evidence"]] == ["threshold", "observation"]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"lat": 31.23 + 16 * METRE_NORTH}, id="too far away"),
        pytest.param({"type": "street_vending"}, id="another type"),
    ],
)
def test_what_is_elsewhere_or_something_else_is_its_own_case(
    desk: Desk, told: dict[str, Any]
) -> None:
    desk.camera()
    assert desk.observe(**{"type": "exposed_garbage", **told})["duplicate_of"] is None
    assert desk.count() == 2


def test_a_closed_case_takes_no_new_report(desk: Desk) -> None:
    desk.end(desk.camera()["number"])
    assert desk.observe(type="exposed_garbage")["duplicate_of"] is None


def test_a_camera_that_sees_what_a_citizen_saw_adds_to_that_case_and_goes_on(desk: Desk) -> None:
    citizen = desk.observe(type="exposed_garbage")
    merged = desk.camera(status=200)
    assert (merged["duplicate_of"], merged["external_id"]) == (citizen["number"], "a" * 26)
    incident = an_incident(id="a" * 26, type="exposed_garbage", cleared_at=NOON + 300)
    gone = case_json(a_message(incident).case)
    answer = desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json=gone), 200)
    assert answer["external_id"] == "a" * 26
    lines = [line.get("action") for line in desk.case(citizen["number"])["history"]]
    assert lines == [None, "merge", "cleared"]
    assert desk.count() == 1


def measured(camera: str, *, is_measured: bool = True, north_m: float = 0.0) -> dict[str, Any]:
    place = {"lon": 121.47, "lat": 31.23 + north_m * METRE_NORTH, "crs": "wgs84"}
    return {
        "camera": {"id": camera, "name": camera},
        "place": {**place, "grid_code": None, "is_measured": is_measured},
    }


def test_two_cameras_that_see_one_place_make_one_case(desk: Desk) -> None:
    first = desk.camera("a", **measured("east"))
    other = desk.camera("b", status=200, **measured("west", north_m=10))
    assert other["duplicate_of"] == first["number"]
    third = desk.camera("c", **measured("west", north_m=10))
    assert third["number"] != first["number"]  # west sees two things there: so there are two


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(measured("west", is_measured=False), id="on one pole, looking elsewhere"),
        pytest.param(measured("west", north_m=16), id="too far away"),
        pytest.param(measured("east"), id="two things that one camera sees"),
    ],
)
def test_two_things_stay_two_cases(desk: Desk, other: dict[str, Any]) -> None:
    desk.camera("a", **measured("east"))
    desk.camera("b", **other)
    assert desk.count() == 2


def test_what_was_gone_before_the_other_camera_saw_it_was_another_thing(desk: Desk) -> None:
    gone = case_json(a_message(replace(an_incident(), cleared_at=NOON - 120)).case)["cleared_at"]
    desk.camera("a", cleared_at=gone, **measured("east"))
    desk.camera("b", **measured("west"))
    assert desk.count() == 2


def test_a_camera_that_files_makes_a_warned_case_of_another_camera_reported(desk: Desk) -> None:
    warning: dict[str, Any] = {"warned_at": "2026-11-23T12:00:00+08:00", "opened_at": None}
    first = desk.camera("a", **warning, **measured("east"))
    assert first["state"] == "warned"
    desk.camera("b", status=200, **measured("west"))
    case = desk.case(first["number"])
    assert case["state"] == "reported"
    assert [line.get("action", line.get("state")) for line in case["history"]] == [
        "warned",
        "merge",
        "reported",
    ]


def test_what_another_camera_saw_is_written_down_in_the_order_in_which_it_became_known(
    desk: Desk,
) -> None:
    desk.camera("a", **measured("east"))
    desk.camera("b", status=200, **measured("west"))
    desk.now = NOON + 600
    desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json={"state": "accepted"}), 200)
    gone = a_message(an_incident(id="b" * 26, type="exposed_garbage", cleared_at=NOON + 60))
    told = case_json(gone.case) | measured("west")
    desk.answer(desk.http.patch(f"/desk/cases/{'b' * 26}", json=told), 200)
    history = desk.case("a" * 26)["history"]
    assert history[-1]["action"] == "cleared"
    assert [line["at"] for line in history] == sorted(line["at"] for line in history)
