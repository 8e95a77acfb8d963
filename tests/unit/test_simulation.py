"""Simulated looks repeat with their seed, and presence makes one incident of a parked car."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from streetwatch.benchmarks.simulation import Trial, simulate, steps, watched_street
from streetwatch.benchmarks.simulation_runs import kept_runs
from streetwatch.benchmarks.simulation_table import read_outcomes, simulation_tables
from streetwatch.benchmarks.written_later import WrittenLater
from streetwatch.datasets.simulate import DISTURBANCES, PLACE, looks, standing
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.service.replay import replay
from streetwatch.service.store.sql_store import open_store
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
    outcome = simulate(Trial("parked 15 min", disturbance, 1.0), [1])
    assert outcome.incidents == {1: 1}


def test_short_stops_are_none() -> None:
    outcome = simulate(Trial("short stops", "none", 1.0), [1])
    assert outcome.incidents == {1: 0}


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
    outcome = simulate(Trial(scene, disturbance, 0.2), [1000, 1001])
    assert outcome.incidents == {1000: incidents, 1001: incidents}


def test_what_was_run_is_not_run_again(tmp_path: Path) -> None:
    trial, path = Trial("short stops", "none", 0.2), tmp_path / "runs.jsonl"

    def run(seeds: range) -> list[int]:
        ran = []
        with kept_runs(path) as kept:

            def note(seed: int, incidents: int) -> None:
                ran.append(seed)
                kept.add(trial, seed, incidents)

            outcome = simulate(trial, seeds, done=kept.of(trial), on_run=note)
        assert outcome.incidents == dict.fromkeys(seeds, 0)
        return ran

    assert run(range(2)) == [0, 1]
    assert run(range(3)) == [2]


def test_what_is_written_later_is_the_same() -> None:
    trial, watched = Trial("two after each other", "all", 0.2), watched_street(7)
    with closing(open_store("sqlite://")) as plain, closing(open_store("sqlite://")) as waiting:
        later, camera = WrittenLater(waiting), watched.site.camera_id
        for store in (plain, later):
            replay(steps(trial, 7), watched=watched, store=store, epoch=None)
        assert later.incidents() == plain.incidents()
        assert later.presence(camera) == plain.presence(camera)


def test_a_line_that_is_no_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text('{"scene": "short stops"}\n')
    with (
        pytest.raises(DatasetError, match=r"runs\.jsonl:1: no run of a simulation"),
        kept_runs(path),
    ):
        pass


def test_outcomes_are_a_table_for_each_scene(tmp_path: Path) -> None:
    path = tmp_path / "simulation.jsonl"
    trials = [Trial("short stops", under, 0.2) for under in ("none", "jitter")]
    lines = [simulate(trial, [], done={}).line() for trial in trials]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    title, _, head, _, none, jitter = simulation_tables(read_outcomes(path)).splitlines()
    assert title == "### short stops: 0 expected"
    assert head == "| disturbance | right at 0.2 looks/s (Wilson 95 %) |"
    assert none.startswith("| none | 0 of 0 ")
    assert jitter.startswith("| jitter | 0 of 0 ")
