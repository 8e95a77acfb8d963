"""Renders the demo street: the empty street once, then a cut-out of every actor.

The clip is rebuilt with two commands, from the repository root, in a Python 3.11 environment
with datasets/demo/render-requirements.txt (`export PYTHONPATH=src PYTHONSAFEPATH=1`):

    python -m streetwatch.datasets.demo.scene /tmp/demo-street
    python -m streetwatch.datasets.demo.compose_clip /tmp/demo-street datasets/demo

What is already in the folder is kept, so that a stopped run goes on; some 30 minutes on two
cores.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from streetwatch.datasets.demo import cutouts, stage, street, timeline
from streetwatch.datasets.demo.car import car
from streetwatch.datasets.demo.garbage import heap_in_pieces
from streetwatch.datasets.demo.meshes import Part, moved_parts
from streetwatch.datasets.demo.person import Look, Pose, person
from streetwatch.datasets.demo.stall import stall
from streetwatch.datasets.demo.timeline import Leg, Spot

SEED = 2026
LIGHT = stage.Light(elevation=44, azimuth=238, sun=4.3, sky=1.0, softness=3, exposure=0.25)
STEP_S = 0.2
"""Moving actors are rendered this often; between, the clip shifts and scales the picture."""
Crop = tuple[float, float, float, float]
_SHADOW = np.array([1.05, 0.75])
"""How far a metre of height throws its shadow over the ground, along x and y."""
_STALL_SCALE, _HANDLE_M = 1.2, 2.1
VENDOR = Look(shirt=(0.50, 0.06, 0.05), apron=(0.05, 0.09, 0.28), straw_hat=True, build=1.05)
RESIDENT = Look(shirt=(0.10, 0.22, 0.32), trousers=(0.12, 0.10, 0.08), long_hair=True)
CLEANER = Look(shirt=(0.75, 0.22, 0.02), trousers=(0.75, 0.22, 0.02), shoes=(0.05, 0.05, 0.05))
STROLLER = Look(shirt=(0.55, 0.55, 0.52), trousers=(0.03, 0.05, 0.12))
VENDOR_POSES = (
    Pose(elbows=0.9, reach=0.3),
    Pose(elbows=0.9, reach=0.3, head_turn=0.6),
    Pose(elbows=1.0, reach=0.4, head_turn=-0.4),
    Pose(elbows=0.7, reach=0.2, head_turn=0.2),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One cut-out to take: its file's stem and what stands where."""

    name: str
    build: Callable[[], list[Part]]


def stem(actor: str, clip_s: float) -> str:
    """The file's stem of an actor at a second of the clip."""
    return f"{actor}_{round(clip_s * 10):04d}"


def times(leg: Leg) -> list[float]:
    """The seconds at which an actor on that leg is rendered."""
    count = round((leg.end - leg.start) / STEP_S)
    return [round(leg.start + index * STEP_S, 3) for index in range(count + 1)]


def _standing(parts: list[Part], spot: Spot, turn: float, ground_m: float) -> list[Part]:
    return moved_parts(parts, (*spot, ground_m), turn)


def _driven(actor: str, leg: Leg, parts: list[Part]) -> Iterator[Shot]:
    for clip_s in times(leg):

        def build(clip_s: float = clip_s) -> list[Part]:
            return _standing(parts, leg.at(clip_s), leg.heading(clip_s), 0.0)

        yield Shot(stem(actor, clip_s), build)


def _walking(look: Look, leg: Leg, clip_s: float, *, reach: float = 0.0) -> list[Part]:
    """A figure in the stride that fits its pace (a double step of 1.45 m)."""
    pace = sum(np.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(leg.spots))
    walked = pace * leg.ease((clip_s - leg.start) / (leg.end - leg.start))
    elbows = 0.25 + 0.9 * reach
    pose = Pose(stride=walked / 1.45, swing=0.42, elbows=elbows, reach=reach)
    return moved_parts(person(look, pose), turn=leg.heading(clip_s) + np.pi)


def _walks(actor: str, look: Look, leg: Leg) -> Iterator[Shot]:
    for clip_s in times(leg):

        def build(clip_s: float = clip_s) -> list[Part]:
            figure = _walking(look, leg, clip_s)
            return moved_parts(figure, (*leg.at(clip_s), timeline.PAVEMENT_M))

        yield Shot(stem(actor, clip_s), build)


def _stall_parts() -> list[Part]:
    return moved_parts(stall(np.random.default_rng(22), "cart"), scale=_STALL_SCALE)


def _pushes(leg: Leg) -> Iterator[Shot]:
    """The stall with its vendor behind the handle, pushing one way, pulling the other."""
    parts = _stall_parts()
    for clip_s in times(leg):

        def build(clip_s: float = clip_s) -> list[Part]:
            cart = moved_parts(parts, turn=timeline.STALL_TURN)
            walker = moved_parts(_walking(VENDOR, leg, clip_s, reach=0.5), (-0.05, -_HANDLE_M, 0))
            return moved_parts([*cart, *walker], (*leg.at(clip_s), timeline.PAVEMENT_M))

        yield Shot(stem("pushing", clip_s), build)


def _still() -> Iterator[Shot]:
    """Everything that stands: stall, vendor, helpers, and the heap bag by bag."""

    def standing(name: str, parts: list[Part], spot: Spot, turn: float) -> Shot:
        placed = _standing(parts, spot, turn, timeline.PAVEMENT_M)
        return Shot(name, lambda: placed)

    yield standing("stall", _stall_parts(), timeline.STALL_SPOT, timeline.STALL_TURN)
    for index, pose in enumerate(VENDOR_POSES):
        vendor = person(VENDOR, pose)
        yield standing(f"vendor_{index}", vendor, timeline.VENDOR_SPOT, timeline.VENDOR_TURN)
    bent = Pose(elbows=0.6, reach=0.45)
    for name, look in (("resident", RESIDENT), ("cleaner", CLEANER)):
        yield standing(f"{name}_standing", person(look, bent), timeline.HELPER_SPOT, -0.75)
    pieces = heap_in_pieces(np.random.default_rng(47), 7, cartons=1, litter=3)
    for count in range(1, len(pieces) + 1):
        heap = list(chain(*pieces[:count]))
        yield standing(f"bags_{count:02d}", heap, timeline.HEAP_SPOT, 0.4)


def shots() -> Iterator[Shot]:
    """Every cut-out that the clip needs."""
    rng = np.random.default_rng(SEED)
    yield from _still()
    parked = car(rng, "sedan", (0.12, 0.125, 0.135))
    yield Shot("car", lambda: _standing(parked, timeline.CAR_SPOT, timeline.CAR_TURN, 0.0))
    for leg in timeline.CAR_LEGS:
        yield from _driven("car", leg, parked)
    for leg in timeline.STALL_LEGS:
        yield from _pushes(leg)
    for leg in timeline.VENDOR_LEGS:
        yield from _walks("vendor", VENDOR, leg)
    for leg in timeline.RESIDENT_LEGS:
        yield from _walks("resident", RESIDENT, leg)
    for leg in timeline.CLEANER_LEGS:
        yield from _walks("cleaner", CLEANER, leg)
    passing = (car(rng, "suv", (0.02, 0.045, 0.16)), car(rng, "sedan", (0.30, 0.02, 0.02)))
    for leg, parts in zip(timeline.PASSING_LEGS, passing, strict=True):
        yield from _driven("passing", leg, parts)
    for leg in timeline.STROLL_LEGS:
        yield from _walks("stroller", STROLLER, leg)


def _crop(parts: Sequence[Part]) -> Crop | None:
    """The part of the picture that holds the objects and their shadows."""
    points = np.concatenate([part.mesh.points for part in parts])
    shadow = points.copy()
    shadow[:, :2] += np.maximum(points[:, 2:], 0) * _SHADOW
    shadow[:, 2] = 0
    seen = timeline.VIEW.project(np.concatenate([points, shadow]))
    seen = seen[seen[:, 2] > 1.0]
    if not len(seen):
        return None
    size = np.array([timeline.VIEW.width, timeline.VIEW.height])
    low, high = (seen[:, :2].min(axis=0) - 6) // 2 * 2, (seen[:, :2].max(axis=0) + 8) // 2 * 2
    low, high = np.clip(low, 0, size) / size, np.clip(high, 0, size) / size
    if (high - low).min() < 0.004:
        return None
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _set_up(*, catcher: bool) -> None:
    stage.clear(LIGHT, timeline.VIEW)
    parts, signs = street.street(5)
    stage.place(parts if not catcher else _near(parts), catcher=catcher)
    for sign in signs:
        stage.write(sign, catcher=catcher)


def _near(parts: list[Part]) -> list[Part]:
    """What can shade an actor, hide it or be mirrored in it; the rest only costs time."""
    return [
        part
        for part in parts
        if part.mesh.points[:, 1].min() < 40 and part.mesh.points[:, 0].max() > -9.8
    ]


def _take(shot: Shot, out: Path, samples: int) -> None:
    target = out / f"{shot.name}.png"
    if target.exists():
        return
    parts = shot.build()
    crop = _crop(parts)
    if crop is None:
        return
    objects = stage.place(parts)
    found = stage.take(out / f"work-{shot.name}.png", samples=samples, crop=crop)
    stage.remove(objects)
    if found is not None:
        cutouts.save(found, target)


def main() -> None:
    """Renders what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--only", default="", help="only cut-outs whose name starts so")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    background = asked.out / "street.png"
    if not background.exists():
        _set_up(catcher=False)
        stage.show_sky()
        stage.shoot(background, samples=96, crop=(0, 0, 1, 1))
    _set_up(catcher=True)
    for shot in shots():
        if shot.name.startswith(asked.only):
            _take(shot, asked.out, asked.samples)


if __name__ == "__main__":
    main()
