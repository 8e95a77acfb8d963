"""What is wrong in a cameras file is told in one line that says how to mend it."""

from pathlib import Path

import pytest

from camera_files import (
    GROUND,
    IMAGE,
    METRES,
    ORIGIN,
    SQUARE,
    assert_told,
    calibration,
    camera,
    problems,
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
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_what_to_write_instead(
    tmp_path: Path, text: str, line: int, what: str, instead: str
) -> None:
    assert_told(tmp_path, text, line, what, instead)


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
