"""Simulated looks repeat with their seed, and presence makes one incident of a parked car."""

import numpy as np
import pytest

from streetwatch.benchmarks.simulation import simulate
from streetwatch.datasets.simulate import DISTURBANCES, PLACE, looks, standing
from streetwatch.zones.footprint import iou


def test_one_seed_gives_the_same_looks() -> None:
    def run(seed: int) -> list[tuple[float, list[list[float]]]]:
        seen = looks(
            [standing(PLACE, 5, 60)],
            DISTURBANCES["all"],
            length_s=80,
            looks_per_s=1,
            seed=seed,
        )
        return [(look.at, look.detections.xyxy.tolist()) for look in seen]

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_what_stands_behind_a_bus_is_not_seen() -> None:
    seen = looks(
        [standing(PLACE, 0, 300)],
        DISTURBANCES["occlusion"],
        length_s=200,
        looks_per_s=1,
        seed=0,
    )
    place = np.array([PLACE], np.float32)
    hidden = [look.at for look in seen if iou(look.detections.xyxy, place).max(initial=0) < 0.5]
    assert hidden
    assert 119 < min(hidden) < 122
    assert 138 < max(hidden) < 141


@pytest.mark.parametrize("disturbance", ["none", "class flips", "occlusion", "traffic", "outage"])
def test_a_parked_car_is_one_incident_through_a_restart(disturbance: str) -> None:
    outcome = simulate(
        "parked 15 min", disturbance, looks_per_s=1.0, seeds=[1], on_seed=lambda: None
    )
    assert outcome.incidents == (1,)


def test_short_stops_are_none() -> None:
    outcome = simulate("short stops", "none", looks_per_s=1.0, seeds=[1], on_seed=lambda: None)
    assert outcome.incidents == (0,)


@pytest.mark.parametrize(
    ("scene", "disturbance", "incidents"),
    [
        pytest.param("parked 15 min", "all", 1, id="a car for 15 minutes, all at once"),
        pytest.param("two after each other", "all", 2, id="two cars after each other"),
        pytest.param("creeping queue", "traffic", 0, id="a creeping queue behind traffic"),
        pytest.param("short stops", "all", 0, id="short stops"),
    ],
)
def test_one_look_in_five_seconds_tells_what_stands_from_what_does_not(
    scene: str, disturbance: str, incidents: int
) -> None:
    outcome = simulate(
        scene, disturbance, looks_per_s=0.2, seeds=[1000, 1001], on_seed=lambda: None
    )
    assert outcome.incidents == (incidents, incidents)
