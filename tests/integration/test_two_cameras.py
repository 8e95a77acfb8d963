"""Two cameras that look at one place, each with its chain, on one store and one folder."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.evidence.recorder import ClipWindow, Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store import codec
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from streetwatch.zones.calibration import Quad, calibrated
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.place import Place
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

START = 1_795_363_200.0
HERE = MapPoint(121.47, 31.23)
SIDE_M = 20.0
PIXELS = 400
DWELL_S = 10.0
CLEAR_S = 5.0

#: The same ground, seen from straight above: by one camera with north up, by the other upside down.
SOUTH: Quad = ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))
NORTH: Quad = ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
VIEWS = {"south": SOUTH, "north": NORTH}

GROUND = tuple(
    HERE.moved(one) for one in ((0.0, 0.0), (SIDE_M, 0.0), (SIDE_M, SIDE_M), (0.0, SIDE_M))
)

CAR = (10.0, 8.0)  # metres east and north of the corner


def zone() -> Zone:
    default = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
    rule = replace(default, dwell_s=DWELL_S, clear_s=CLEAR_S)
    return Zone("kerb", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,))


def box(camera: str, at: tuple[float, float]) -> tuple[float, float, float, float]:
    """What stands at a point of the ground and is 2 m wide, in a camera's picture."""
    east, north = at[0] / SIDE_M, at[1] / SIDE_M
    x, y = (east, 1 - north) if camera == "south" else (1 - east, north)
    return (x * PIXELS - 20, y * PIXELS - 40, x * PIXELS + 20, y * PIXELS)


class Corner:
    """A corner of a street between two cameras."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = EvidenceFolder(folder / "evidence")
        self.store: SqlStore = open_store(address)
        self.sites = tuple(Site(name, f"{name} 路", Place(121.0, 31.0)) for name in VIEWS)
        self.watches = {site.camera_id: self.started(site) for site in self.sites}

    def started(self, site: Site) -> CameraWatch:
        calibration = calibrated(VIEWS[site.camera_id], GROUND)
        watched = Watched(site, (zone(),), "model@1", calibration=calibration, others=self.sites)
        recorder = Recorder(
            site=site,
            zones=watched.zones,
            folder=self.folder,
            ring=None,
            window=ClipWindow(before_s=2.0, after_s=3.0),
        )
        return CameraWatch(watched=watched, store=self.store, recorder=recorder)

    def restart(self) -> None:
        self.watches = {site.camera_id: self.started(site) for site in self.sites}

    def looks(self, start: int, end: int, **seen: list[tuple[float, float]]) -> None:
        """Let the cameras that are named see things, second by second, in the order named."""
        for second in range(start, end):
            for camera, things in seen.items():
                image = np.full((PIXELS, PIXELS, 3), second % 250, np.uint8)
                frame = Frame(camera, second, START + second, Pixels(image))
                boxes = [box(camera, one) for one in things]
                found = Detections(
                    np.array(boxes, np.float32).reshape(-1, 4),
                    np.full(len(boxes), 0.7, np.float32),
                    np.full(len(boxes), CLASS_ID["car"], np.int64),
                )
                self.watches[camera].look(Look(frame.at, frame.size, found), frame)

    def told(self) -> list[tuple[str, str]]:
        """Occasion and camera of every message, in order."""
        return [(row.occasion, row.payload["incident"]["camera_id"]) for row in self.messages()]

    def last_told(self) -> dict[str, Any]:
        """What the platform is told last."""
        row = self.messages()[-1]
        said: dict[str, Any] = case_json(
            codec.message_of(key=row.key, occasion=row.occasion, document=row.payload).case
        )
        return said

    def messages(self) -> list[Any]:
        with self.store.engine.connect() as connection:
            return list(connection.execute(sa.select(outbox).order_by(outbox.c.position)))

    def of(self, camera: str) -> Incident:
        (one,) = self.store.incidents(camera_id=camera)
        return one

    def end(self, second: int, *, rejected: bool = False) -> None:
        """The case platform closes or rejects the case that was opened first."""
        case_id = self.messages()[0].payload["incident"]["id"]
        handle.close(case_id, rejected=rejected, store=self.store, at=START + second)


@pytest.fixture
def corner(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Corner]:
    built = Corner(tmp_path, new_database())
    yield built
    built.store.close()


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
