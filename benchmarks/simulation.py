"""Presence measured on simulated looks: is each stay one incident, whatever disturbs the seeing?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from streetwatch.benchmarks.written_later import WrittenLater
from streetwatch.datasets.simulate import (
    DISTURBANCES,
    PLACE,
    Actor,
    creeping,
    looks,
    passing,
    standing,
)
from streetwatch.models.intervals import wilson
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.replay import replay
from streetwatch.service.runtime.recorded import Restart
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Look, Seconds
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

LENGTH_S: Seconds = 1100.0
RESTART_AT: Seconds = 450.0
_DWELL_S: Seconds = 60.0

NONE_DONE: Mapping[int, int] = MappingProxyType({})

_CARRIAGEWAY = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there, and how many incidents that is."""

    actors: tuple[Actor, ...]
    incidents: int


SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        "parked 15 min": Scene((standing(PLACE, 20.0, 920.0),), 1),
        "two after each other": Scene(
            (standing(PLACE, 20.0, 350.0), standing(PLACE, 358.0, 900.0)), 2
        ),
        "short stops": Scene(
            tuple(standing(PLACE, start, start + 40.0) for start in (20.0, 300.0, 800.0)), 0
        ),
        "creeping queue": Scene(
            tuple(
                creeping(PLACE, 20.0 + 30.0 * car, step_px=100.0, every_s=25.0, steps=5)
                for car in range(6)
            ),
            0,
        ),
        "passing only": Scene(
            tuple(passing(10.0 + 7.0 * car, seconds=4.0, y=190.0) for car in range(140)), 0
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is run with each seed."""

    scene: str
    disturbance: str
    looks_per_s: float
    pictures: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often a scene gave the right number of incidents under one disturbance.

    Attributes:
        trial: What was run.
        incidents: How many it gave, by seed.
    """

    trial: Trial
    incidents: Mapping[int, int]

    def line(self) -> dict[str, object]:
        """Return the outcome for JSON."""
        expected = SCENES[self.trial.scene].incidents
        wrong = sorted(seed for seed, count in self.incidents.items() if count != expected)
        n = len(self.incidents)
        right = n - len(wrong)
        low, high = wilson(right, n)
        return {
            **asdict(self.trial),
            "first_seed": min(self.incidents, default=None),
            "seeds": n,
            "right": right,
            "right_ci": [round(low, 3), round(high, 3)],
            "expected": expected,
            "incidents_min": min(self.incidents.values(), default=0),
            "incidents_max": max(self.incidents.values(), default=0),
            "wrong_seeds": wrong,
        }


def simulate(
    trial: Trial,
    seeds: Sequence[int],
    *,
    done: Mapping[int, int] = NONE_DONE,
    on_run: Callable[[int, int], None] = lambda *_: None,
) -> Outcome:
    """Run a scene with each seed, with a restart in the middle, and count its incidents.

    Args:
        trial: What is run.
        seeds: Each is a camera of its own.
        done: Incidents of seeds that need no run.
        on_run: Told of each run: its seed, and how many incidents it gave.
    """
    counts = {}
    with closing(open_store("sqlite://")) as opened:
        store = WrittenLater(opened)
        for seed in seeds:
            if seed in done:
                counts[seed] = done[seed]
                continue
            filed = replay(
                steps(trial, seed), watched=watched_street(seed), store=store, epoch=None
            )
            counts[seed] = len(filed)
            on_run(seed, len(filed))
    return Outcome(trial, counts)


def steps(trial: Trial, seed: int) -> Iterator[Look | Restart]:
    """Yield the looks at a scene, with a restart in the middle."""
    return _with_restart(
        looks(
            SCENES[trial.scene].actors,
            DISTURBANCES[trial.disturbance],
            length_s=LENGTH_S,
            looks_per_s=trial.looks_per_s,
            seed=seed,
            pictures=trial.pictures,
        )
    )


def _with_restart(seen: Iterator[Look]) -> Iterator[Look | Restart]:
    restarted = False
    for look in seen:
        if not restarted and look.at >= RESTART_AT:
            restarted = True
            yield Restart()
        yield look


def watched_street(seed: int) -> Watched:
    """Return the camera that looks at a scene."""
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=_DWELL_S)
    zone = Zone("carriageway", _CARRIAGEWAY, rules=(rule,))
    return Watched(Site(f"simulated-{seed}", "simulated", None), (zone,), "simulated")
