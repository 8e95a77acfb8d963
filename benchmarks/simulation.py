"""Presence measured on simulated looks: is each stay one incident, whatever disturbs the seeing?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

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
class Outcome:
    """How often a scene gave the right number of incidents under one disturbance."""

    scene: str
    disturbance: str
    looks_per_s: float
    pictures: bool
    first_seed: int
    seeds: int
    right: int
    incidents: tuple[int, ...]

    def line(self) -> dict[str, object]:
        """Return the outcome for JSON."""
        low, high = wilson(self.right, self.seeds)
        return {
            "scene": self.scene,
            "disturbance": self.disturbance,
            "looks_per_s": self.looks_per_s,
            "pictures": self.pictures,
            "first_seed": self.first_seed,
            "seeds": self.seeds,
            "right": self.right,
            "right_ci": [round(low, 3), round(high, 3)],
            "expected": SCENES[self.scene].incidents,
            "incidents_min": min(self.incidents, default=0),
            "incidents_max": max(self.incidents, default=0),
        }


def simulate(  # noqa: PLR0913 -- a run and how it is told of
    scene: str,
    disturbance: str,
    *,
    looks_per_s: float,
    seeds: Sequence[int],
    pictures: bool = True,
    on_seed: Callable[[], None],
) -> Outcome:
    """Run a scene with each seed, with a restart in the middle, and count its incidents."""
    counts = []
    store = open_store("sqlite://")  # one for all: each seed is a camera of its own
    for seed in seeds:
        steps = _with_restart(
            looks(
                SCENES[scene].actors,
                DISTURBANCES[disturbance],
                length_s=LENGTH_S,
                looks_per_s=looks_per_s,
                seed=seed,
                pictures=pictures,
            )
        )
        filed = replay(steps, watched=_watched(seed), store=store, epoch=None)
        counts.append(len(filed))
        on_seed()
    right = sum(count == SCENES[scene].incidents for count in counts)
    return Outcome(
        scene, disturbance, looks_per_s, pictures, seeds[0], len(counts), right, tuple(counts)
    )


def _with_restart(seen: Iterator[Look]) -> Iterator[Look | Restart]:
    restarted = False
    for look in seen:
        if not restarted and look.at >= RESTART_AT:
            restarted = True
            yield Restart()
        yield look


def _watched(seed: int) -> Watched:
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=_DWELL_S)
    zone = Zone("carriageway", _CARRIAGEWAY, rules=(rule,))
    return Watched(Site(f"simulated-{seed}", "simulated", None), (zone,), "simulated")
