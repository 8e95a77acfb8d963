"""Two cameras that look at one place, each with its chain, on one store and one folder."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from sealed import SEAL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras import Camera
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.closing.decide import Sight, Verification
from streetwatch.service.desk.report import Report
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.sights import CameraSights
from streetwatch.service.store import codec
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.capture.source import Source, SourceKind
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

#: Of the zone: nobody wrote down in which the cameras stand.
GRID = "310101001001001"

CAR = (10.0, 8.0)  # metres east and north of the corner


def zone(soft_start_s: float) -> Zone:
    default = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
    rule = replace(default, dwell_s=DWELL_S, clear_s=CLEAR_S, soft_start_s=soft_start_s)
    outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    return Zone("kerb", outline, rules=(rule,), place=Place(121.0, 31.0, grid_code=GRID))


def box(camera: str, at: tuple[float, float]) -> tuple[float, float, float, float]:
    """What stands at a point of the ground and is 2 m wide, in a camera's picture."""
    east, north = at[0] / SIDE_M, at[1] / SIDE_M
    x, y = (east, 1 - north) if camera == "south" else (1 - east, north)
    return (x * PIXELS - 20, y * PIXELS - 40, x * PIXELS + 20, y * PIXELS)


class Corner:
    """A corner of a street between two cameras."""

    def __init__(self, folder: Path, address: str, soft_start_s: float = 0.0) -> None:
        self.soft_start_s = soft_start_s
        self.folder = EvidenceFolder(folder / "evidence")
        self.store: SqlStore = open_store(address)
        self.sites = tuple(Site(name, f"{name} 路", Place(121.0, 31.0)) for name in VIEWS)
        self.recorders: dict[str, Recorder] = {}
        self.watches = {site.camera_id: self.started(site) for site in self.sites}

    def started(self, site: Site) -> CameraWatch:
        calibration = calibrated(VIEWS[site.camera_id], GROUND)
        zones = (zone(self.soft_start_s),)
        others = tuple(Watched(one, zones, "model@1") for one in self.sites)
        watched = Watched(site, zones, "model@1", calibration=calibration, others=others)
        recorder = Recorder(
            site=site,
            zones=watched.zones,
            copies=Copies(self.folder),
            seal=SEAL,
            ring=None,
            window=ClipWindow(before_s=2.0, after_s=3.0),
        )
        self.recorders[site.camera_id] = recorder
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


SOFT_S = 20.0


@pytest.fixture
def warned(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Corner]:
    """The same corner where people are warned first: the car is, by both, at the 10th second."""
    built = Corner(tmp_path, new_database(), SOFT_S)
    yield built
    built.store.close()


def only(corner: Corner, *occasions: str) -> list[tuple[str, str]]:
    return [one for one in corner.told() if one[0] in occasions]


def test_what_two_cameras_warn_of_and_see_is_filed_once(warned: Corner) -> None:
    warned.looks(0, 50, south=[CAR], north=[CAR])
    assert only(warned, "warned", "opened") == [("warned", "south"), ("opened", "south")]
    roles = {one["role"] for one in warned.last_told()["evidence"] if "north" in one["name"]}
    assert roles == {"first_seen", "warned", "threshold", "close_up", "zone_overlay"}


def test_pictures_of_a_view_are_told_of_when_it_is_warned_and_when_it_stands_on(
    warned: Corner,
) -> None:
    warned.looks(0, 32, south=[CAR], north=[CAR])
    told = {one["name"] for one in warned.last_told()["evidence"]}
    case_id = warned.of("south").id
    assert told == {one.name for one in warned.store.evidence(case_id)}


@pytest.mark.parametrize("restarts", [(), (25,), (35,), (25, 35)], ids=str)
@pytest.mark.parametrize("lost_at", [15, 27], ids=["long before", "just before"])
def test_a_camera_that_still_sees_what_was_warned_of_files_it_for_the_one_that_lost_it(
    warned: Corner, lost_at: int, restarts: tuple[int, ...]
) -> None:
    warned.looks(0, lost_at, south=[CAR], north=[CAR])
    for until in (*restarts, 60):
        start = lost_at
        lost_at = until
        warned.looks(start, until, south=[], north=[CAR])
        if until != 60:
            warned.restart()
    case = warned.of("south")
    assert only(warned, "warned", "opened", "cleared") == [("warned", "south"), ("opened", "south")]
    assert (case.state, case.duplicate_of) == (State.OPEN, None)
    assert case.last_seen >= (case.opened_at or 0) > START + 30 - 1
    sealed = [one.role for one in warned.store.evidence(case.id)]
    assert sealed.count("manifest") == 1
    warned.looks(60, 80, south=[], north=[])
    assert only(warned, "cleared") == [("cleared", "south")]
    assert warned.last_told()["last_seen"] > warned.last_told()["opened_at"]


def test_a_camera_that_stood_on_first_files_when_the_others_sight_is_lost(warned: Corner) -> None:
    warned.soft_start_s = SOFT_S / 4
    warned.watches["north"] = warned.started(warned.sites[1])
    warned.looks(0, 22, south=[CAR], north=[CAR])
    assert warned.of("north").state is State.OPEN
    assert warned.of("south").state is State.WARNED, "those concerned have their time still"
    warned.looks(22, 40, south=[], north=[CAR])
    assert only(warned, "opened") == [("opened", "south")]


def test_a_camera_that_fails_leaves_no_warning_unfiled(warned: Corner) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 50, north=[CAR])
    assert only(warned, "opened") == [("opened", "south")]
    warned.looks(50, 70, south=[CAR], north=[CAR])
    assert only(warned, "opened", "disputed") == [("opened", "south")], "once"


@pytest.mark.parametrize("rejected", [False, True], ids=["closed", "rejected"])
def test_what_was_closed_while_it_was_warned_of_is_filed_by_whoever_still_sees_it(
    warned: Corner,
    rejected: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 22, south=[], north=[CAR])
    warned.end(22, rejected=rejected)
    warned.looks(23, 60, south=[], north=[CAR])
    assert only(warned, "opened", "disputed") == ([] if rejected else [("opened", "south")])


def test_what_goes_before_both_cameras_while_it_is_warned_of_files_nothing(warned: Corner) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 20, south=[], north=[CAR])
    warned.looks(20, 60, south=[], north=[])
    assert only(warned, "warned", "opened", "cleared") == [
        ("warned", "south"),
        ("cleared", "south"),
    ]
    assert "manifest" not in {one.role for one in warned.store.evidence(warned.of("south").id)}


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
