"""Cameras files, written as short as a test can be about them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.config.errors import CamerasFileError

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


def assert_told(folder: Path, text: str, line: int, what: str, instead: str) -> None:
    """Hold that one thing is wrong, on this line, and that what to write instead stands behind."""
    (problem,) = problems(folder, text)
    assert problem.startswith(f"cameras.yaml:{line}: ")
    assert what in problem
    assert instead in problem.partition(what)[2]
