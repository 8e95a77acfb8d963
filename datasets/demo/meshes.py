"""Plain geometry: every shape is a grid of points, so that numpy alone can bend it.

Metres; x to the right, y away from the viewer, z up. Nothing here knows the renderer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Vec = Sequence[float] | Points


@dataclass(frozen=True, slots=True)
class Paint:
    """How a surface looks; the stage turns each into a material.

    `mottle` is the share of brightness that varies over patches `mottle_m` wide; `crinkle` is
    the depth in metres of bumps `crinkle_m` wide. `remesh_m` above 0 melts the parts of one
    paint into a single skin of that voxel size.
    """

    rgb: tuple[float, float, float]
    roughness: float = 0.6
    metallic: float = 0.0
    coat: float = 0.0
    mottle: float = 0.0
    mottle_m: float = 0.3
    crinkle: float = 0.0
    crinkle_m: float = 0.05
    remesh_m: float = 0.0
    pattern: str = ""
    glow: float = 0.0

    def with_rgb(self, rgb: tuple[float, float, float]) -> Self:
        """The same surface in another colour."""
        return replace(self, rgb=rgb)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Points (N, 3) and quads (M, 4) of indices into them."""

    points: Points
    quads: NDArray[np.int64]
    smooth: bool = True

    def moved(self, at: Vec = (0, 0, 0), turn: float = 0.0, scale: float = 1.0) -> "Mesh":
        """A copy scaled, turned about the vertical by `turn` radians, then shifted."""
        cos, sin = np.cos(turn), np.sin(turn)
        spin = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
        return replace(self, points=self.points * scale @ spin.T + np.asarray(at, float))

    def tilted(self, lean: float, toward: float = 0.0) -> "Mesh":
        """A copy leaned by `lean` radians about the origin, toward the bearing `toward`."""
        axis = np.array([-np.sin(toward), np.cos(toward), 0.0])
        points, cos, sin = self.points, np.cos(lean), np.sin(lean)
        along = points @ axis
        turned = points * cos + np.cross(axis, points) * sin
        return replace(self, points=turned + np.outer(along * (1 - cos), axis))


@dataclass(frozen=True, slots=True)
class Part:
    """A mesh in its paint."""

    mesh: Mesh
    paint: Paint


@dataclass(frozen=True, slots=True)
class Sign:
    """Upright lettering, read by one who looks along +x: centre, height of a letter, colour."""

    words: str
    at: tuple[float, float, float]
    height: float
    rgb: tuple[float, float, float]


def moved_parts(
    parts: Sequence[Part], at: Vec = (0, 0, 0), turn: float = 0.0, scale: float = 1.0
) -> list[Part]:
    """Every part scaled, turned and shifted as one."""
    return [Part(part.mesh.moved(at, turn, scale), part.paint) for part in parts]


def grid(points: Points, *, ring: bool = False, smooth: bool = True) -> Mesh:
    """A surface over a (rows, columns, 3) grid; `ring` joins the last column to the first."""
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    if ring:
        index = np.concatenate([index, index[:, :1]], axis=1)
    corners = (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1])
    quads = np.stack([corner.ravel() for corner in corners], axis=1)
    return Mesh(points.reshape(-1, 3), quads, smooth)


def box(size: Vec, at: Vec = (0, 0, 0), turn: float = 0.0) -> Mesh:
    """A box of `size` standing on `at` (the middle of its underside)."""
    width, depth, height = size
    corners = np.array(
        [(x, y, z) for z in (0, 1) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))], float
    ) * np.array([width / 2, depth / 2, height])
    quads = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    return Mesh(corners, np.array(quads), smooth=False).moved(at, turn)


Warp = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def lathe(
    profile: Sequence[tuple[float, float]],
    *,
    segments: int = 24,
    at: Vec = (0, 0, 0),
    warp: Warp | None = None,
    smooth: bool = True,
) -> Mesh:
    """Turns (radius, height) pairs about the vertical.

    `warp(angle, height)` gives a factor on the radius, for folds and dents.
    """
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)[None, :]
    radius, height = (np.array(column, float)[:, None] for column in zip(*profile, strict=True))
    reach = radius * (np.ones_like(angle) if warp is None else warp(angle, height))
    points = np.stack([reach * np.cos(angle), reach * np.sin(angle), height + 0 * angle], axis=-1)
    return grid(points + np.asarray(at, float), ring=True, smooth=smooth)


def ball(radii: Vec, at: Vec = (0, 0, 0), segments: int = 14) -> Mesh:
    """An ellipsoid with half-axes `radii`."""
    polar = np.linspace(0.02, np.pi - 0.02, max(6, segments * 2 // 3))
    profile = [(float(np.sin(p)), float(-np.cos(p))) for p in polar]
    mesh = lathe(profile, segments=segments)
    return replace(mesh, points=mesh.points * np.asarray(radii, float) + np.asarray(at, float))


def tube(path: Sequence[Vec], radii: float | Sequence[float], segments: int = 10) -> Mesh:
    """A pipe along `path`, closed at both ends."""
    line = np.asarray(path, float)
    reach = np.broadcast_to(np.asarray(radii, float), (len(line),))
    ahead = np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = np.eye(3)[np.abs(ahead).max(axis=0).argmin()]  # never along the path
    first = np.cross(ahead, side)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(ahead, first)
    line = np.concatenate([line[:1], line, line[-1:]])
    reach = np.concatenate([[1e-4], reach, [1e-4]])
    first, second = (np.concatenate([v[:1], v, v[-1:]]) for v in (first, second))
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)[None, :, None]
    around = first[:, None] * np.cos(angle) + second[:, None] * np.sin(angle)
    return grid(line[:, None] + around * reach[:, None, None], ring=True)


def sheet(width: float, depth: float, drape: Warp, *, at: Vec = (0, 0, 0), cells: int = 16) -> Mesh:
    """A cloth of `width` by `depth` whose height is `drape(x, y)`."""
    x, y = np.meshgrid(
        np.linspace(-width / 2, width / 2, cells), np.linspace(-depth / 2, depth / 2, cells)
    )
    return grid(np.stack([x, y, drape(x, y)], axis=-1) + np.asarray(at, float))


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Many meshes as one; smooth only where all of them are."""
    offsets = np.cumsum([0, *(len(mesh.points) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([m.quads + o for m, o in zip(meshes, offsets, strict=True)]),
        all(mesh.smooth for mesh in meshes),
    )
