"""Cut-outs of stalls, heaps of bags and cars in many views and lights, to train on.

`python -m streetwatch.datasets.demo.sprites OUT [--kind stall bags car] [--count N] [--seed N]`
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
from streetwatch.datasets.demo.meshes import Paint, Part, box
from streetwatch.datasets.demo.stall import stall

_SIDE_PX = 512


def _heap(rng: np.random.Generator) -> list[Part]:
    bags = int(rng.integers(3, 10))
    return heap(rng, bags, cartons=int(rng.integers(0, 3)), litter=int(rng.integers(0, 7)))


_KINDS: dict[str, tuple[Callable[[np.random.Generator], list[Part]], float]] = {
    "stall": (stall, 5.0),
    "bags": (_heap, 4.0),
    "car": (car, 7.0),
}


def _view(rng: np.random.Generator, metres: float) -> View:
    """A camera on a pole that sees `metres` across at the object."""
    height, away, bearing = rng.uniform(2.5, 8), rng.uniform(8, 20), rng.uniform(0, 2 * np.pi)
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
