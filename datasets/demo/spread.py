"""What else is sold from, and what only looks like it: sheets on the ground, racks, café seats.

Everything stands on z = 0 with its middle at the origin, about 2 m wide.
"""

import numpy as np
from numpy.typing import NDArray

from streetwatch.datasets.demo.meshes import Paint, Part, box, lathe, moved_parts, sheet, tube
from streetwatch.datasets.demo.stall import (
    CANOPY_COLOURS,
    GOODS_COLOURS,
    awning,
    colour,
    crate,
    goods,
    packs,
    parasol,
    tricycle,
)

_STEEL = Paint((0.55, 0.56, 0.58), 0.28, metallic=0.9)
_CLOTH = Paint((0.5, 0.1, 0.1), 0.85, mottle=0.08, mottle_m=0.4, crinkle=0.02, crinkle_m=0.15)


def ground_sheet(rng: np.random.Generator) -> list[Part]:
    """A cloth laid on the pavement with small goods in rows, or crates of fruit; rarely shaded."""
    width, depth = rng.uniform(1.2, 2.6), rng.uniform(0.9, 1.5)
    phase = rng.uniform(0, 6.28, 2)

    def folds(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(0.012 + 0.006 * (np.sin(5 * x + phase[0]) + np.sin(6 * y + phase[1])))

    cloth = _CLOTH.with_rgb(colour(rng, (*CANOPY_COLOURS, (0.6, 0.6, 0.58))))
    parts = [Part(sheet(width, depth, folds), cloth)]
    kind = packs if rng.uniform() < 0.6 else crate
    for x in np.arange(-width / 2 + 0.3, width / 2 - 0.2, 0.5):
        for y in np.arange(-depth / 2 + 0.25, depth / 2 - 0.15, 0.42):
            if rng.uniform() < 0.85:
                parts += moved_parts(kind(rng), (x, y, 0.02), float(rng.normal(0, 0.15)))
    if rng.uniform() < 0.25:
        parts += moved_parts(parasol(rng, 1.2, 2.1), (0, depth / 2, 0))
    return parts


def clothes_rack(rng: np.random.Generator) -> list[Part]:
    """One or two rails of hanging clothes; some beside a small table of goods."""
    parts: list[Part] = []
    for row in range(int(rng.integers(1, 3))):
        parts += moved_parts(
            _rail(rng, rng.uniform(1.2, 2.0)), (0, 0.8 * row, 0), float(rng.normal(0, 0.08))
        )
    if rng.uniform() < 0.4:
        parts += moved_parts(goods(rng, 1.0, 0.7, 0.4), (1.3, -0.2, 0))
        parts.append(Part(box((1.0, 0.7, 0.4), (1.3, -0.2, 0)), _CLOTH))
    return parts


def _rail(rng: np.random.Generator, width: float) -> list[Part]:
    high = rng.uniform(1.4, 1.8)
    ends = (-width / 2, width / 2)
    parts = [Part(tube([(x, 0, 0), (x, 0, high)], 0.018), _STEEL) for x in ends]
    parts += [Part(tube([(x, -0.3, 0.03), (x, 0.3, 0.03)], 0.018), _STEEL) for x in ends]
    parts.append(Part(tube([(ends[0], 0, high), (ends[1], 0, high)], 0.016), _STEEL))
    for x in np.arange(ends[0] + 0.08, ends[1] - 0.05, 0.075):
        drop = rng.uniform(0.5, 1.1)
        worn = _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS + GOODS_COLOURS))
        garment = box((0.05, rng.uniform(0.4, 0.55), drop), (x, 0, high - drop - 0.03))
        parts.append(Part(garment, worn))
    return parts


def tent(rng: np.random.Generator) -> list[Part]:
    """A wide market tent over two tables of goods."""
    width, depth = rng.uniform(2.4, 3.2), rng.uniform(1.8, 2.4)
    parts = awning(rng, width, depth, rng.uniform(2.0, 2.4))
    for y in (-0.5, 0.5):
        if rng.uniform() < 0.8:
            parts += moved_parts(goods(rng, 0.85 * width, 0.7, 0.75), (0, y, 0))
            top = box((0.85 * width, 0.7, 0.75), (0, y, 0))
            parts.append(Part(top, _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS))))
    return parts


def cafe_seats(rng: np.random.Generator) -> list[Part]:
    """A parasol over a round table and chairs: nobody sells anything here."""
    parts = parasol(rng, rng.uniform(1.1, 1.5), rng.uniform(2.1, 2.5))
    paint = Paint(colour(rng, (*CANOPY_COLOURS, (0.6, 0.6, 0.6), (0.1, 0.1, 0.1))), 0.4)
    top = lathe([(0.01, 0.72), (0.4, 0.72), (0.4, 0.75), (0.01, 0.75)])
    parts += [Part(top, paint), Part(tube([(0, 0, 0), (0, 0, 0.72)], 0.03), _STEEL)]
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(2, 5)), endpoint=False):
        at = (0.75 * np.cos(turn), 0.75 * np.sin(turn), 0)
        parts += moved_parts(_chair(paint), at, float(turn + rng.normal(0, 0.3)))
    return parts


def _chair(paint: Paint) -> list[Part]:
    legs = [box((0.03, 0.03, 0.45), (x, y, 0)) for x in (-0.19, 0.19) for y in (-0.19, 0.19)]
    seat, back = box((0.42, 0.42, 0.03), (0, 0, 0.44)), box((0.03, 0.42, 0.42), (0.2, 0, 0.47))
    return [Part(mesh, paint) for mesh in (seat, back, *legs)]


def empty_tricycle(rng: np.random.Generator) -> list[Part]:
    """A cargo tricycle with nothing to sell on it, or with sacks of a delivery."""
    width, depth = rng.uniform(1.4, 1.9), rng.uniform(0.75, 0.95)
    parts = tricycle(rng, width, depth, laden=False)
    if rng.uniform() < 0.5:
        load = Paint(colour(rng, GOODS_COLOURS), 0.8, crinkle=0.03, crinkle_m=0.1)
        parts.append(
            Part(box((0.8 * width, 0.8 * depth, rng.uniform(0.3, 0.8)), (0, 0, 0.62)), load)
        )
    return parts
