"""What two cameras see is one case, whichever of them tells of it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from corner import CAR, GRID, HERE, START, Corner, zone
from streetwatch.service.cameras import Camera
from streetwatch.service.desk.closing.decide import Sight, Verification
from streetwatch.service.desk.report import Report
from streetwatch.service.evidence.folder import sha256_of
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.incident import State
from streetwatch.service.sights import CameraSights
from streetwatch.vision.capture.source import Source, SourceKind

ORDERS = [("south", "north"), ("north", "south")]


@pytest.mark.parametrize("order", ORDERS, ids="->".join)
def test_what_two_cameras_see_is_one_case_with_both_views(
    corner: Corner, order: tuple[str, str]
) -> None:
    first, second = order
    corner.looks(0, 20, **{first: [CAR], second: [CAR]})
    assert corner.told() == [("opened", first), ("evidence", first), ("evidence", first)]
    assert corner.of(second).duplicate_of == corner.of(first).id
    case = corner.last_told()
    assert (case["camera"]["id"], case["seen_by"]) == (first, [second])
    assert Report.model_validate_json(json.dumps(case)).seen_by == [second], "and the desk takes it"
    pictures = {one["role"]: one["name"] for one in case["evidence"] if second in one["name"]}
    assert set(pictures) == {"first_seen", "threshold", "close_up", "zone_overlay"}
    for one in case["evidence"]:
        assert one["url"] == f"/evidence/{case['external_id']}/{one['name']}"
        assert sha256_of(corner.folder.path(case["external_id"], one["name"])) == one["sha256"]


def test_the_case_lies_where_the_violation_is_and_not_the_camera(corner: Corner) -> None:
    corner.looks(0, 12, south=[CAR])
    place = corner.last_told()["place"]
    there = HERE.moved(CAR)
    assert (place["lon"], place["lat"]) == pytest.approx((there.lon, there.lat), abs=1e-6)


def test_a_view_that_comes_later_joins_the_case(corner: Corner) -> None:
    corner.looks(0, 30, south=[CAR])
    corner.looks(30, 50, south=[CAR], north=[CAR])
    assert [one for one in corner.told() if one[0] == "opened"] == [("opened", "south")]
    assert corner.of("north").duplicate_of == corner.of("south").id


@pytest.mark.parametrize(
    ("south", "north"),
    [
        pytest.param([CAR], [(10.0, 16.0)], id="each camera sees one of them"),
        pytest.param([CAR, (10.0, 16.0)], [CAR, (10.0, 16.0)], id="both see both"),
    ],
)
def test_two_cars_are_two_cases(
    corner: Corner, south: list[tuple[float, float]], north: list[tuple[float, float]]
) -> None:
    corner.looks(0, 20, south=south, north=north)
    opened = [one for one in corner.told() if one[0] == "opened"]
    assert len(opened) == 2
    assert len({one.case_id for one in corner.store.incidents()}) == 2


@pytest.mark.parametrize("leaver", ["south", "north"])
def test_a_case_is_cleared_when_no_camera_sees_it_any_more(corner: Corner, leaver: str) -> None:
    stayer = "north" if leaver == "south" else "south"
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 40, **{leaver: [], stayer: [CAR]})
    assert "cleared" not in {occasion for occasion, _ in corner.told()}
    assert corner.of("south").state is State.OPEN
    corner.looks(40, 60, **{leaver: [], stayer: []})
    assert corner.told()[-1] == ("cleared", "south")
    assert {one.state for one in corner.store.incidents()} == {State.CLEARED}
    assert "cleared" in {one["role"] for one in corner.last_told()["evidence"]}
    assert len([one for one in corner.told() if one[0] == "cleared"]) == 1


def test_what_a_camera_loses_and_finds_again_stays_the_case_of_the_other(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 40, south=[], north=[CAR])
    corner.looks(40, 60, south=[CAR], north=[CAR])
    assert [occasion for occasion, _ in corner.told()].count("opened") == 1
    assert {one.case_id for one in corner.store.incidents()} == {corner.of("north").case_id}
    corner.looks(60, 80, south=[], north=[])
    assert corner.told()[-1] == ("cleared", "south")


def test_a_case_stays_in_its_zones_grid_whichever_camera_tells_of_it(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 40, south=[], north=[CAR])
    corner.looks(40, 60, south=[], north=[])
    told = [(row.occasion, row.payload["site"]["place"]["grid_code"]) for row in corner.messages()]
    assert told == [(one, GRID) for one in ("opened", "evidence", "evidence", "cleared")]


@pytest.mark.parametrize("at", [5, 11, 15], ids=["before", "at the opening", "after"])
def test_a_restart_changes_nothing(corner: Corner, at: int) -> None:
    corner.looks(0, at, south=[CAR], north=[CAR])
    corner.restart()
    corner.looks(at, 30, south=[CAR], north=[CAR])
    corner.restart()
    corner.looks(30, 50, south=[], north=[])
    told = [occasion for occasion, _ in corner.told()]
    assert told == ["opened", "evidence", "evidence", "cleared"]


def test_a_closed_case_that_another_camera_still_sees_is_disputed_once(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 30, south=[], north=[CAR])
    corner.end(30)
    corner.looks(31, 50, south=[], north=[CAR])
    assert [one for one in corner.told() if one[0] == "disputed"] == [("disputed", "south")]
    assert corner.of("south").state is State.OPEN
    corner.end(50)
    corner.looks(51, 70, south=[], north=[CAR])
    assert [occasion for occasion, _ in corner.told()].count("disputed") == 1
    assert {one.state for one in corner.store.incidents()} == {State.CLOSED}


def test_what_both_see_after_closing_is_disputed_once(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.end(20)
    corner.looks(21, 50, south=[CAR], north=[CAR])
    assert [occasion for occasion, _ in corner.told()].count("disputed") == 1


def test_a_rejected_case_is_mute_for_both_cameras(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.end(20, rejected=True)
    corner.looks(21, 40, south=[], north=[])
    corner.looks(40, 60, south=[CAR], north=[CAR])
    assert [occasion for occasion, _ in corner.told()].count("opened") == 1


def test_what_comes_back_is_a_recurrence_of_the_case_whoever_sees_it_first(corner: Corner) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 40, south=[], north=[])
    corner.looks(40, 60, north=[CAR], south=[CAR])
    case = corner.last_told()
    assert (case["camera"]["id"], case["repeat_count"]) == ("north", 1)
    assert case["recurrence_of"] == corner.messages()[0].payload["incident"]["id"]


@dataclass
class Running:
    """A camera as the closing check knows it."""

    camera: Camera
    recorder: Recorder
    last_frame_at: float | None


def test_the_closing_check_looks_through_every_camera_that_has_the_case_in_view(
    corner: Corner,
) -> None:
    corner.looks(0, 20, south=[CAR], north=[CAR])
    corner.looks(20, 40, south=[], north=[CAR])
    running: dict[str, Any] = {}
    for site in corner.sites:
        name = site.camera_id
        rules = (zone(0.0),)
        camera = Camera(name, name, Source(SourceKind.RTSP, "rtsp://x/"), site.place, rules)
        running[name] = Running(camera, corner.recorders[name], START + 39)
    sights = CameraSights(corner.store, lambda: running)
    case_id = corner.of("south").id
    assert sights.sight(case_id, START + 40) == Sight(START + 39)
    picture = sights.picture(case_id, Verification.EXIST, START + 40)
    assert picture is not None
    assert corner.folder.path(case_id, picture["name"]).is_file()
    running["north"].last_frame_at = START
    seen = sights.sight(case_id, START + 40)
    assert seen == Sight(corner.of("south").last_seen), "of those that can see"
