"""Cars: a body lofted over its outline, with glass, lamps and wheels.

A car faces +y, stands on z = 0 with its middle at the origin; metres.
"""

import numpy as np
from numpy.typing import NDArray

from streetwatch.datasets.demo.car_bodies import BODIES, Body, Outline, Style
from streetwatch.datasets.demo.meshes import (
    Mesh,
    Paint,
    Part,
    Points,
    ball,
    box,
    grid,
    lathe,
    tube,
)

RGB = tuple[float, float, float]
_GLASS = Paint((0.012, 0.016, 0.018), 0.06, coat=1.0)
_BLACK = Paint((0.018, 0.018, 0.018), 0.6)
_RUBBER = Paint((0.02, 0.02, 0.021), 0.85)
_ALLOY = Paint((0.55, 0.56, 0.58), 0.3, metallic=0.9)
_TAIL = Paint((0.42, 0.008, 0.01), 0.15, coat=1.0, glow=0.10)
_HEADLAMP = Paint((0.80, 0.83, 0.86), 0.08, coat=1.0)
_PLATE = Paint((0.015, 0.06, 0.36), 0.4)
PAINTS: tuple[RGB, ...] = (
    (0.72, 0.73, 0.74),
    (0.36, 0.37, 0.39),
    (0.02, 0.02, 0.022),
    (0.10, 0.105, 0.115),
    (0.02, 0.045, 0.16),
    (0.30, 0.02, 0.02),
    (0.24, 0.19, 0.13),
)


_STATIONS, _AROUND, _CAP = 240, 60, 22


def car(rng: np.random.Generator, style: Style | None = None, rgb: RGB | None = None) -> list[Part]:
    """A car; its style and paint are left to the dice where not given."""
    styles: tuple[Style, ...] = ("sedan", "sedan", "suv", "suv", "van")
    body = BODIES[style or styles[rng.integers(len(styles))]]
    colour = rgb or PAINTS[rng.integers(len(PAINTS))]
    lacquer = Paint(colour, 0.32, metallic=0.25, coat=1.0)
    parts = _shell(body, lacquer) + _trim(body, lacquer)
    for axle in body.axles:
        for side in (-1, 1):
            parts += _wheel(body, axle, side)
    return parts


def _smoothed(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """A moving average that keeps the ends."""
    kernel = np.hanning(2 * reach + 3)[1:-1]
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _width(body: Body, y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the width along the car: barrelled, with round corners at both ends."""
    share = np.abs(y) / body.half_length
    return body.half_width * (1 - 0.05 * share**3 - 0.10 * share**14)


def _height(body: Body, y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the roof line along the car."""
    knots, heights = np.array(body.top).T
    return np.asarray(np.interp(y, knots, heights), np.float64)


def _section(body: Body, width: float, top: float) -> Points:
    """Half a cross-section (x, z), from the middle of the floor over the side to the roof."""
    floor, belt = 0.22, min(body.belt, top - 0.025)
    cabin = max(0.0, top - body.belt)
    lean = 0.965 * width - 0.34 * max(0.0, cabin - 0.08)
    rim = min(0.08, cabin * 0.4 + 0.012)
    corners = [
        (0.0, floor),
        (0.86 * width, floor),
        (0.955 * width, floor + 0.07),
        (0.985 * width, floor + 0.22),
        (width, 0.6 * belt + 0.1),
        (0.995 * width, belt - 0.13),
        (0.965 * width, belt - 0.01),
        (lean, max(belt, top - rim)),
        (lean - 0.09, top - 0.25 * rim),
        (0.55 * lean, top + 0.008),
        (0.0, top + 0.015),
    ]
    knots = np.array([0, 5, 8, 13, 20, 27, 32, 46, 50, 55, 60]) / 60
    along = np.linspace(0, 1, _AROUND)
    x, z = (np.interp(along, knots, column) for column in zip(*corners, strict=True))
    return np.stack([_smoothed(x, 1), _smoothed(z, 1)], axis=1)


def _loft(body: Body) -> Points:
    """The whole skin as a grid of points (rows tail to nose, columns round the section)."""
    y = np.linspace(-body.half_length + 0.04, body.half_length - 0.04, _STATIONS)
    top = _smoothed(_height(body, y), 5)
    rows = []
    for at, width, height in zip(y, _width(body, y), top, strict=True):
        half = _section(body, float(width), float(height))
        ring = np.concatenate([half * (-1, 1), half[::-1]])
        rows.append(np.column_stack([ring[:, 0], np.full(len(ring), at), ring[:, 1]]))
    skin = np.array(rows)
    closed = np.concatenate([_cap(skin[0], -1)[::-1], skin, _cap(skin[-1], 1)])
    near_end = np.clip((np.abs(closed[..., 1]) - body.half_length + 0.55) / 0.55, 0, 1.2) ** 2
    wide = (np.abs(closed[..., 0]) / body.half_width) ** 4
    closed[..., 1] -= np.sign(closed[..., 1]) * 0.18 * near_end * wide
    return closed


def _cap(ring: Points, way: int) -> Points:
    """Closes an end: the ring shrinks toward its middle while it bulges outward."""
    middle = np.array([0.0, ring[0, 1], 0.60])
    shrink = np.linspace(1, 0, _CAP + 1)[1:, None, None]
    cap: Points = middle + (ring - middle) * shrink
    cap[..., 1] += way * 0.085 * np.sqrt(1 - shrink[..., 0] ** 3)
    return cap


def _inside(outline: Outline, y: Points, z: Points) -> NDArray[np.bool_]:
    """Which points lie in a polygon (crossing rule)."""
    odd = np.zeros(y.shape, bool)
    for (y1, z1), (y2, z2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if z1 != z2:
            odd ^= ((z1 > z) != (z2 > z)) & (y < (y2 - y1) * (z - z1) / (z2 - z1) + y1)
    return odd


def _shell(body: Body, lacquer: Paint) -> list[Part]:
    """The skin split by what each patch is made of."""
    skin = _loft(body)
    whole = grid(skin, ring=True)
    middle = whole.points[whole.quads].mean(axis=1)
    x, y, z = middle.T
    steep = _steepness(body, y)
    side = np.abs(x) > 0.5
    glass = side & np.any([_inside(w, y, z) for w in body.windows], axis=0)
    glass |= _screens(body, x, y, z, steep)
    end = np.abs(y) > body.half_length - 0.19
    low = z < 0.36
    tail = end & (y < 0) & (np.abs(x) > 0.46) & (np.abs(z - body.belt + 0.10) < 0.085)
    lamp = end & (y > 0) & (np.abs(x) > 0.40) & (np.abs(z - body.belt + 0.25) < 0.075)
    grille = end & (y > 0) & (np.abs(x) < 0.38) & (np.abs(z - 0.60) < 0.10)
    arch = np.zeros(len(x), bool)
    for axle in body.axles:
        arch |= np.hypot(y - axle, z - body.wheel) < body.wheel + 0.055
    arch &= (np.abs(x) > 0.55) & (z < body.wheel * 2 + 0.1)
    masks = [(glass, _GLASS), (tail, _TAIL), (lamp, _HEADLAMP), (grille | low, _BLACK)]
    left = ~arch
    parts = []
    for mask, paint in masks:
        parts.append(_patch(whole, mask & left, paint))
        left &= ~mask
    return [*parts, _patch(whole, left, lacquer)]


def _steepness(body: Body, y: Points) -> Points:
    """How steeply the top rises or falls at y."""
    ticks = np.linspace(-body.half_length, body.half_length, 400)
    slope = np.gradient(_height(body, ticks), ticks)
    return np.interp(y, ticks, slope)


def _screens(body: Body, x: Points, y: Points, z: Points, steep: Points) -> NDArray[np.bool_]:
    """Windscreen and rear window: steep, above the belt, clear of the pillars."""
    top = _height(body, y)
    edge = _width(body, y) * 0.965 - 0.34 * np.maximum(0, top - body.belt - 0.08)
    roof = max(height for _, height in body.top)
    within = (z > body.belt + 0.10) & (z < roof - 0.055) & (np.abs(x) < edge - 0.07)
    return within & (np.abs(steep) > 0.3) & (z > top - 0.06) & (np.abs(y) < body.half_length - 0.05)


def _patch(whole: Mesh, mask: NDArray[np.bool_], paint: Paint) -> Part:
    return Part(Mesh(whole.points, whole.quads[mask]), paint)


def _trim(body: Body, lacquer: Paint) -> list[Part]:
    """Mirrors, plates, handles, door gaps and the dark inside behind the wheels."""
    width, length = body.half_width, body.half_length
    parts = [
        Part(box((1.5 * width, 1.9 * length, 0.5), (0, 0, 0.2)), _BLACK),
        Part(box((0.46, 0.02, 0.15), (0, -length - 0.045, body.belt - 0.28)), _PLATE),
        Part(box((0.46, 0.02, 0.14), (0, length + 0.045, 0.40)), _PLATE),
        Part(box((0.9, 0.03, 0.03), (0, -length - 0.03, body.belt - 0.10)), _ALLOY),
    ]
    front = body.windows[-1][-1][0]
    for side in (-1, 1):
        parts.append(
            Part(
                ball((0.11, 0.06, 0.075), (side * (width + 0.09), front - 0.1, body.belt + 0.08)),
                lacquer,
            )
        )
        parts += [_gap(body, y, side) for y in (front + 0.12, -0.21, -1.05)]
        for y in (-0.05, -0.92):
            parts.append(
                Part(
                    box((0.03, 0.17, 0.025), (side * (width - 0.004), y, body.belt - 0.14)), _ALLOY
                )
            )
    return parts


def _gap(body: Body, y: float, side: int) -> Part:
    """The dark line between two doors."""
    width = float(_width(body, np.array(y)))
    line = _section(body, width, float(_height(body, np.array(y))))
    run = line[(line[:, 1] > 0.32) & (line[:, 1] < body.belt - 0.02) & (line[:, 0] > 0.5)]
    return Part(tube([(side * (x + 0.001), y, z) for x, z in run], 0.006, 5), _BLACK)


def _wheel(body: Body, axle: float, side: int) -> list[Part]:
    """Tyre, rim with five spokes and the dark behind them."""
    radius = body.wheel
    tyre = [(0.62 * radius, -0.1), (0.9 * radius, -0.11), (radius, -0.08), (radius, 0.08)]
    tyre += [(0.9 * radius, 0.11), (0.66 * radius, 0.10), (0.62 * radius, 0.05)]
    rim = [(0.66 * radius, 0.10), (0.60 * radius, 0.07), (0.56 * radius, 0.02)]
    dish = [(0.58 * radius, 0.03), (0.01, 0.02)]
    meshes = [(lathe(tyre, segments=32), _RUBBER), (lathe(rim, segments=32), _ALLOY)]
    meshes += [
        (lathe(dish, segments=32), _BLACK),
        (lathe([(0.16 * radius, 0.07), (0.01, 0.08)]), _ALLOY),
    ]
    for spoke in range(5):
        bar = box((0.2 * radius, 0.6 * radius, 0.03), (0, 0.31 * radius, 0.04))
        meshes.append((bar.moved(turn=spoke * 2 * np.pi / 5), _ALLOY))
    at = (side * (body.half_width - 0.115), axle, radius)
    return [Part(_on_side(mesh, side, at), paint) for mesh, paint in meshes]


def _on_side(mesh: Mesh, side: int, at: tuple[float, float, float]) -> Mesh:
    """Lays a wheel's axis from z along x, its face outward."""
    x, y, z = mesh.points.T
    turned = np.stack([side * z, y, x], axis=1) + np.array(at)
    return Mesh(turned, mesh.quads, mesh.smooth)
