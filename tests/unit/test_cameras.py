"""cameras.yaml: a promise to whoever writes it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.config.errors import CamerasFileError
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.capture.source import SourceKind
from streetwatch.zones.place import Crs, Place
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.schedule import Window
from streetwatch.zones.zone import ZoneKind

CONTRACT = """\
cameras:
  - id: kerb                      # [a-z0-9-], unique
    name: 人民路东口              # what people read
    source: {kind: rtsp, url: "rtsp://user:${KERB_PASSWORD}@10.0.0.5/stream1"}
    place: {lon: 121.47, lat: 31.23, crs: wgs84, grid_code: "310101001001001"}
    zones:
      - id: carriageway
        polygon: [[0.23, 0.44], [0.47, 0.38], [0.75, 0.35], [0.75, 0.68], [0.23, 0.66]]
        kind: prohibited          # prohibited | permitted | exclude | privacy_mask
        rules:
          - type: illegal_parking_motor
            dwell_s: 60           # defaults per type: DOMAIN.md 3.2
            schedule: [{days: mon-fri, from: "07:00", to: "19:00"}]   # left out: always
            grace_s: 0
"""
SECRET = "hun/ter2@Kerb"  # noqa: S105 -- a made-up one, for looking for it in errors
ALREADY = "stands in this list already: give each its own id"
SQUARE = "[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]"

IMAGE = "[[0.1, 0.9], [0.9, 0.9], [0.65, 0.45], [0.35, 0.45]]"
METRES = "[[0, 0], [7, 0], [7, 20], [0, 20]]"
ORIGIN = "origin: {lon: 121.47, lat: 31.23}"
GROUND = "[[121.47, 31.23], [121.4701, 31.23], [121.4701, 31.2302], [121.47, 31.2302]]"


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> tuple[Camera, ...]:
    path = folder / "cameras.yaml"
    path.write_text(text, encoding="utf-8")
    return load_cameras(path, environ=environ or {})


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The lines of the refusal, without the folder."""
    with pytest.raises(CamerasFileError) as refusal:
        load(folder, text, environ)
    lines = str(refusal.value).split("\n")
    assert lines == list(refusal.value.problems)
    return tuple(line.removeprefix(f"{folder}/") for line in lines)


def camera(**keys: str) -> str:
    """A file of one sound camera, a key a line: id 2, source 3, zones 4; others follow."""
    sound = {
        "id": "kerb",
        "source": "{kind: file, url: kerb.mp4}",
        "zones": f"[{{id: road, polygon: {SQUARE}, rules: [{{type: illegal_parking_motor}}]}}]",
    }
    lines = [f"{key}: {value}" for key, value in (sound | keys).items()]
    return "cameras:\n  - " + "\n    ".join(lines) + "\n"


def zone(keys: str) -> str:
    return camera(zones=f"[{{id: road, polygon: {SQUARE}, {keys}}}]")


def rule(keys: str) -> str:
    return zone(f"rules: [{{type: illegal_parking_motor, {keys}}}]")


def window(keys: str) -> str:
    return rule(f"schedule: [{{{keys}}}]")


def calibration(keys: str) -> str:
    return camera(calibration=f"{{{keys}}}")


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


@pytest.mark.parametrize(
    ("text", "line", "what", "instead"),
    [
        pytest.param("", 1, "empty", "docs/reference/cameras-yaml.md", id="an empty file"),
        pytest.param("cameras:", 1, "not a list", "write cameras: [", id="nothing under cameras"),
        pytest.param(
            "- id: kerb", 1, "the file is not made of key", "reference", id="a list on top"
        ),
        pytest.param("cameras:\n\t- id: a", 2, "column 1", "indent with spaces", id="a tab"),
        pytest.param(
            "cameras:\n  - id: a\n     name: b", 3, "column", "indentation", id="bad indentation"
        ),
        pytest.param("cameras: [{id: a}", 1, "not YAML", "close brackets", id="an open bracket"),
        pytest.param("a: *b", 1, "not YAML", "in quotes", id="an undefined alias"),
        pytest.param("a: 1\n---\nb: 2", 2, "second document", "leave out", id="two documents"),
        pytest.param("a: &b [*b]", 1, "without an end", "write the values out", id="a loop"),
        pytest.param("a: !!python/name:os.system ''", 1, "tag", "leave out", id="a tag"),
        pytest.param("a: {[b]: c}", 1, "key must be a word", "in quotes", id="a list as a key"),
        pytest.param("a: 1\x07", 1, "control character", "take it out", id="a bell"),
        pytest.param("[" * 3000, 1, "nested too deeply", "see", id="endless nesting"),
        pytest.param(camera(nmae="x"), 5, "nmae is an unknown key", "write name", id="typo"),
        pytest.param(
            camera(zzz="x"), 5, "zzz is an unknown key", "write one of id, name", id="no near key"
        ),
        pytest.param(camera(id="kerb\n    id: b"), 3, "line 2 already", "keep one", id="key twice"),
        pytest.param(camera(id="Kerb_1"), 2, '"Kerb_1"', "a-z, 0-9 and -", id="a bad id"),
        pytest.param(camera(id='""'), 2, "is no id", "a-z, 0-9 and -", id="an empty id"),
        pytest.param(
            camera(id="7"), 2, "id (7) is not text", "write id: kerb", id="a number as id"
        ),
        pytest.param(camera(id="on"), 2, "id (true) is not text", "write id", id="yaml's own yes"),
        pytest.param(camera(name="[a]"), 5, "name is not text", "write name", id="a list as name"),
        pytest.param(camera(source="kerb.mp4"), 3, "key: value", "{kind: rtsp", id="a bare source"),
        pytest.param(
            camera(source="{kind: wvp, url: x}"),
            3,
            '("wvp") is not supported yet',
            "use rtsp, file or http",
            id="wvp",
        ),
        pytest.param(
            camera(source="{kind: rtps, url: x}"), 3, '"rtps"', "rtsp, file or http", id="bad kind"
        ),
        pytest.param(
            camera(source='{kind: rtsp, url: "http://h/x"}'),
            3,
            "source.url is no address",
            "rtsp://HOST",
            id="another scheme",
        ),
        pytest.param(
            camera(source="{kind: rtsp, url: 'rtsp://h/live', sub_stream: true}"),
            3,
            "source.sub_stream (true) goes with an RTSP address that tells the smaller stream's",
            "/stream1",
            id="no way to its sub-stream",
        ),
        pytest.param(
            camera(source="{kind: file, url: stream1, sub_stream: true}"),
            3,
            "source.sub_stream (true) goes with an RTSP address",
            "/stream1",
            id="a file's sub-stream",
        ),
        pytest.param(
            camera(source="{kind: file}"), 3, "url is missing", "write url:", id="no address"
        ),
        pytest.param(
            camera(place="{lon: 31.2, lat: 121.4}"), 5, "lat (121.4)", "lon is east", id="swapped"
        ),
        pytest.param(
            camera(place="{lon: 121.4}"), 5, "lat is missing", "write lat: 31.23", id="half a place"
        ),
        pytest.param(
            camera(place="{lon: 1, lat: 1, crs: gcj02}"), 5, '"gcj02"', "wgs84 or", id="bad crs"
        ),
        pytest.param(
            camera(place="{lon: 1, lat: 1, grid_code: 310101001001001}"),
            5,
            "not text",
            'grid_code: "3',
            id="a grid code without quotes",
        ),
        pytest.param(
            camera(place='{lon: 1, lat: 1, grid_code: "3101"}'), 5, '"3101"', "15", id="grid code"
        ),
        pytest.param(camera(zones="5"), 4, "zones (5) is not a list", "write zones", id="no list"),
        pytest.param(
            calibration(f"image: {IMAGE}"), 5, "the ground once", "write ground:", id="no ground"
        ),
        pytest.param(
            calibration(f"image: {IMAGE}, ground: {GROUND}, metres: {METRES}"),
            5,
            "the ground once",
            "or metres",
            id="the ground twice",
        ),
        pytest.param(
            calibration(f"image: {IMAGE}, metres: {METRES}"),
            5,
            "metres and origin together",
            "write origin:",
            id="metres from nowhere",
        ),
        pytest.param(
            calibration(f"image: [[0, 0], [1, 0], [1, 1]], ground: {GROUND}"),
            5,
            "calibration.image has 3 points",
            "write four",
            id="three points",
        ),
        pytest.param(
            calibration(f"image: [[0, 0], [1, 0], [1, 1], [0, 1.5]], ground: {GROUND}"),
            5,
            "image[3] leaves the picture",
            "0..1",
            id="a point outside",
        ),
        pytest.param(
            calibration(f"image: {IMAGE}, ground: [[31.23, 121.47], [1, 2], [3, 4], [5, 6]]"),
            5,
            "ground[0] is no place",
            "[longitude, latitude]",
            id="swapped on the ground",
        ),
        pytest.param(
            calibration(f"image: {IMAGE}, metres: [[0, 0], [0, 20], [7, 20], [7, 0]], {ORIGIN}"),
            5,
            "the ground lies mirrored",
            "same order",
            id="mirrored",
        ),
        pytest.param(
            calibration(f"image: {IMAGE}, ground: {GROUND}, lens: 4"),
            5,
            "lens is an unknown key",
            "",
            id="an unknown key of a calibration",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 1]], kind: exclude}]"),
            4,
            "at least 3 corners, this one has 2",
            "write",
            id="two corners",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]], kind: exclude}]"),
            4,
            "crosses or touches itself",
            "in order",
            id="a bow tie",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [640, 0], [640, 360]], kind: exclude}]"),
            4,
            "[640, 0] leaves the picture",
            "0..1",
            id="pixels",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [1, 0, 1], [1, 1]], kind: exclude}]"),
            4,
            "polygon[1] is no corner",
            "[x, y]",
            id="three numbers a corner",
        ),
        pytest.param(
            camera(zones="[{id: a, polygon: [[0, 0], [.nan, 0], [1, 1]], kind: exclude}]"),
            4,
            "is not a number",
            "write polygon",
            id="not a number as a corner",
        ),
        pytest.param(zone("kind: forbidden"), 4, '"forbidden"', "privacy_mask", id="a bad kind"),
        pytest.param(
            zone("kind: prohibited"), 4, "without rules", "illegal_parking_motor", id="no rules"
        ),
        pytest.param(
            zone("kind: exclude, rules: [{type: street_vending}]"),
            4,
            "only in a prohibited zone",
            "take them out",
            id="rules where none apply",
        ),
        pytest.param(
            zone('rules: [{type: street_vending}], schedule: [{from: "18:00", to: "22:30"}]'),
            4,
            "goes with kind: permitted only",
            "a rule has hours of its own",
            id="hours of a prohibited zone",
        ),
        pytest.param(
            zone("rules: [{type: parking}]"),
            4,
            '"parking"',
            "illegal_parking_motor or illegal_parking_nonmotor",
            id="an unknown type",
        ),
        pytest.param(
            zone("rules: [{type: street_vending}, {type: street_vending}]"),
            4,
            "rules[1].type",
            "its own type",
            id="a type twice",
        ),
        pytest.param(rule("dwell_s: -5"), 4, "dwell_s (-5)", "from 1 to 604800", id="negative"),
        pytest.param(
            rule("dwell_s: 1000000000"), 4, "out of bounds", "from 1 to 604800", id="absurd"
        ),
        pytest.param(rule("dwell_s: sixty"), 4, "not a number", "write dwell_s: 300", id="a word"),
        pytest.param(rule('dwell_s: "60"'), 4, "not a number", "dwell_s: 300", id="quoted number"),
        pytest.param(rule("dwell_s: true"), 4, "not a number", "dwell_s: 300", id="a switch"),
        pytest.param(rule("dwell_s: 1:00"), 4, "not a number", "dwell_s: 300", id="base sixty"),
        pytest.param(rule("dwell_s: .inf"), 4, "not a number", "dwell_s: 300", id="infinite"),
        pytest.param(rule("dwell_s: "), 4, "(nothing)", "dwell_s: 300", id="nothing behind a key"),
        pytest.param(rule("presence_ratio: 80"), 4, "(80)", "from 0 to 1", id="per cent"),
        pytest.param(rule("schedule: []"), 4, "no window", "leave the key out", id="no window"),
        pytest.param(
            window('days: mon-fry, from: "07:00", to: "19:00"'),
            4,
            '"mon-fry"',
            '"mon-fri"',
            id="day",
        ),
        pytest.param(
            window('days: weekdays, from: "07:00", to: "19:00"'), 4, "weekdays", "mon,", id="a word"
        ),
        pytest.param(
            window('days: [], from: "07:00", to: "19:00"'), 4, "no weekdays", "mon,", id="no day"
        ),
        pytest.param(
            window('days: 1-5, from: "07:00", to: "19:00"'), 4, "weekdays", "mon,", id="numbers"
        ),
        pytest.param(
            window('from: 19:00, to: "23:00"'), 4, "has no quotes", '"HH:MM"', id="from unquoted"
        ),
        pytest.param(
            window('from: "07:00", to: 08:30'), 4, "has no quotes", '"HH:MM"', id="to unquoted"
        ),
        pytest.param(
            window('from: "25:00", to: "06:00"'),
            4,
            '"25:00"',
            '"00:00" to "24:00"',
            id="25 o'clock",
        ),
        pytest.param(window('from: "22:00", to: "6"'), 4, '"6"', '"HH:MM"', id="only the hour"),
        pytest.param(window('from: "7:00", to: "19:00"'), 4, '"7:00"', '"HH:MM"', id="one digit"),
        pytest.param(window('from: 7, to: "19:00"'), 4, "(7) is no time", '"HH:MM"', id="a number"),
        pytest.param(
            window('from: "07:00", to: "07:00"'), 4, "same time", '"00:00" to "24:00"', id="no span"
        ),
        pytest.param(
            window('from: "24:00", to: "06:00"'), 4, "day is over", 'write "00:00"', id="from 24:00"
        ),
        pytest.param(window('from: "07:00"'), 4, "to is missing", 'to: "19:00"', id="no end"),
        pytest.param(
            window('dates: ["2026-02-30"], from: "07:00", to: "19:00"'),
            4,
            "is no date",
            "YYYY-MM-DD",
            id="a day that no month has",
        ),
        pytest.param(
            window('dates: "1 October", from: "07:00", to: "19:00"'),
            4,
            "is no date",
            "YYYY-MM-DD",
            id="a date in words",
        ),
        pytest.param(
            window('dates: ["2026-10-01"], days: mon, from: "07:00", to: "19:00"'),
            4,
            "goes without days",
            "write one of them",
            id="dates and days",
        ),
        pytest.param(
            rule("exempt: [bicycle]"),
            4,
            "(bicycle) is not looked for",
            "write bus, car, truck",
            id="exempt of another type",
        ),
        pytest.param(
            rule("exempt: [bus, car, truck]"),
            4,
            "leaves nothing to look for",
            "take the rule out",
            id="everything exempt",
        ),
        pytest.param(
            rule("least_height: [[0.3, 0.02, 1]]"),
            4,
            "is no row and height",
            "[row, height], each 0..1",
            id="three numbers for a row",
        ),
        pytest.param(
            rule("least_height: [[0.3, 20]]"),
            4,
            "is no row and height",
            "each 0..1",
            id="a height in pixels",
        ),
        pytest.param(
            rule("least_height: [[0.9, 0.1], [0.3, 0.02]]"),
            4,
            "is not below the row before it",
            "the rows from the top down",
            id="rows from the bottom up",
        ),
        pytest.param(rule("group_size: 0"), 4, "group_size (0)", "1", id="a group of none"),
        pytest.param(rule("group_size: 2.5"), 4, "group_size", "write", id="half a bicycle"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_what_to_write_instead(
    tmp_path: Path, text: str, line: int, what: str, instead: str
) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"cameras.yaml:{line}: ")
    assert what in problem
    assert instead in problem.partition(what)[2]


def test_two_cameras_or_zones_of_one_id_are_refused_at_the_second(tmp_path: Path) -> None:
    road = f"      - id: road\n        polygon: {SQUARE}\n        kind: exclude\n"
    head = "  - id: kerb\n    source: {kind: file, url: a.mp4}\n    zones:\n"
    assert problems(tmp_path, "cameras:\n" + head + road + road) == (
        f'cameras.yaml:8: cameras[0].zones[1].id ("road") {ALREADY}',
    )
    assert problems(tmp_path, "cameras:\n" + head + road + head + road) == (
        f'cameras.yaml:8: cameras[1].id ("kerb") {ALREADY}',
    )


def test_a_misspelt_top_key_is_told_with_the_right_one(tmp_path: Path) -> None:
    assert "cameras.yaml:1: camera is an unknown key: write cameras" in problems(
        tmp_path, "camera: []"
    )


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = camera(id="K", source="{kind: wvp, url: x}", zones="5", nmae="x")
    assert [line.split(":")[1] for line in problems(tmp_path, text)] == ["2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("url", "what"),
    [
        pytest.param("rtsp://u:${KERB_PASSWORD}@h/1", "${KERB_PASSWORD} is not set", id="unset"),
        pytest.param("rtsp://u:${kerb password}@h/1", "write it as ${KERB_PASSWORD}", id="no name"),
        pytest.param("rtsp://u:${KERB@h/1", "write it as ${KERB_PASSWORD}", id="never closed"),
    ],
)
def test_a_variable_that_is_not_there_is_named(tmp_path: Path, url: str, what: str) -> None:
    (problem,) = problems(tmp_path, camera(source=f'{{kind: rtsp, url: "{url}"}}'))
    assert problem.startswith("cameras.yaml:3: ")
    assert what in problem


def test_a_variable_is_put_in_as_text_and_never_read_as_yaml(tmp_path: Path) -> None:
    (kerb,) = load(tmp_path, camera(name='"${NAME}"'), {"NAME": "a, source: {kind: x} # ${HOME}"})
    assert kerb.name == "a, source: {kind: x} # ${HOME}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(camera(source="{kind: rtsp, url: '${P}'}"), id="the whole address"),
        pytest.param(camera(source="{kind: rtsp, url: 'http://u:${P}@h/1'}"), id="wrong scheme"),
        pytest.param(camera(source="{kind: rtsp, url: 'rtsp://u:${P}/1'}"), id="no host"),
        pytest.param(camera(source="{kind: '${P}', url: 'rtsp://u@h/1'}"), id="in the kind"),
        pytest.param(camera(source="'rtsp://user:hun/ter2@Kerb@h/1'"), id="a bare address"),
        pytest.param(
            camera(source="'rtsp://operator-of-the-bureau:hun/ter2@Kerb@h/1'"), id="a long address"
        ),
        pytest.param(camera(password="hun/ter2@Kerb"), id="under an unknown key"),  # noqa: S106
        pytest.param(camera(id="'${P}'"), id="as an id"),
        pytest.param(window("days: '${P}', from: '07:00', to: '${P}'"), id="in a schedule"),
        pytest.param(camera(source="{kind: rtsp, url: 'rtsp://u:hun/ter2@Kerb@h'"), id="not YAML"),
    ],
)
def test_no_error_holds_a_password(tmp_path: Path, text: str) -> None:
    with pytest.raises(CamerasFileError) as refusal:
        load(tmp_path, text, {"P": SECRET})
    whole: BaseException | None = refusal.value
    while whole is not None:  # a log would print the causes too
        assert "ter2" not in str(whole)
        assert "ter2" not in repr(whole)
        whole = whole.__cause__


def test_no_camera_shows_its_password(tmp_path: Path) -> None:
    cameras = load(tmp_path, CONTRACT, {"KERB_PASSWORD": "hunter2"})
    assert "hunter2" in cameras[0].source.url
    assert "hunter2" not in repr(cameras)
    assert "hunter2" not in str(cameras[0].source)


def test_a_file_that_cannot_be_read_is_told_without_a_traceback(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "is a directory")):
        with pytest.raises(InputError) as refusal:
            load_cameras(path, environ={})
        assert str(refusal.value).startswith(f"{path}: {what}: ")


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_bytes("cameras:\n  - id: kerb\n    name: 人民路".encode("gb18030"))
    with pytest.raises(CamerasFileError) as refusal:
        load_cameras(path, environ={})
    assert str(refusal.value) == f"{path}:3: not UTF-8 text: save the file as UTF-8"


def test_an_anchor_stands_for_what_it_names(tmp_path: Path) -> None:
    first = f"{{id: a, polygon: &square {SQUARE}, kind: exclude}}"
    (kerb,) = load(
        tmp_path, camera(zones=f"[{first}, {{id: b, polygon: *square, kind: permitted}}]")
    )
    assert kerb.zones[0].polygon == kerb.zones[1].polygon
