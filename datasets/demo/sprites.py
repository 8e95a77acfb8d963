"""Cut-outs of stalls, heaps and cars, and of what is mistaken for them, in many views and lights.

`python -m streetwatch.datasets.demo.sprites OUT [--kind KIND...] [--count N] [--seed N]`
in the environment of render-requirements.txt. Each PNG (RGBA, with its shadow) has a JSON
beside it: `box` is the object alone, in pixels of the PNG.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from streetwatch.datasets.demo import cutouts, stage
from streetwatch.datasets.demo.camera import View
from streetwatch.datasets.demo.car import car
from streetwatch.datasets.demo.garbage import heap
from streetwatch.datasets.demo.meshes import Paint, Part, box, moved_parts
from streetwatch.datasets.demo.person import Look, Pose, person
from streetwatch.datasets.demo.spread import (
    cafe_seats,
    clothes_rack,
    empty_tricycle,
    ground_sheet,
    tent,
)
from streetwatch.datasets.demo.stall import CANOPY_COLOURS, colour, stall

_SIDE_PX = 512


def _heap(rng: np.random.Generator) -> list[Part]:
    bags = int(rng.integers(3, 10))
    return heap(rng, bags, cartons=int(rng.integers(0, 3)), litter=int(rng.integers(0, 7)))


def _person(rng: np.random.Generator) -> list[Part]:
    look = Look(
        shirt=colour(rng, CANOPY_COLOURS),
        trousers=colour(rng, ((0.03, 0.04, 0.08), (0.2, 0.18, 0.14), (0.02, 0.02, 0.02))),
        straw_hat=bool(rng.uniform() < 0.2),
        long_hair=bool(rng.uniform() < 0.4),
        build=float(rng.uniform(0.9, 1.2)),
    )
    pose = Pose(
        stride=float(rng.uniform()),
        swing=float(rng.uniform(0, 0.5)),
        elbows=float(rng.uniform(0.1, 1.2)),
        reach=float(rng.uniform(0, 0.8)),
        head_turn=float(rng.normal(0, 0.5)),
    )
    return moved_parts(person(look, pose), turn=float(rng.uniform(0, 2 * np.pi)))


def _turned(build: Callable[[np.random.Generator], list[Part]]) -> Callable[..., list[Part]]:
    return lambda rng: moved_parts(build(rng), turn=float(rng.normal(0, 0.5)))


#: Builder and how many metres the view is wide, by the kind's name.
_KINDS: dict[str, tuple[Callable[[np.random.Generator], list[Part]], float]] = {
    "stall": (stall, 5.0),
    "bags": (_heap, 4.0),
    "car": (car, 7.0),
    "sheet": (ground_sheet, 4.0),
    "rack": (_turned(clothes_rack), 4.5),
    "tent": (_turned(tent), 6.0),
    "person": (_person, 3.0),
    "cafe": (cafe_seats, 5.0),
    "cargo": (empty_tricycle, 4.5),
}


def _view(rng: np.random.Generator, metres: float) -> View:
    """A camera on a pole that sees `metres` across at the object."""
    height, away, bearing = rng.uniform(1.6, 8), rng.uniform(7, 20), rng.uniform(0, 2 * np.pi)
    at = (away * np.sin(bearing), -away * np.cos(bearing), height)
    across = 2 * np.degrees(np.arctan(metres / 2 / np.hypot(away, height)))
    return View(at, (0, 0, 0.6), float(across), _SIDE_PX, _SIDE_PX)


def _light(rng: np.random.Generator) -> stage.Light:
    """From bare sun to a dull day."""
    dull = rng.uniform() < 0.35
    return stage.Light(
        elevation=float(rng.uniform(20, 65)),
        azimuth=float(rng.uniform(0, 360)),
        sun=float(rng.uniform(0.2, 0.6) if dull else rng.uniform(2, 4)),
        sky=float(rng.uniform(0.9, 1.5) if dull else rng.uniform(0.5, 1.0)),
        softness=float(rng.uniform(1, 12)),
    )


def make(kind: str, seed: int, folder: Path) -> None:
    """Renders one cut-out."""
    rng = np.random.default_rng([seed, *kind.encode()])
    build, metres = _KINDS[kind]
    stage.clear(_light(rng), _view(rng, metres))
    ground = Part(box((60, 60, 0.02), (0, 0, -0.02)), Paint((0.2, 0.2, 0.2), 0.9))
    stage.place([ground], catcher=True)
    turned = build(rng)
    stage.place(turned)
    path = folder / f"{kind}_{seed:03d}.png"
    found = stage.take(path, samples=16, crop=(0, 0, 1, 1))
    if found is None:
        raise ValueError(f"{path}: the object is not in the picture; widen the view")
    x1, y1, x2, y2 = found.box
    left, top = found.left, found.top
    local = replace(found, left=0, top=0, box=(x1 - left, y1 - top, x2 - left, y2 - top))
    cutouts.save(local, path, kind=kind, seed=seed)


def main() -> None:
    """Renders `--count` cut-outs of every kind asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kind", nargs="+", choices=list(_KINDS), default=list(_KINDS))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for seed in range(asked.seed, asked.seed + asked.count):
        for kind in asked.kind:
            make(kind, seed, asked.out)


if __name__ == "__main__":
    main()
