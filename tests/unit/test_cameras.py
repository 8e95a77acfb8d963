"""A cameras file: what may be said in it, and what is left out."""

from pathlib import Path

import pytest

from camera_files import (
    CONTRACT,
    GROUND,
    IMAGE,
    METRES,
    ORIGIN,
    SQUARE,
    calibration,
    camera,
    load,
    rule,
    window,
    zone,
)
from streetwatch.service.cameras import load_cameras
from streetwatch.vision.capture.source import SourceKind
from streetwatch.zones.place import Crs, Place
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.schedule import Window
from streetwatch.zones.zone import ZoneKind


def test_a_calibration_is_four_points_of_ground_in_degrees_or_in_metres(tmp_path: Path) -> None:
    (by_metres,) = load(tmp_path, calibration(f"image: {IMAGE}, metres: {METRES}, {ORIGIN}"))
    (by_degrees,) = load(tmp_path, calibration(f"image: {IMAGE}, ground: {GROUND}"))
    assert by_metres.calibration is not None
    assert by_degrees.calibration is not None
    assert by_metres.calibration.metres((0.65, 0.45)) == pytest.approx((7, 20))
    corner = by_degrees.calibration.on_map((0.65, 0.45))
    assert corner is not None
    assert (corner.lon, corner.lat) == pytest.approx((121.4701, 31.2302))


def test_a_file_may_leave_all_cameras_to_the_console(tmp_path: Path) -> None:
    assert load(tmp_path, "cameras: []") == ()


def test_a_night_market_has_hours(tmp_path: Path) -> None:
    hours = 'kind: permitted, schedule: [{from: "18:00", to: "22:30"}], grace_s: 900'
    (kerb,) = load(tmp_path, zone(hours))
    (market,) = kerb.zones
    assert market.schedule.windows == (Window(frozenset(range(7)), 18 * 60, 22 * 60 + 30),)
    assert market.grace_s == 900


def test_a_camera_may_be_looked_at_in_its_sub_stream(tmp_path: Path) -> None:
    for key, is_wanted in [("", False), (", sub_stream: true", True)]:
        (kerb,) = load(tmp_path, camera(source=f"{{kind: rtsp, url: 'rtsp://u:p@h/stream1'{key}}}"))
        assert kerb.looks_in_sub_stream is is_wanted
        assert kerb.source.url == "rtsp://u:p@h/stream1"


def test_the_example_of_the_contract_loads(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, CONTRACT, {"KERB_PASSWORD": "open"})
    assert (kerb.id, kerb.name) == ("kerb", "人民路东口")
    assert kerb.source.kind is SourceKind.RTSP
    assert kerb.source.url == "rtsp://user:open@10.0.0.5/stream1"
    assert kerb.place == Place(121.47, 31.23, Crs.WGS84, "310101001001001")
    (area,) = kerb.zones
    (found,) = area.rules
    assert area.kind is ZoneKind.PROHIBITED
    assert found.dwell_s == 60
    assert found.clear_s == DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR].clear_s
    assert found.schedule.windows == (Window(frozenset(range(5)), 7 * 60, 19 * 60),)


@pytest.mark.shared
def test_the_cameras_of_the_development_videos_load(shared_data: Path) -> None:
    cameras = load_cameras(shared_data / "videos" / "cameras.yaml", environ={})
    assert len(cameras) == 9
    assert all(Path(found.source.url).is_file() for found in cameras)


def test_what_is_left_out_has_the_defaults_of_its_type(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, camera())
    assert kerb.name == "kerb"
    assert kerb.place is None
    assert kerb.zones[0].rules == (DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR],)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dwell_s", 45),
        ("gap_s", 0),
        ("clear_s", 90.5),
        ("presence_ratio", 1),
        ("match_iou", 0.4),
        ("drift_limit", 0.25),
        ("grace_s", 300),
        ("attended_ratio", 0.2),
        ("work_pause_s", 900),
    ],
)
def test_every_number_of_a_rule_can_be_set(tmp_path: Path, key: str, value: float) -> None:
    (kerb,) = load(tmp_path, rule(f"{key}: {value}"))
    assert getattr(kerb.zones[0].rules[0], key) == value


def test_a_rule_may_exempt_labels_and_ask_for_a_size_by_row(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, rule("exempt: [bus], least_height: [[0.3, 0.02], [1.0, 0.15]]"))
    (parking,) = kerb.zones[0].rules
    assert parking.labels == {"car", "truck"}
    assert parking.least_height == ((0.3, 0.02), (1.0, 0.15))


@pytest.mark.parametrize(
    ("days", "weekdays"),
    [
        pytest.param("mon-fri", {0, 1, 2, 3, 4}, id="a span"),
        pytest.param('"sat,sun"', {5, 6}, id="a list in a text"),
        pytest.param("[mon, wed]", {0, 2}, id="a list"),
        pytest.param('"mon-tue, fri-sat"', {0, 1, 4, 5}, id="spans in a text"),
        pytest.param("sat-mon", {5, 6, 0}, id="a span over the weekend"),
        pytest.param("Sun", {6}, id="capitals"),
    ],
)
def test_weekdays_are_read_as_people_write_them(
    tmp_path: Path, days: str, weekdays: set[int]
) -> None:
    (kerb,) = load(tmp_path, window(f'days: {days}, from: "22:00", to: "06:00"'))
    assert kerb.zones[0].rules[0].schedule.windows == (Window(frozenset(weekdays), 1320, 360),)


def test_a_window_without_days_opens_every_day(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, window('from: "00:00", to: "24:00"'))
    assert kerb.zones[0].rules[0].schedule.windows == (Window(frozenset(range(7)), 0, 1440),)


def test_a_file_source_counts_from_the_folder_of_the_cameras_file(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, camera(source="{kind: file, url: clips/kerb.mp4}"))
    assert kerb.source.url == str(tmp_path / "clips" / "kerb.mp4")
    (kerb,) = load(tmp_path, camera(source="{kind: file, url: /clips/kerb.mp4}"))
    assert kerb.source.url == "/clips/kerb.mp4"


def test_privacy_masks_are_told_apart_for_painting(tmp_path: Path) -> None:
    mask = f"{{id: window, polygon: {SQUARE}, kind: privacy_mask}}"
    (kerb,) = load(tmp_path, camera(zones=f"[{mask}]"))
    assert kerb.masks == (((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),)


def test_an_anchor_stands_for_what_it_names(tmp_path: Path) -> None:
    first = f"{{id: a, polygon: &square {SQUARE}, kind: exclude}}"
    (kerb,) = load(
        tmp_path, camera(zones=f"[{first}, {{id: b, polygon: *square, kind: permitted}}]")
    )
    assert kerb.zones[0].polygon == kerb.zones[1].polygon
