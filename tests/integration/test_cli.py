"""The commands as users script against them: lines, exit statuses, errors."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from commands import streetwatch

STREETWATCH = Path(sys.executable).with_name("streetwatch")

CAMERAS = """
cameras:
  - id: kerb
    source: {kind: file, url: clip.mp4}
    zones:
      - id: carriageway
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
        kind: prohibited
        rules:
          - {type: illegal_parking_motor, dwell_s: 60, clear_s: 60}
"""


@pytest.fixture
def cameras(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.yaml"
    path.write_text(CAMERAS)
    return path


def look(at: float, *boxes: tuple[float, float, float, float]) -> dict[str, Any]:
    detections = [{"label": "car", "confidence": 0.7, "xyxy": box} for box in boxes]
    return {"at": at, "width": 640, "height": 360, "detections": detections}


CAR = (200.0, 150.0, 320.0, 230.0)


def parked(*, start: int, end: int, step: int = 1) -> list[dict[str, Any]]:
    return [look(at, CAR) for at in range(start, end, step)]


def empty(*, start: int, end: int) -> list[dict[str, Any]]:
    return [look(at) for at in range(start, end)]


def filed(cameras: Path, looks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps(one) for one in looks)
    done = streetwatch("replay", "--detections", "-", "--cameras", cameras, "--json", given=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_car_that_stays_is_one_line_with_everything_the_contract_names(cameras: Path) -> None:
    (incident,) = filed(cameras, [*empty(start=0, end=5), *parked(start=5, end=90)])
    assert len(incident.pop("id")) == 26
    assert incident == {
        "camera": "kerb",
        "zone": "carriageway",
        "type": "illegal_parking_motor",
        "state": "open",
        "first_seen": 5.0,
        "violation_at": 65.0,
        "last_seen": 89.0,
        "cleared_at": None,
        "observed_s": 84.0,
        "unobserved_s": 0.0,
        "bbox": list(CAR),
        "recurrence_of": None,
        "confidence": 0.7,
    }


def test_a_short_stop_is_nothing(cameras: Path) -> None:
    assert filed(cameras, [*parked(start=5, end=60), *empty(start=60, end=200)]) == []


def test_a_restart_in_the_middle_files_nothing_twice(cameras: Path) -> None:
    restart = {"restart": True}
    looks = [
        *parked(start=0, end=30),
        restart,
        *parked(start=30, end=100),
        restart,
        *parked(start=100, end=160),
    ]
    (incident,) = filed(cameras, looks)
    assert (incident["first_seen"], incident["violation_at"]) == (0.0, 60.0)
    assert incident["observed_s"] == 159.0


def test_an_outage_adds_no_observed_dwell_and_clears_nothing(cameras: Path) -> None:
    (incident,) = filed(cameras, [*parked(start=0, end=31), *parked(start=330, end=400)])
    assert incident["state"] == "open"
    assert (incident["observed_s"], incident["unobserved_s"]) == (99.0, 300.0)
    assert incident["violation_at"] == 360.0


def test_what_leaves_is_cleared_and_what_comes_back_is_a_recurrence(cameras: Path) -> None:
    looks = [
        *parked(start=0, end=100),
        *empty(start=100, end=200),
        *parked(start=200, end=300),
    ]
    first, second = filed(cameras, looks)
    assert (first["state"], first["cleared_at"]) == ("cleared", 159.0)
    assert (second["state"], second["recurrence_of"]) == ("open", first["id"])


def test_explain_names_the_gate_that_stopped_an_alarm(cameras: Path) -> None:
    lines = "\n".join(json.dumps(one) for one in parked(start=0, end=90))
    words = ("replay", "--detections", "-", "--cameras", cameras, "--explain")
    early, late = (streetwatch(*words, f"250,200@{at}", given=lines) for at in (30, 80))
    stopped, violation = json.loads(early.stdout), json.loads(late.stdout)
    assert (stopped["stopped_by"], stopped["dwell_s"], stopped["of_s"]) == ("dwell", 30.0, 60.0)
    assert (violation["stopped_by"], violation["violation_at"]) == (None, 60.0)
    assert violation["incident"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param("250@30", "write pixel and second like", id="no point"),
        pytest.param("250,200@1000", "the recording ends before second 1000", id="too late"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(cameras: Path, asked: str, told: str) -> None:
    lines = "\n".join(json.dumps(one) for one in parked(start=0, end=30))
    done = streetwatch(
        "replay", "--detections", "-", "--cameras", cameras, "--explain", asked, given=lines
    )
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("{", "-:1: not a look", id="not JSON"),
        pytest.param("[1]", "a JSON object is wanted", id="not an object"),
        pytest.param('{"at": 1, "width": 2}', "'height' is missing", id="a field is missing"),
        pytest.param(
            json.dumps(look(1) | {"detections": [{"label": "cow"}]}), "'cow' is not", id="a label"
        ),
        pytest.param(json.dumps(look(1) | {"at": "NaN"}), "number of seconds", id="no time"),
        pytest.param(
            json.dumps(
                look(1) | {"detections": [{"label": "car", "confidence": 1, "xyxy": [1, 2]}]}
            ),
            "not a look",
            id="half a box",
        ),
    ],
)
def test_a_wrong_line_is_named_and_exits_2(cameras: Path, line: str, told: str) -> None:
    done = streetwatch("replay", "--detections", "-", "--cameras", cameras, given=line)
    assert (done.returncode, done.stdout) == (2, "")
    assert told.removeprefix("-") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["replay", "nowhere.mp4", "--cameras", "CAMERAS"], "nowhere.mp4", id="clip"),
        pytest.param(["replay", "clip.mp4", "--cameras", "no.yaml"], "no.yaml", id="cameras"),
        pytest.param(["replay"], "either a clip or --detections", id="neither"),
        pytest.param(
            ["replay", "clip.mp4", "--cameras", "CAMERAS", "--camera", "x"],
            "Give --camera, one of: kerb",
            id="camera",
        ),
        pytest.param(
            ["replay", "c.mp4", "--cameras", "CAMERAS", "--start", "today"], "--start", id="start"
        ),
        pytest.param(["detect", "nowhere.jpg"], "nowhere.jpg: no such file", id="picture"),
        pytest.param(["run", "--config", "no.yaml"], "no.yaml", id="settings"),
        pytest.param(["export", "--weights", "no.pt", "--out", "x"], "", id="weights"),
        pytest.param(["fly"], "No such command 'fly'", id="command"),
    ],
)
def test_wrong_input_is_told_without_a_traceback_and_exits_2(
    cameras: Path, arguments: list[str], told: str
) -> None:
    done = streetwatch(*(str(cameras) if word == "CAMERAS" else word for word in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys, streetwatch.cli; "
        "print(sorted({'cv2', 'onnxruntime', 'av', 'fastapi', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
