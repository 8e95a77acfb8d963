"""What is filed on recorded clips, held against their truth."""

import json
from pathlib import Path
from typing import Any

import pytest

from commands import lines_of, streetwatch

DEMO = Path(__file__).resolve().parents[2] / "datasets" / "demo"
TOLERANCE_S = 5.0
PARKING_TOLERANCE_S = 10.0  # the contract's
SLOW_TOLERANCE_S = 60.0  # the contract's, for all types but parking


def filed(clip: Path) -> list[dict[str, Any]]:
    return lines_of(
        streetwatch("replay", clip, "--cameras", clip.with_name("cameras.yaml"), "--json")
    )


def truth(clip: Path) -> list[dict[str, Any]]:
    return list(json.loads(clip.with_name("truth.json").read_text())[clip.name])


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("composite_double_parked_suv_60s.mp4", id="a parked car, once"),
        pytest.param("composite_double_parked_night_sim.mp4", id="a parked car at night, once"),
        pytest.param("composite_short_stop_8s.mp4", id="a short stop, never"),
        pytest.param("junction_queue_at_red.mp4", id="a queue at a red light, never"),
        pytest.param("shopfront_pavement_cctv.mp4", id="people before a shop, never"),
        pytest.param("highway_overpass_720p.mp4", id="a highway, never"),
        pytest.param("night_ir_lane_person_hevc.mp4", id="someone on a path at night, never"),
        pytest.param("night_wet_city_junction.mp4", id="traffic in the wet, never"),
    ],
)
def test_a_real_clip_files_what_its_truth_says(shared_data: Path, name: str) -> None:
    clip = shared_data / "videos" / name
    true, found = truth(clip), filed(clip)
    assert [(one["zone"], one["type"]) for one in found] == [
        (one["zone"], one["type"]) for one in true
    ]
    for one, expected in zip(found, true, strict=True):
        assert one["violation_at"] == pytest.approx(expected["violation_at"], abs=TOLERANCE_S)


@pytest.mark.shared
def test_of_six_cars_at_a_kerb_all_that_the_model_can_see_are_filed_and_nothing_else(
    shared_data: Path,
) -> None:
    """The sixth, a yellow one, gets no box even at a confidence of 0.1."""
    clip = shared_data / "videos" / "kerbside_parked_and_passing_75s.mp4"
    true, found = truth(clip), filed(clip)
    assert len(true) == 6
    assert sorted(one["zone"] for one in found) == ["kerb-far"] * 3 + ["kerb-near"] * 2
    assert all(one["violation_at"] == pytest.approx(30, abs=PARKING_TOLERANCE_S) for one in found)


def test_the_demo_clip_files_a_car_a_stall_and_a_heap_once_each() -> None:
    clip = DEMO / "street.mp4"
    expected = {one["type"]: one["violation_at"] for one in truth(clip)}
    found = {one["type"]: one["violation_at"] for one in filed(clip)}
    assert set(found) == set(expected)
    for kind, at in found.items():
        tolerance = TOLERANCE_S if kind.startswith("illegal_parking") else SLOW_TOLERANCE_S
        assert at == pytest.approx(expected[kind], abs=tolerance), kind
