"""Heaps of tied plastic bags with boxes and loose litter round them."""

import numpy as np
from numpy.typing import NDArray

from streetwatch.datasets.demo.meshes import (
    Mesh,
    Paint,
    Part,
    ball,
    box,
    lathe,
    moved_parts,
    sheet,
    tube,
)

_FILM = Paint((0.012, 0.012, 0.014), 0.32, coat=0.3, crinkle=0.03, crinkle_m=0.09)
BAG_PAINTS = (
    _FILM,
    _FILM,
    _FILM,
    _FILM.with_rgb((0.62, 0.62, 0.60)),
    _FILM.with_rgb((0.03, 0.17, 0.07)),
    _FILM.with_rgb((0.05, 0.10, 0.30)),
    _FILM.with_rgb((0.30, 0.06, 0.05)),
)
_CARD = Paint((0.42, 0.27, 0.14), 0.8, mottle=0.15, mottle_m=0.2)
_PAPER = (
    Paint((0.7, 0.69, 0.66), 0.7),
    Paint((0.55, 0.12, 0.1), 0.6),
    Paint((0.12, 0.3, 0.55), 0.5),
    Paint((0.6, 0.5, 0.2), 0.7),
)


def bag_mesh(rng: np.random.Generator, width: float, height: float) -> Mesh:
    """A full bag: slumped at the foot, folded toward the knot, two ears above it."""
    folds, phase = rng.integers(7, 12), rng.uniform(0, 6.28, 4)

    def folded(angle: NDArray[np.float64], up: NDArray[np.float64]) -> NDArray[np.float64]:
        high = np.clip(up / height, 0, 1.2)
        pleats = 0.16 * high**2 * np.sin(folds * angle + phase[0])
        dents = 0.08 * np.sin(3 * angle + phase[1] + 5 * high) + 0.06 * np.sin(
            5 * angle - phase[2] + 9 * high
        )
        return np.asarray(1 + pleats + dents + 0.10 * np.cos(2 * angle + phase[3]))

    outline = [(0.01, 0.0), (0.36, 0.005), (0.45, 0.06), (0.50, 0.18), (0.50, 0.34)]
    outline += [(0.46, 0.50), (0.38, 0.64), (0.26, 0.76), (0.13, 0.85), (0.06, 0.90)]
    outline += [(0.055, 0.93), (0.10, 1.0), (0.16, 1.08), (0.13, 1.12), (0.01, 1.02)]
    heights = np.interp(np.linspace(0, 14, 43), range(15), [h for _, h in outline])
    reaches = np.interp(np.linspace(0, 14, 43), range(15), [r for r, _ in outline])
    profile = [(float(r * width), float(h * height)) for r, h in zip(reaches, heights, strict=True)]
    mesh = lathe(profile, segments=48, warp=folded)
    return mesh.tilted(float(rng.uniform(0, 0.25)), float(rng.uniform(0, 6.28)))


def _carton(rng: np.random.Generator) -> list[Part]:
    width, depth, height = rng.uniform((0.3, 0.25, 0.2), (0.55, 0.45, 0.4))
    paint = _CARD.with_rgb(tuple(np.array(_CARD.rgb) * rng.uniform(0.8, 1.3)))
    flap = box((width, 0.16, 0.008)).tilted(float(rng.uniform(-0.9, 0.2)), np.pi / 2)
    body = box((width, depth, height))
    tape = Part(box((0.05, depth + 0.004, height + 0.004)), Paint((0.55, 0.42, 0.25), 0.3))
    return [Part(body, paint), tape, Part(flap.moved((0, -depth / 2 - 0.05, height)), paint)]


def _litter(rng: np.random.Generator) -> Part:
    paint = _PAPER[rng.integers(len(_PAPER))]
    match rng.integers(3):
        case 0:
            wave = rng.uniform(8, 20)
            mesh = sheet(0.2, 0.14, lambda x, y: 0.03 + 0.025 * np.sin(wave * x + 2 * wave * y))
        case 1:
            mesh = tube(
                [(-0.1, 0, 0.035), (0.06, 0, 0.035), (0.11, 0, 0.035)], [0.033, 0.033, 0.012]
            )
        case _:
            mesh = ball(rng.uniform(0.04, 0.09, 3), (0, 0, 0.05))
    return Part(mesh, paint)


def _spread(
    rng: np.random.Generator, count: int, radius: float, apart: float
) -> list[NDArray[np.float64]]:
    """Spots in a disc, each at least `apart` from the others while that can be had."""
    spots: list[NDArray[np.float64]] = []
    for _ in range(40 * count):
        if len(spots) == count:
            break
        angle, reach = rng.uniform(0, 6.28), radius * np.sqrt(rng.uniform())
        spot = np.array([reach * np.cos(angle) * 1.3, reach * np.sin(angle) * 0.8])
        if all(np.linalg.norm(spot - other) > apart for other in spots):
            spots.append(spot)
    return spots


def heap_in_pieces(
    rng: np.random.Generator, bags: int, *, cartons: int = 1, litter: int = 4
) -> list[list[Part]]:
    """The heap bag by bag in the order in which they land, then cartons and litter."""
    low = max(2, int(np.ceil(bags * 0.68)))
    ground = _spread(rng, low, 0.16 + 0.075 * low, 0.36)
    spots = [(*spot, 0.0) for spot in ground]
    spots += [
        (*(rng.normal(0, 0.16, 2)), rng.uniform(0.30, 0.38)) for _ in range(bags - len(spots))
    ]
    pieces = [_bag(rng, np.array(spot)) for spot in spots]
    reach = 0.42 + 0.09 * low
    for _ in range(cartons):
        angle = rng.uniform(0, 6.28)
        at = (1.25 * reach * np.cos(angle), 0.8 * reach * np.sin(angle), 0)
        pieces.append(moved_parts(_carton(rng), at, float(rng.uniform(0, 6.28))))
    for _ in range(litter):
        angle, far = rng.uniform(0, 6.28), reach * rng.uniform(1.0, 1.5)
        at = (1.2 * far * np.cos(angle), 0.8 * far * np.sin(angle), 0)
        pieces.append(moved_parts([_litter(rng)], at, float(rng.uniform(0, 6.28))))
    return pieces


def _bag(rng: np.random.Generator, at: NDArray[np.float64]) -> list[Part]:
    width, height = rng.uniform(0.48, 0.72), rng.uniform(0.42, 0.66)
    paint = BAG_PAINTS[rng.integers(len(BAG_PAINTS))]
    return [Part(bag_mesh(rng, width, height).moved(at, float(rng.uniform(0, 6.28))), paint)]


def heap(rng: np.random.Generator, bags: int, *, cartons: int = 1, litter: int = 4) -> list[Part]:
    """The whole heap at once."""
    pieces = heap_in_pieces(rng, bags, cartons=cartons, litter=litter)
    return [part for piece in pieces for part in piece]
