"""Street stalls: carts, tricycles and tables with goods, under a parasol or an awning.

A stall faces -y, is about 2 m wide, and stands on z = 0 with its middle at the origin.
"""

import numpy as np
from numpy.typing import NDArray

from streetwatch.datasets.demo.meshes import (
    Mesh,
    Paint,
    Part,
    Warp,
    ball,
    box,
    grid,
    lathe,
    moved_parts,
    sheet,
    tube,
)

RGB = tuple[float, float, float]
_STEEL = Paint((0.55, 0.56, 0.58), 0.28, metallic=0.9)
_RUBBER = Paint((0.02, 0.02, 0.02), 0.8)
_WOOD = Paint((0.30, 0.18, 0.09), 0.7, mottle=0.2, mottle_m=0.15)
_GLASS = Paint((0.55, 0.65, 0.66), 0.05, coat=1.0)
_CLOTH = Paint((0.5, 0.1, 0.1), 0.85, mottle=0.08, mottle_m=0.4)
CANOPY_COLOURS: tuple[RGB, ...] = (
    (0.55, 0.03, 0.03),
    (0.03, 0.12, 0.42),
    (0.04, 0.30, 0.12),
    (0.75, 0.38, 0.03),
    (0.70, 0.66, 0.58),
    (0.35, 0.05, 0.25),
    (0.05, 0.35, 0.42),
    (0.80, 0.62, 0.10),
)
GOODS_COLOURS: tuple[RGB, ...] = (
    (0.75, 0.28, 0.02),
    (0.55, 0.03, 0.03),
    (0.70, 0.55, 0.05),
    (0.18, 0.38, 0.05),
    (0.25, 0.06, 0.25),
    (0.65, 0.55, 0.45),
    (0.50, 0.12, 0.05),
)


def colour(rng: np.random.Generator, colours: tuple[RGB, ...]) -> RGB:
    """One of the colours, a little faded."""
    picked = np.array(colours[rng.integers(len(colours))])
    faded = picked + (picked.mean() + 0.04 - picked) * rng.uniform(0.08, 0.3)
    red, green, blue = faded.tolist()
    return red, green, blue


def parasol(rng: np.random.Generator, radius: float, height: float) -> list[Part]:
    """A big umbrella of eight or ten panels, in one colour or two."""
    first = _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS))
    two = rng.uniform() < 0.5
    second = _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS)) if two else first
    ribs, drop = int(rng.choice([8, 10])), radius * rng.uniform(0.28, 0.42)
    parts = [
        Part(_panel(rib, ribs, radius, drop, height), (first, second)[rib % 2])
        for rib in range(ribs)
    ]
    pole = tube([(0, 0, 0), (0, 0, height + 0.08)], 0.022)
    foot = lathe([(0.01, 0.12), (0.22, 0.1), (0.24, 0.0)])
    return [*parts, Part(pole, _STEEL), Part(foot, Paint((0.2, 0.2, 0.2), 0.8))]


def _panel(rib: int, ribs: int, radius: float, drop: float, height: float) -> Mesh:
    """One panel: taut along the ribs, sagging between them, with a hanging hem."""
    along = np.array([0.01, 0.25, 0.5, 0.75, 1.0, 1.0])[:, None]
    across = np.linspace(0, 1, 7)[None, :]
    angle = 2 * np.pi * (rib + across) / ribs
    sag = 1 - 0.075 * np.sin(np.pi * across) * along
    z = height - drop * along**1.6 - 0.05 * np.sin(np.pi * across) * along
    z[-1] -= 0.13
    reach = radius * along * sag
    return grid(np.stack([reach * np.cos(angle), reach * np.sin(angle), z], axis=-1))


def awning(rng: np.random.Generator, width: float, depth: float, height: float) -> list[Part]:
    """Four posts under a sloping or peaked cloth, striped or plain, with a hem."""
    first = _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS))
    striped = rng.uniform() < 0.6
    second = _CLOTH.with_rgb((0.72, 0.70, 0.66)) if striped else first
    peak = rng.uniform(0.15, 0.45)
    sloped = rng.uniform() < 0.5

    def roof(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        if sloped:
            return height + peak * (y / depth) + 0 * x
        return height + peak * (1 - np.maximum(np.abs(x) / width, np.abs(y) / depth) * 2)

    parts: list[Part] = []
    for index in range(8):
        middle = width * ((index + 0.5) / 8 - 0.5)
        strip = _strip(roof, middle, width / 8, depth)
        parts += [Part(mesh, (first, second)[index % 2]) for mesh in strip]
    corners = [(x * width, y * depth) for x in (-0.48, 0.48) for y in (-0.48, 0.48)]
    posts = [tube([(x, y, 0), (x, y, _low(roof, x, y))], 0.018) for x, y in corners]
    return parts + [Part(post, _STEEL) for post in posts]


def _strip(roof: Warp, middle: float, width: float, depth: float) -> list[Mesh]:
    """One strip of an awning's cloth with the hem at both its ends."""

    def drape(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        return roof(x + middle, y)

    strip = [sheet(width, depth, drape, at=(middle, 0, 0))]
    for y in (-depth / 2, depth / 2):
        strip.append(box((width, 0.01, 0.17), (middle, y, _low(roof, middle, y) - 0.16)))  # noqa: PERF401
    return strip


def _low(roof: Warp, x: float, y: float) -> float:
    return float(roof(np.array(x), np.array(y)))


def _wheel(radius: float) -> list[Part]:
    """A spoked wheel standing in the y-z plane's middle, rolling along x."""
    turn = np.linspace(0, 2 * np.pi, 25)
    rim = [(radius * np.cos(a), 0, radius + radius * np.sin(a)) for a in turn]
    spokes = [
        tube(
            [(0, 0, radius), (0.95 * radius * np.cos(a), 0, radius + 0.95 * radius * np.sin(a))],
            0.006,
            5,
        )
        for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ]
    hub = ball((0.04, 0.05, 0.04), (0, 0, radius), 8)
    return [Part(tube(rim, 0.028), _RUBBER), *(Part(s, _STEEL) for s in spokes), Part(hub, _STEEL)]


def crate(rng: np.random.Generator) -> list[Part]:
    """A shallow crate heaped with round fruit of one colour."""
    side = Paint(colour(rng, CANOPY_COLOURS), 0.5)
    fruit = Paint(colour(rng, GOODS_COLOURS), 0.4, mottle=0.12, mottle_m=0.03)
    size = rng.uniform(0.035, 0.055)
    parts = [Part(box((0.46, 0.34, 0.14)), side)]
    for x in np.arange(-0.19, 0.2, 2 * size):
        for y in np.arange(-0.13, 0.14, 2 * size):
            bulge = 0.06 * (1 - (x / 0.23) ** 2) * (1 - (y / 0.17) ** 2)
            at = (x + rng.normal(0, 0.006), y + rng.normal(0, 0.006), 0.14 + bulge)
            parts.append(Part(ball((size, size, size), at, 8), fruit))
    return parts


def packs(rng: np.random.Generator) -> list[Part]:
    """Rows of small boxes, jars and bundles in many colours."""
    parts = []
    for x in np.arange(-0.2, 0.21, 0.1):
        for y in (-0.1, 0.02, 0.14):
            paint = Paint(colour(rng, GOODS_COLOURS + CANOPY_COLOURS), 0.4)
            tall = rng.uniform(0.05, 0.22)
            if rng.uniform() < 0.6:
                mesh = box((0.085, 0.1, tall), (x, y, 0))
            else:
                mesh = lathe(
                    [(0.04, 0), (0.042, tall), (0.01, tall + 0.02)], at=(x, y, 0), segments=10
                )
            parts.append(Part(mesh, paint))
    return parts


def _pots(rng: np.random.Generator) -> list[Part]:
    """A steamer or a pot on a ring."""
    wide = rng.uniform(0.15, 0.2)
    if rng.uniform() < 0.5:
        bamboo = Paint((0.45, 0.30, 0.14), 0.7)
        layers = int(rng.integers(2, 5))
        profile = [
            (wide, 0.0),
            (wide, 0.1 * layers),
            (wide * 0.9, 0.1 * layers + 0.05),
            (0.01, 0.1 * layers + 0.07),
        ]
        return [Part(lathe(profile), bamboo)]
    return [
        Part(
            lathe([(wide, 0), (wide, 0.25), (wide + 0.02, 0.26), (wide * 0.5, 0.31), (0.01, 0.33)]),
            _STEEL,
        ),
        Part(ball((0.03, 0.03, 0.03), (0, 0, 0.35), 8), _RUBBER),
    ]


def goods(rng: np.random.Generator, width: float, depth: float, height: float) -> list[Part]:
    """Goods of one or two kinds over a counter's top."""
    kinds = [crate, packs, _pots]
    picked = rng.choice(3, 2)
    parts: list[Part] = []
    for x in np.arange(-width / 2 + 0.27, width / 2 - 0.2, 0.5):
        for y in np.arange(-depth / 2 + 0.22, depth / 2 - 0.1, 0.42):
            kind = kinds[picked[int(rng.uniform() < 0.3)]]
            turn = float(rng.normal(0, 0.06))
            parts += moved_parts(kind(rng), (x, y, height + 0.05 * (y > 0)), turn)
    return parts


def _table(rng: np.random.Generator, width: float, depth: float) -> list[Part]:
    """A trestle table under a cloth that hangs to near the ground, or bare."""
    paint = _CLOTH.with_rgb(colour(rng, CANOPY_COLOURS)) if rng.uniform() < 0.6 else _WOOD
    parts = [Part(box((width, depth, 0.05), (0, 0, 0.72)), paint)]
    if paint is _WOOD:
        legs = [(x, y) for x in (-0.45 * width, 0.45 * width) for y in (-0.4 * depth, 0.4 * depth)]
        parts += [Part(tube([(x, y, 0), (x, y, 0.74)], 0.02), _STEEL) for x, y in legs]
    else:
        parts.append(Part(box((width + 0.02, depth + 0.02, 0.62), (0, 0, 0.14)), paint))
    return parts + goods(rng, width, depth, 0.77)


def _cart(rng: np.random.Generator, width: float, depth: float) -> list[Part]:
    """A push cart on two wheels with a handle; some carry a glass case and a sign."""
    paint = Paint(colour(rng, CANOPY_COLOURS), 0.35, mottle=0.06)
    body = _STEEL if rng.uniform() < 0.35 else paint
    parts = [
        Part(box((width, depth, 0.45), (0, 0, 0.42)), body),
        Part(box((width + 0.06, depth + 0.06, 0.04), (0, 0, 0.87)), _STEEL),
        Part(
            box((0.8 * width, 0.012, 0.28), (0, -depth / 2 - 0.008, 0.5)),
            Paint((0.75, 0.7, 0.55), 0.5),
        ),
    ]
    for y in (-depth / 2 - 0.04, depth / 2 + 0.04):
        parts += moved_parts(_wheel(0.3), (0.1 * width, y, 0))
    for y in (-0.4 * depth, 0.4 * depth):
        parts.append(Part(tube([(width / 2, y, 0.75), (width / 2 + 0.45, y, 0.9)], 0.018), _STEEL))
    bar = [(width / 2 + 0.45, -0.4 * depth, 0.9), (width / 2 + 0.45, 0.4 * depth, 0.9)]
    parts += [
        Part(tube(bar, 0.018), _STEEL),
        Part(tube([(-0.4 * width, 0, 0), (-0.4 * width, 0, 0.45)], 0.02), _STEEL),
    ]
    if rng.uniform() < 0.45:
        parts.append(Part(box((0.45 * width, 0.7 * depth, 0.4), (-0.22 * width, 0, 0.9)), _GLASS))
        return parts + moved_parts(goods(rng, 0.5 * width, depth, 0.9), (0.24 * width, 0, 0))
    return parts + goods(rng, width, depth, 0.9)


def tricycle(
    rng: np.random.Generator, width: float, depth: float, *, laden: bool = True
) -> list[Part]:
    """A cargo tricycle: flat bed over two wheels, one wheel, fork and saddle ahead."""
    paint = Paint(colour(rng, CANOPY_COLOURS[:4]), 0.4)
    parts = [Part(box((width, depth, 0.12), (0, 0, 0.5)), paint)]
    for y in (-depth / 2, depth / 2):
        parts.append(Part(box((width, 0.03, 0.25), (0, y, 0.5)), paint))
        parts += moved_parts(_wheel(0.28), (0.15 * width, y * 1.08, 0))
    ahead = -width / 2 - 0.75
    parts += moved_parts(_wheel(0.28), (ahead, 0, 0))
    frame = [(-width / 2, 0, 0.5), (-width / 2 - 0.3, 0, 0.45), (ahead + 0.1, 0, 0.75)]
    fork = [(ahead, 0, 0.28), (ahead + 0.14, 0, 1.0)]
    bars = [(ahead + 0.14, -0.3, 1.02), (ahead + 0.14, 0.3, 1.02)]
    parts += [Part(tube(path, 0.025), paint) for path in (frame, fork)]
    parts.append(Part(tube(bars, 0.016), _STEEL))
    parts.append(Part(ball((0.15, 0.1, 0.06), (-width / 2 - 0.22, 0, 0.78)), _RUBBER))
    return parts + goods(rng, width, depth, 0.66) if laden else parts


def _surroundings(rng: np.random.Generator) -> list[Part]:
    """What stands about: crates on the ground, a stool, a bucket."""
    parts: list[Part] = []
    if rng.uniform() < 0.6:
        parts += moved_parts(
            crate(rng), (rng.uniform(-0.9, 0.9), -0.75, 0), float(rng.normal(0, 0.3))
        )
    if rng.uniform() < 0.5:
        stool = Paint(colour(rng, CANOPY_COLOURS), 0.4)
        top = Part(box((0.3, 0.3, 0.04), (0, 0, 0.4)), stool)
        legs = [
            Part(box((0.04, 0.04, 0.4), (x, y, 0)), stool)
            for x in (-0.12, 0.12)
            for y in (-0.12, 0.12)
        ]
        parts += moved_parts([top, *legs], (rng.uniform(-1, 1), 0.85, 0), float(rng.uniform(0, 1)))
    return parts


def stall(rng: np.random.Generator, kind: str = "") -> list[Part]:
    """A stall; `kind` is table, cart or tricycle, or left to the dice."""
    width, depth = rng.uniform(1.5, 2.2), rng.uniform(0.75, 0.95)
    kinds = {"table": _table, "cart": _cart, "tricycle": tricycle}
    parts = kinds[kind or str(rng.choice(list(kinds)))](rng, width, depth)
    match rng.choice(["parasol", "parasol", "awning", "none"], p=[0.3, 0.25, 0.3, 0.15]):
        case "parasol":
            at = (rng.uniform(-0.4, 0.4), 0.5 * depth + 0.1, 0)
            cover = moved_parts(parasol(rng, rng.uniform(1.0, 1.5), rng.uniform(2.0, 2.4)), at)
        case "awning":
            cover = awning(rng, width + 0.2, depth + 0.5, rng.uniform(1.9, 2.2))
        case _:
            cover = []
    return parts + cover + _surroundings(rng)
