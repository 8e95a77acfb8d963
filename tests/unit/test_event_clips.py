"""Clips' figures together: over the hours that each type was watched for, and by disturbance."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from streetwatch.benchmarks.event_clips import (
    About,
    ClipResult,
    by_disturbance,
    read_about,
    read_truth,
    table,
)
from streetwatch.benchmarks.events import Event, tally
from streetwatch.datasets.yolo_folder import DatasetError

CAR = Event("road", "zone", "illegal_parking_motor", 10.0, 200.0, 70.0)


def result(name: str, disturbance: str, *true: Event, filed: int, type_: str) -> ClipResult:
    tallies = tally(true, [CAR] * filed, types=[type_], hours=0.5)
    return ClipResult(name, tallies, 0.5, About(disturbance, "corner"))


RESULTS = [
    result("a", "rain", CAR, filed=1, type_="illegal_parking_motor"),
    result("b", "night", CAR, filed=0, type_="illegal_parking_motor"),
    result("c", "night", filed=0, type_="exposed_garbage"),
]


def test_a_type_is_measured_over_the_clips_that_are_watched_for_it() -> None:
    hours = {one.type: (one.n, one.hours) for one in table(RESULTS)}
    assert hours == {
        "illegal_parking_motor": (2, 1.0),
        "exposed_garbage": (0, 0.5),
        "all": (2, 1.5),
    }


def test_each_disturbance_has_its_own_line_for_each_type() -> None:
    found = {(under, one.type): one.line()["recall"] for under, one in by_disturbance(RESULTS)}
    assert found == {
        ("rain", "illegal_parking_motor"): 1.0,
        ("night", "illegal_parking_motor"): 0.0,
        ("night", "exposed_garbage"): None,
    }


def test_of_real_clips_nothing_is_said(tmp_path: Path) -> None:
    assert read_about(tmp_path) == {}
    said = {"disturbance": "rain", "street": "corner"}
    (tmp_path / "composed.json").write_text(json.dumps({"a.mp4": said}))
    assert read_about(tmp_path) == {"a.mp4": About("rain", "corner")}


@pytest.mark.parametrize("text", ["{", '{"a.mp4": {}}', "[]"])
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "composed.json").write_text(text)
    with pytest.raises(DatasetError, match=r"composed\.json"):
        read_about(tmp_path)


def placed(tmp_path: Path, **bbox: object) -> Path:
    event = {"camera": "road", "zone": "zone", "type": "illegal_parking_motor"}
    event |= {"start": 10.0, "end": 200.0, "violation_at": 70.0, **bbox}  # type: ignore[dict-item]
    (tmp_path / "a.mp4").touch()
    (tmp_path / "truth.json").write_text(json.dumps({"a.mp4": [event]}))
    return tmp_path


def test_truth_may_tell_the_place(tmp_path: Path) -> None:
    ((event,),) = (clip.events for clip in read_truth(placed(tmp_path, bbox=[1, 2, 3, 4])))
    assert event == replace(CAR, bbox=(1.0, 2.0, 3.0, 4.0))
    ((event,),) = (clip.events for clip in read_truth(placed(tmp_path)))
    assert event == CAR


@pytest.mark.parametrize("bbox", [[3, 2, 1, 4], [1, 2, 3], "here", None, 7])
def test_a_place_that_is_no_box_is_refused(tmp_path: Path, bbox: object) -> None:
    with pytest.raises(DatasetError, match=r"truth\.json.*bbox.*x1, y1, x2, y2"):
        read_truth(placed(tmp_path, bbox=bbox))
