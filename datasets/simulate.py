"""Simulated looks: what a detector would say of a street, with its faults, and a drawn small view.

Actors stand and pass; disturbances take their boxes away, shift them and change their labels. The
same seed gives the same looks. Used to measure presence over thousands of hours in minutes.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look, Seconds, View

SIZE = (640, 360)

#: Of the views that go with the looks.
VIEW_SIZE = (160, 90)

_NOISE = 4.0  # grey levels
_HEADLIGHTS_S: Seconds = 2.0

#: Where the car of the scenarios stands, pixels.
PLACE: Box = (300.0, 180.0, 420.0, 260.0)

_VEHICLES = ("car", "truck", "bus")


@dataclass(frozen=True, slots=True)
class Actor:
    """Something that is in the picture for a time.

    Attributes:
        label: What it is.
        box_at: Where it is at a time, pixels; None while it is not there.
        start: It is not there before ...
        end: ... nor later.
    """

    label: str
    box_at: Callable[[Seconds], Box | None]
    start: Seconds
    end: Seconds


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """An actor's box at one time, and its paint."""

    actor: Actor
    box: Box
    paint: View


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
        light_period_s: It gets darker and lighter again in so long, to a third; 0: never.
        headlights_every_s: A beam sweeps over half the picture for 2 s so often; 0: never.
    """

    missed: float = 0.0
    flips: float = 0.0
    jitter: float = 0.01
    occluded_every_s: Seconds = 0.0
    occluded_for_s: Seconds = 20.0
    traffic_every_s: Seconds = 0.0
    outage: tuple[Seconds, Seconds] | None = None
    unevenness: float = 0.1
    light_period_s: Seconds = 0.0
    headlights_every_s: Seconds = 0.0


def standing(box: Box, start: Seconds, end: Seconds, label: str = "car") -> Actor:
    """Return an object that stands from `start` to `end`."""
    return Actor(label, lambda t: box if start <= t <= end else None, start, end)


def creeping(box: Box, start: Seconds, *, step_px: float, every_s: Seconds, steps: int) -> Actor:
    """Return a car in a queue: it stands for `every_s`, then moves up by `step_px`."""

    def at(t: Seconds) -> Box | None:
        moved = math.floor((t - start) / every_s)
        return _shifted(box, moved * step_px) if 0 <= moved < steps else None

    return Actor("car", at, start, start + steps * every_s)


def passing(start: Seconds, *, seconds: Seconds, y: float, label: str = "car") -> Actor:
    """Return a vehicle that drives through the picture from left to right."""
    width, height = (120.0, 80.0) if label == "car" else (240.0, 150.0)

    def at(t: Seconds) -> Box | None:
        share = (t - start) / seconds
        if not 0 <= share <= 1:
            return None
        x = -width + share * (SIZE[0] + width)
        return (x, y, x + width, y + height)

    return Actor(label, at, start, start + seconds)


def looks(  # noqa: PLR0913 -- a scene, what disturbs it, and how it is looked at
    actors: Sequence[Actor],
    disturbances: Disturbances,
    *,
    length_s: Seconds,
    looks_per_s: float,
    seed: int,
    pictures: bool = True,
    start: Seconds = 0.0,
) -> Iterator[Look]:
    """Yield the looks at a scene from `start` on, for `length_s`.

    Args:
        actors: Who is there.
        disturbances: What makes seeing them hard.
        length_s: Of the recording.
        looks_per_s: On the average.
        seed: Of everything random.
        pictures: Give each look a view, as a camera does; without, it has boxes only.
        start: When the first look is.
    """
    chance = np.random.default_rng(seed)
    end = start + length_s
    everyone = [*actors, *_traffic(disturbances, start, end, chance)]
    paints = _Paints(seed)
    street = _texture(np.random.default_rng((seed, 10**6)), (18, 32), VIEW_SIZE)
    interval = 1 / looks_per_s
    at = start
    while at <= end:
        shown = _shown(everyone, paints, at)
        if not _within(disturbances.outage, at):
            seen = _seen(shown, disturbances, chance)
            view = _view(street, shown, disturbances, at, chance) if pictures else None
            yield Look(at, SIZE, seen, view)
        at += interval * (1 + chance.uniform(-1, 1) * disturbances.unevenness)


def _shown(actors: Sequence[Actor], paints: "_Paints", at: Seconds) -> list[_Shown]:
    """Return who is in the picture, the nearest first."""
    present = [
        _Shown(actor, box, paints[number])
        for number, actor in enumerate(actors)
        if actor.start <= at <= actor.end and (box := actor.box_at(at)) and _visible(box)
    ]
    return sorted(present, key=lambda one: -one.box[3])


class _Paints(dict[int, View]):
    """What each actor looks like, by its number: as much like all others as its own."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self._common = _texture(np.random.default_rng(0), (6, 8), (48, 32)).astype(np.float32)

    def __missing__(self, number: int) -> View:
        chance = np.random.default_rng((self._seed, number))
        own = _texture(chance, (6, 8), (48, 32)).astype(np.float32)
        paint: View = np.clip((self._common + own) / 2, 0, 255).astype(np.uint8)
        return self.setdefault(number, paint)


def _texture(chance: np.random.Generator, cells: tuple[int, int], size: tuple[int, int]) -> View:
    """Return random grey cells, (rows, columns), drawn smoothly to a size, (width, height)."""
    coarse = chance.uniform(40, 215, cells).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _view(
    street: View,
    shown: Sequence[_Shown],
    disturbances: Disturbances,
    at: Seconds,
    chance: np.random.Generator,
) -> View:
    """Draw the street and who is on it, the farthest first, with light and noise."""
    canvas = street.astype(np.float32)
    scale = VIEW_SIZE[0] / SIZE[0]
    for one in reversed(shown):
        _draw(canvas, one.paint, [round(side * scale) for side in one.box])
    if disturbances.light_period_s:
        canvas *= 2 / 3 + math.cos(2 * math.pi * at / disturbances.light_period_s) / 3
    if disturbances.headlights_every_s and at % disturbances.headlights_every_s < _HEADLIGHTS_S:
        canvas[:, : VIEW_SIZE[0] // 2] += np.linspace(0, 90, VIEW_SIZE[0] // 2, dtype=np.float32)
    canvas += _NOISE * chance.standard_normal(canvas.shape)
    return np.clip(canvas, 0, 255, out=canvas).astype(np.uint8)


def _draw(canvas: npt.NDArray[np.float32], paint: View, box: Sequence[int]) -> None:
    x1, y1, x2, y2 = box
    whole = cv2.resize(paint, (max(x2 - x1, 1), max(y2 - y1, 1)))
    left, top = max(x1, 0), max(y1, 0)
    part = canvas[top : max(y2, 0), left : max(x2, 0)]
    part[:] = whole[top - y1 :, left - x1 :][: part.shape[0], : part.shape[1]]


def _within(span: tuple[Seconds, Seconds] | None, at: Seconds) -> bool:
    return span is not None and span[0] <= at <= span[1]


def _traffic(
    disturbances: Disturbances, start: Seconds, end: Seconds, chance: np.random.Generator
) -> list[Actor]:
    """Return cars that pass before the place, and the bus that stands before it now and then."""
    made: list[Actor] = []
    at = start
    while disturbances.traffic_every_s and at < end:
        at += float(chance.exponential(disturbances.traffic_every_s))
        made.append(passing(at, seconds=float(chance.uniform(2, 6)), y=PLACE[1] + 40))
    every = disturbances.occluded_every_s
    starts = np.arange(start + every, end, every) if every else ()
    bus = (PLACE[0] - 60, PLACE[1] - 60, PLACE[2] + 80, PLACE[3] + 60)
    length = disturbances.occluded_for_s
    return [*made, *(standing(bus, begun, begun + length, "bus") for begun in map(float, starts))]


def _seen(
    shown: Sequence[_Shown], disturbances: Disturbances, chance: np.random.Generator
) -> Detections:
    rows: list[tuple[Box, float, str]] = []
    for number, one in enumerate(shown):
        hidden = any(_covers(other.box, one.box) for other in shown[:number])
        if hidden or chance.random() < disturbances.missed:
            continue
        flipped = chance.random() < disturbances.flips
        label = _VEHICLES[chance.choice(len(_VEHICLES))] if flipped else one.actor.label
        box = _jittered(one.box, disturbances.jitter, chance)
        rows.append((box, chance.uniform(0.4, 0.9), label))
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
    left, up, right, down = chance.normal(0, share, 4).tolist()
    return (
        box[0] + left * width,
        box[1] + up * height,
        box[2] + right * width,
        box[3] + down * height,
    )


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
    "light": Disturbances(light_period_s=300.0),
    "headlights": Disturbances(headlights_every_s=20.0),
}
DISTURBANCES["all"] = replace(
    DISTURBANCES["occlusion"],
    missed=0.25,
    flips=0.3,
    jitter=0.02,
    traffic_every_s=6.0,
    outage=(400.0, 700.0),
    unevenness=0.5,
    light_period_s=300.0,
    headlights_every_s=20.0,
)
