"""The empty street: carriageway, kerb, pavement, shops with flats above, trees, lamps, a bin.

The kerb runs along x = 0 (carriageway at x < 0, pavement at x > 0); shops face the street at
x = `FRONT`. Traffic beside the kerb drives toward +y.
"""

from collections.abc import Iterator
from math import pi

import numpy as np

from streetwatch.datasets.demo.meshes import (
    Mesh,
    Paint,
    Part,
    Sign,
    box,
    lathe,
    moved_parts,
    tube,
)

RGB = tuple[float, float, float]
FRONT, KERB_M = 5.8, 0.14
_NEAR, _FAR, _LEFT = -6.0, 92.0, -9.6
_ASPHALT = Paint((0.135, 0.130, 0.124), 0.95, mottle=0.14, mottle_m=2.2)
_WHITE = Paint((0.62, 0.62, 0.60), 0.7, mottle=0.15, mottle_m=0.4)
_YELLOW = Paint((0.60, 0.38, 0.04), 0.7, mottle=0.15, mottle_m=0.4)
_GRANITE = Paint((0.36, 0.35, 0.33), 0.8, mottle=0.1, mottle_m=0.5)
_SLABS = Paint((0.33, 0.30, 0.27), 0.85, pattern="slabs", mottle=0.10, mottle_m=1.4)
_GUIDE = Paint((0.50, 0.36, 0.09), 0.85, mottle=0.12, mottle_m=0.5)
_IRON = Paint((0.06, 0.065, 0.07), 0.5, metallic=0.5)
_POST = Paint((0.20, 0.22, 0.22), 0.45, metallic=0.4)
_BARK = Paint((0.11, 0.085, 0.06), 0.95, mottle=0.3, mottle_m=0.15, crinkle=0.05, crinkle_m=0.06)
_GLAZING = Paint((0.035, 0.045, 0.05), 0.08, coat=1.0)
_FRAME = Paint((0.42, 0.43, 0.44), 0.4, metallic=0.5)
_LEAVES: tuple[RGB, ...] = ((0.045, 0.115, 0.020), (0.060, 0.140, 0.028), (0.035, 0.090, 0.018))


_SHOPS: tuple[tuple[str, RGB, RGB], ...] = (
    ("便利店", (0.04, 0.26, 0.12), (0.8, 0.8, 0.75)),
    ("面馆", (0.42, 0.03, 0.02), (0.8, 0.62, 0.1)),
    ("水果", (0.55, 0.30, 0.03), (0.8, 0.8, 0.75)),
    ("五金", (0.03, 0.10, 0.32), (0.8, 0.8, 0.75)),
    ("理发", (0.10, 0.10, 0.11), (0.75, 0.72, 0.65)),
    ("药房", (0.03, 0.28, 0.20), (0.8, 0.8, 0.75)),
    ("茶", (0.20, 0.11, 0.05), (0.75, 0.6, 0.3)),
    ("文具", (0.35, 0.05, 0.16), (0.8, 0.8, 0.75)),
)
_WALLS: tuple[RGB, ...] = ((0.52, 0.46, 0.38), (0.46, 0.43, 0.40), (0.44, 0.31, 0.24))
_SHOP_M = 5.2


def ground() -> list[Part]:
    """Carriageway with its marks, kerbs and both pavements."""
    length, middle = _FAR - _NEAR, (_FAR + _NEAR) / 2
    parts = [
        Part(box((-_LEFT, length, 0.1), (_LEFT / 2, middle, -0.1)), _ASPHALT),
        Part(box((FRONT + 0.2, length, KERB_M), ((FRONT + 0.2) / 2 + 0.07, middle, 0)), _SLABS),
        Part(box((0.15, length, KERB_M + 0.01), (0.075, middle, 0)), _GRANITE),
        Part(box((0.15, length, KERB_M + 0.01), (_LEFT - 0.07, middle, 0)), _GRANITE),
        Part(box((12, length, KERB_M), (_LEFT - 6.1, middle, 0)), _SLABS),
        Part(box((0.40, length, KERB_M + 0.012), (1.75, middle, 0)), _GUIDE),
        Part(box((0.12, length, 0.006), (-0.22, middle, 0)), _YELLOW),
        Part(box((0.13, length, 0.006), (-2.45, middle, 0)), _WHITE),
    ]
    for at, size in (
        ((-4.4, 22.0), (2.2, 5.0)),
        ((-7.9, 11.0), (1.4, 7.0)),
        ((-1.4, 33.0), (1.6, 3.0)),
    ):
        parts.append(Part(box((*size, 0.004), (*at, 0)), _ASPHALT.with_rgb((0.10, 0.098, 0.095))))
    dashes = np.arange(_NEAR, _FAR, 6.0)
    parts += [Part(box((0.14, 3.2, 0.006), (-5.9, start, 0)), _YELLOW) for start in dashes]
    parts.append(
        Part(lathe([(0.36, 0.0), (0.36, 0.008), (0.01, 0.008)], at=(-4.1, 15.2, 0)), _IRON)
    )
    parts.append(Part(box((0.3, 0.5, 0.008), (-0.45, 12.2, 0)), _IRON))
    return parts


def fronts(rng: np.random.Generator) -> tuple[list[Part], list[Sign]]:
    """The row of shops with two to four floors of flats above, and their signs."""
    parts: list[Part] = []
    signs: list[Sign] = []
    for number, along in enumerate(np.arange(-3.0, _FAR - 14, _SHOP_M)):
        wall = Paint(_WALLS[(number // 3) % 3], 0.9, mottle=0.07, mottle_m=1.5)
        words, board, letters = _SHOPS[(number * 3 + 1) % len(_SHOPS)]
        front = _shop(rng, wall, board) + _flats(rng, wall, 3 + (number // 3) % 2)
        parts += moved_parts(front, (FRONT, along, KERB_M), -pi / 2)
        signs.append(Sign(words, (FRONT - 0.40, along, 3.42), 0.62, letters))
    return parts, signs


def _shop(rng: np.random.Generator, wall: Paint, board: RGB) -> list[Part]:
    """A shop front at y = 0 facing -y: glass or a shutter, a door, a step and a board."""
    width = _SHOP_M
    parts = [
        Part(box((width, 0.3, 12), (0, 1.1, 0)), wall),
        Part(box((width, 1.0, 0.5), (0, 0.5, 2.75)), wall),
        Part(box((width - 0.3, 0.22, 0.85), (0, -0.28, 2.85)), Paint(board, 0.5)),
        Part(box((width, 0.5, 0.10), (0, -0.05, 0)), _GRANITE),
    ]
    parts.append(
        Part(box((0.5, 1.0, 2.75), (width / 2, 0.45, 0)), wall.with_rgb((0.40, 0.38, 0.35)))
    )
    if rng.uniform() < 0.25:
        shutter = Paint((0.36, 0.38, 0.40), 0.45, metallic=0.5)
        slats = [
            box((width - 0.4, 0.05, 0.11), (0, 0.1 + 0.02 * (i % 2), 0.1 + 0.11 * i))
            for i in range(25)
        ]
        return parts + [Part(slat, shutter) for slat in slats]
    parts.append(Part(box((width - 0.4, 0.05, 2.7), (0, 0.25, 0.1)), _GLAZING))
    parts.append(Part(box((width - 0.4, 0.12, 0.5), (-0.0, 0.2, 0.1)), Paint(wall.rgb, 0.7)))
    bars = (-1.55, -0.45, 0.55, 1.6)
    parts += [Part(box((0.07, 0.1, 2.7), (x, 0.2, 0.1)), _FRAME) for x in bars]
    parts.append(Part(box((0.95, 0.06, 2.2), (0.05, 0.16, 0.1)), _GLAZING))
    parts.append(Part(box((width - 0.4, 0.1, 0.07), (0, 0.2, 2.3)), _FRAME))
    glow = Paint(tuple(np.clip(np.array(board) + 0.25, 0, 1).tolist()), 0.6)
    parts += [
        Part(box((0.5, 0.02, 0.7), (x, 0.2, 1.1)), glow) for x in (-2.0, 1.1) if rng.uniform() < 0.6
    ]
    return parts


def _flats(rng: np.random.Generator, wall: Paint, floors: int) -> list[Part]:
    """Windows, sills, barred balconies and air conditioners over a shop."""
    parts: list[Part] = []
    for floor in range(floors):
        low = 4.3 + 3.0 * floor
        for x in (-1.35, 1.35):
            parts.append(Part(box((1.7, 0.1, 1.5), (x, 0.92, low)), _GLAZING))
            parts.append(Part(box((1.9, 0.3, 0.08), (x, 0.85, low - 0.08)), _GRANITE))
            parts += [
                Part(box((0.05, 0.12, 1.5), (x + s, 0.9, low)), _FRAME) for s in (-0.85, 0, 0.85)
            ]
            if rng.uniform() < 0.55:
                at = (x + 0.5, 0.62, low - 0.85)
                parts.append(Part(box((0.85, 0.35, 0.6), at), Paint((0.55, 0.55, 0.53), 0.5)))
                parts.append(
                    Part(box((0.45, 0.36, 0.45), (at[0] - 0.12, at[1], at[2] + 0.07)), _IRON)
                )
    parts.append(Part(box((_SHOP_M, 0.5, 0.25), (0, 0.9, 3.6)), wall.with_rgb((0.5, 0.48, 0.45))))
    return parts


def tree(rng: np.random.Generator, height: float) -> list[Part]:
    """A street tree: trunk, limbs and some thousand leaves in clumps."""
    fork = 0.42 * height
    parts = [
        Part(tube([(0, 0, 0), (0.05, 0, fork * 0.6), (0, 0.05, fork)], [0.16, 0.13, 0.11]), _BARK)
    ]
    clumps = []
    for _ in range(9):
        angle, out = rng.uniform(0, 2 * pi), rng.uniform(0.5, 1.7)
        tip = np.array([out * np.cos(angle), out * np.sin(angle), rng.uniform(0.58, 0.95) * height])
        middle = np.array([0.45 * tip[0], 0.45 * tip[1], fork + 0.5 * (tip[2] - fork)])
        parts.append(Part(tube([(0, 0, fork - 0.1), middle, tip], [0.07, 0.045, 0.02], 6), _BARK))
        clumps.append(tip)
    for shade, rgb in enumerate(_LEAVES):
        leaves = [_clump(rng, clump) for clump in clumps[shade::3] for _ in range(2)]
        parts += [Part(mesh, Paint(rgb, 0.6, mottle=0.3, mottle_m=0.5)) for mesh in leaves]
    pit = Part(box((1.2, 1.2, 0.02), (0, 0, 0)), Paint((0.06, 0.045, 0.03), 0.95))
    return [*parts, pit]


def _clump(rng: np.random.Generator, middle: np.ndarray, leaves: int = 300) -> Mesh:
    """Leaves scattered near the skin of a ball, each turned at random."""
    away = rng.normal(size=(leaves, 3))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    centre = middle + rng.normal(0, 0.35, 3) + away * rng.uniform(0.45, 1.0, (leaves, 1)) * 1.05
    first, second = rng.normal(size=(2, leaves, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    size = rng.uniform(0.09, 0.17, (leaves, 1))
    corners = [
        centre + size * (a * first + b * 0.6 * second)
        for a, b in ((-1, 0), (0, -1), (1, 0), (0, 1))
    ]
    points = np.stack(corners, axis=1).reshape(-1, 3)
    return Mesh(points, np.arange(len(points)).reshape(-1, 4))


def lamp() -> list[Part]:
    """A lamp post whose arm reaches over the carriageway (-x)."""
    arm = [(0, 0, 0), (0, 0, 6.4), (-0.3, 0, 7.0), (-1.6, 0, 7.3)]
    parts = [Part(tube(arm, [0.085, 0.06, 0.05, 0.04]), _POST)]
    parts.append(Part(box((0.7, 0.22, 0.09), (-1.8, 0, 7.25)), _POST))
    return [*parts, Part(lathe([(0.14, 0), (0.13, 0.5), (0.08, 0.55)]), _POST)]


def bins() -> list[Part]:
    """A litter bin with two closed halves, one green and one grey."""
    parts = [
        Part(box((1.0, 0.42, 0.08), (0, 0, 0)), _POST),
        Part(box((1.06, 0.48, 0.06), (0, 0, 1.02)), _POST),
    ]
    for x, rgb in ((-0.25, (0.03, 0.20, 0.08)), (0.25, (0.16, 0.17, 0.18))):
        parts.append(Part(box((0.46, 0.4, 0.92), (x, 0, 0.08)), Paint(rgb, 0.5)))
        parts.append(Part(box((0.28, 0.03, 0.12), (x, -0.2, 0.78)), _IRON))
    return parts


def _hedge(rng: np.random.Generator, along: float) -> list[Part]:
    middle = np.array([_LEFT - 1.8, along, 0.75])
    return [Part(_clump(rng, middle, 240), Paint(_LEAVES[0], 0.6, mottle=0.3, mottle_m=0.5))]


def _skyline(rng: np.random.Generator) -> Iterator[Part]:
    """Blocks across the far end and behind the left pavement, paled by distance."""
    for x in np.arange(-46, 40, 11.0):
        tall = float(rng.uniform(9, 22))
        pale = Paint(tuple((np.array((0.42, 0.44, 0.47)) * rng.uniform(0.85, 1.1)).tolist()), 0.9)
        yield Part(box((10.4, 9, tall), (x, _FAR + 8 + rng.uniform(0, 6), 0)), pale)
        for z in np.arange(2.5, tall - 1.5, 3.0):
            band = Paint((0.22, 0.26, 0.30), 0.3)
            yield Part(box((8.6, 0.1, 1.3), (x, _FAR + 3.4, float(z))), band)
    for y in np.arange(26, _FAR, 13.0):
        tall = float(rng.uniform(8, 16))
        wall = Paint(_WALLS[int(rng.integers(3))], 0.9, mottle=0.08, mottle_m=2)
        yield Part(box((9, 12, tall), (_LEFT - 10.5, y + 6, 0)), wall)
        for z in np.arange(1.4, tall - 1.5, 3.0):
            yield Part(box((0.1, 10, 1.5), (_LEFT - 5.98, y + 6, float(z))), _GLAZING)


def furniture(rng: np.random.Generator) -> list[Part]:
    """Trees, lamps, the bin, bollards and the hedge across the road."""
    parts: list[Part] = []
    for along in (23.5, 33.0, 42.5, 52.0, 61.5, 71.0):
        parts += moved_parts(tree(rng, rng.uniform(6.0, 7.2)), (0.95, along, KERB_M))
    for along in (30.0, 39.0, 48.0, 57.0, 66.0, 75.0):
        parts += moved_parts(tree(rng, rng.uniform(6.0, 7.4)), (_LEFT - 1.8, along, KERB_M))
    for along in (28.0, 56.0):
        parts += moved_parts(lamp(), (0.5, along, KERB_M))
    parts += moved_parts(bins(), (0.75, 20.6, KERB_M), -pi / 2 + pi)
    for along in np.arange(14, 80, 1.5):
        parts += _hedge(rng, float(along))
    return parts


def street(seed: int) -> tuple[list[Part], list[Sign]]:
    """Everything that stands still, and the lettering."""
    rng = np.random.default_rng(seed)
    walls, signs = fronts(rng)
    return [*ground(), *walls, *furniture(rng), *_skyline(rng)], signs
