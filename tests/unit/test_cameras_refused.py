"""What is wrong in a cameras file is told in one line that says how to mend it."""

from pathlib import Path

import pytest

from camera_files import (
    CONTRACT,
    GROUND,
    IMAGE,
    METRES,
    ORIGIN,
    SECRET,
    SQUARE,
    calibration,
    camera,
    load,
    problems,
    rule,
    window,
    zone,
)
from streetwatch.service.cameras import load_cameras
from streetwatch.service.config.errors import CamerasFileError
from streetwatch.service.incidents.errors import InputError

ALREADY = "stands in this list already: give each its own id"


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
