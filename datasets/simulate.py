"""Simulated looks: what a detector would say of a street, without a picture and with its faults.

Actors stand and pass; disturbances take their boxes away, shift them and change their labels. The
same seed gives the same looks. Used to measure presence over thousands of hours in minutes.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look, Seconds

SIZE = (640, 360)

#: Where the car of the scenarios stands, pixels.
PLACE: Box = (300.0, 180.0, 420.0, 260.0)

_VEHICLES = ("car", "truck", "bus")


@dataclass(frozen=True, slots=True)
class Actor:
    """Something that is in the picture for a time.

    Attributes:
        label: What it is.
        box_at: Where it is at a time, pixels; None while it is not there.
    """

    label: str
    box_at: Callable[[Seconds], Box | None]


@dataclass(frozen=True, slots=True)
class Disturbances:
    """What makes seeing hard.

    Attributes:
        missed: Share of looks in which an object is not detected.
        flips: Share of looks in which a vehicle is taken for another kind of vehicle.
        jitter: Standard deviation of a box's sides, as a share of its size.
        occluded_every_s: A bus stands before everything for `occluded_for_s` so often; 0: never.
        occluded_for_s: How long.
        traffic_every_s: A car passes before the place so often; 0: never.
        outage: From when to when no look comes; None: none.
        unevenness: Looks come this share earlier or later than their interval.
    """

    missed: float = 0.0
    flips: float = 0.0
    jitter: float = 0.01
    occluded_every_s: Seconds = 0.0
    occluded_for_s: Seconds = 20.0
    traffic_every_s: Seconds = 0.0
    outage: tuple[Seconds, Seconds] | None = None
    unevenness: float = 0.1


def standing(box: Box, start: Seconds, end: Seconds, label: str = "car") -> Actor:
    """Return an object that stands from `start` to `end`."""
    return Actor(label, lambda t: box if start <= t <= end else None)


def creeping(box: Box, start: Seconds, *, step_px: float, every_s: Seconds, steps: int) -> Actor:
    """Return a car in a queue: it stands for `every_s`, then moves up by `step_px`."""

    def at(t: Seconds) -> Box | None:
        moved = math.floor((t - start) / every_s)
        return _shifted(box, moved * step_px) if 0 <= moved < steps else None

    return Actor("car", at)


def passing(start: Seconds, *, seconds: Seconds, y: float, label: str = "car") -> Actor:
    """Return a vehicle that drives through the picture from left to right."""
    width, height = (120.0, 80.0) if label == "car" else (240.0, 150.0)

    def at(t: Seconds) -> Box | None:
        share = (t - start) / seconds
        if not 0 <= share <= 1:
            return None
        x = -width + share * (SIZE[0] + width)
        return (x, y, x + width, y + height)

    return Actor(label, at)


def looks(
    actors: Sequence[Actor],
    disturbances: Disturbances,
    *,
    length_s: Seconds,
    looks_per_s: float,
    seed: int,
) -> Iterator[Look]:
    """Yield the looks at a scene from second 0 to `length_s`."""
    chance = np.random.default_rng(seed)
    everyone = [*actors, *_traffic(disturbances, length_s, chance)]
    interval = 1 / looks_per_s
    at = 0.0
    while at <= length_s:
        if not _within(disturbances.outage, at):
            yield Look(at, SIZE, _seen(everyone, disturbances, at, chance))
        at += interval * (1 + chance.uniform(-1, 1) * disturbances.unevenness)


def _within(span: tuple[Seconds, Seconds] | None, at: Seconds) -> bool:
    return span is not None and span[0] <= at <= span[1]


def _traffic(
    disturbances: Disturbances, length_s: Seconds, chance: np.random.Generator
) -> list[Actor]:
    """Return cars that pass before the place, and the bus that stands before it now and then."""
    made: list[Actor] = []
    at = 0.0
    while disturbances.traffic_every_s and at < length_s:
        at += float(chance.exponential(disturbances.traffic_every_s))
        made.append(passing(at, seconds=float(chance.uniform(2, 6)), y=PLACE[1] + 40))
    every = disturbances.occluded_every_s
    starts = np.arange(every, length_s, every) if every else ()
    bus = (PLACE[0] - 60, PLACE[1] - 60, PLACE[2] + 80, PLACE[3] + 60)
    length = disturbances.occluded_for_s
    return [*made, *(standing(bus, start, start + length, "bus") for start in map(float, starts))]


def _seen(
    actors: Sequence[Actor],
    disturbances: Disturbances,
    at: Seconds,
    chance: np.random.Generator,
) -> Detections:
    present = [(actor, box) for actor in actors if (box := actor.box_at(at)) and _visible(box)]
    nearest_first = sorted(present, key=lambda one: -one[1][3])
    rows: list[tuple[Box, float, str]] = []
    for number, (actor, box) in enumerate(nearest_first):
        hidden = any(_covers(other, box) for _, other in nearest_first[:number])
        if hidden or chance.random() < disturbances.missed:
            continue
        flipped = chance.random() < disturbances.flips
        label = str(chance.choice(_VEHICLES)) if flipped else actor.label
        rows.append((_jittered(box, disturbances.jitter, chance), chance.uniform(0.4, 0.9), label))
    if not rows:
        return Detections.empty()
    return Detections(
        np.array([box for box, _, _ in rows], np.float32),
        np.array([confidence for _, confidence, _ in rows], np.float32),
        np.array([CLASS_ID[label] for _, _, label in rows], np.int64),
    )


def _visible(box: Box) -> bool:
    return box[2] > 0 and box[0] < SIZE[0]


def _covers(front: Box, box: Box) -> bool:
    """Tell whether an object in front leaves too little of another to be seen."""
    width = min(front[2], box[2]) - max(front[0], box[0])
    height = min(front[3], box[3]) - max(front[1], box[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(width, 0.0) * max(height, 0.0) > 0.6 * area


def _jittered(box: Box, share: float, chance: np.random.Generator) -> Box:
    width, height = box[2] - box[0], box[3] - box[1]
    x1, y1, x2, y2 = (
        np.array(box) + chance.normal(0, share, 4) * (width, height, width, height)
    ).tolist()
    return x1, y1, x2, y2


def _shifted(box: Box, right: float) -> Box:
    return box[0] + right, box[1], box[2] + right, box[3]


#: The disturbances by name; `all` has every one of them at once.
DISTURBANCES: dict[str, Disturbances] = {
    "none": Disturbances(),
    "missed 15 %": Disturbances(missed=0.15),
    "missed 40 %": Disturbances(missed=0.40),
    "class flips": Disturbances(flips=0.5),
    "occlusion": Disturbances(occluded_every_s=120.0),
    "traffic": Disturbances(traffic_every_s=4.0),
    "outage": Disturbances(outage=(400.0, 700.0)),
    "jitter": Disturbances(jitter=0.05),
    "uneven looks": Disturbances(unevenness=0.9),
}
DISTURBANCES["all"] = replace(
    DISTURBANCES["occlusion"],
    missed=0.25,
    flips=0.3,
    jitter=0.02,
    traffic_every_s=6.0,
    outage=(400.0, 700.0),
    unevenness=0.5,
)
