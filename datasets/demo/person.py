"""People: clothed figures with a walking or standing pose.

A figure faces -y and stands on z = 0; figures are about 1.7 m tall before scaling.
"""

from dataclasses import dataclass, field
from math import cos, pi, sin

import numpy as np

from streetwatch.datasets.demo.meshes import Mesh, Paint, Part, Vec, ball, grid, lathe, tube

_SKIN = Paint((0.50, 0.31, 0.21), 0.55)
_HAIR = Paint((0.015, 0.012, 0.010), 0.5, crinkle=0.01, crinkle_m=0.02)
_CLOTH = Paint((0.1, 0.1, 0.1), 0.85, mottle=0.08, mottle_m=0.1, crinkle=0.02, crinkle_m=0.12)
_MELT_M = 0.022
_SHOE = Paint((0.05, 0.05, 0.05), 0.5)


@dataclass(frozen=True, slots=True)
class Look:
    """What a figure wears; colours are linear RGB."""

    shirt: tuple[float, float, float] = (0.55, 0.10, 0.08)
    trousers: tuple[float, float, float] = (0.03, 0.04, 0.08)
    shoes: tuple[float, float, float] = (0.3, 0.3, 0.3)
    apron: tuple[float, float, float] | None = None
    straw_hat: bool = False
    long_hair: bool = False
    build: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in radians; `stride` 0..1 is the place in one double step."""

    stride: float = 0.0
    swing: float = 0.0
    elbows: float = 0.25
    reach: float = 0.0
    head_turn: float = 0.0
    carries: Paint | None = field(default=None)


def _limb(start: Vec, angles: tuple[float, float], lengths: tuple[float, float]) -> list[Vec]:
    """Three joints swung in the y-z plane; an angle of 0 hangs straight down."""
    points = [np.asarray(start, float)]
    for angle, length in zip(angles, lengths, strict=True):
        points.append(points[-1] + length * np.array([0, -sin(angle), -cos(angle)]))
    return [point.tolist() for point in points]


def _bent(joints: list[Vec], radii: tuple[float, float, float]) -> list[Mesh]:
    """A limb of two tapering tubes with balls at its joints."""
    pairs = zip(joints, joints[1:], radii, radii[1:], strict=False)
    bones = [tube([a, np.add(a, b) / 2, b], [r, (r + s) / 2 * 1.03, s]) for a, b, r, s in pairs]
    return bones + [ball((r, r, r), j, 10) for j, r in zip(joints, radii, strict=True)]


def _leg(side: int, pose: Pose) -> tuple[list[Mesh], Mesh]:
    phase = 2 * pi * pose.stride + (0 if side > 0 else pi)
    thigh = pose.swing * sin(phase)
    knee = thigh - pose.swing * 1.1 * max(0.0, cos(phase)) - 0.04
    joints = _limb((side * 0.095, 0, 0.93), (thigh, knee), (0.43, 0.43))
    foot = np.array(joints[-1])
    shoe = ball((0.048, 0.125, 0.042), (foot[0], foot[1] - 0.06, foot[2] - 0.025))
    return _bent(joints, (0.098, 0.07, 0.056)), shoe


def _arm(side: int, pose: Pose, build: float) -> tuple[list[Mesh], list[Mesh]]:
    phase = 2 * pi * pose.stride + (pi if side > 0 else 0)
    upper = pose.swing * 0.8 * sin(phase) + pose.reach
    joints = _limb(
        (side * 0.205 * build, 0, 1.40),
        (upper, upper + pose.elbows + pose.reach * 0.5),
        (0.29, 0.26),
    )
    for joint, out in zip(joints[1:], (0.05, 0.06), strict=True):
        joint[0] += side * out  # type: ignore[index]
    middle = (np.asarray(joints[1]) * 0.85 + np.asarray(joints[0]) * 0.15).tolist()
    sleeve = _bent(
        [joints[0], (np.add(joints[0], middle) / 2).tolist(), middle], (0.062, 0.056, 0.055)
    )
    skin = _bent([middle, joints[1], joints[2]], (0.04, 0.04, 0.031))
    hand = ball((0.036, 0.045, 0.06), np.add(joints[2], (0, -0.01, -0.06)).tolist())
    return sleeve, [*skin, hand]


def _torso(build: float) -> list[Mesh]:
    """Chest and waist; closed at both ends, or they would not melt."""
    outline = [(1e-4, 0.87), (0.16, 0.88), (0.165, 0.98), (0.15, 1.10), (0.165, 1.24)]
    outline += [
        (0.185, 1.36),
        (0.16, 1.43),
        (0.08, 1.48),
        (1e-4, 1.50),
    ]  # closed, or it would not melt
    shape = lathe(outline, segments=20)
    flat = shape.points * np.array([build, 0.66 * build, 1.0])
    return [Mesh(flat, shape.quads), ball((0.15 * build, 0.10 * build, 0.12), (0, 0.0, 1.05))]


def _head(look: Look, pose: Pose) -> list[Part]:
    skull = [
        Part(tube([(0, 0.01, 1.42), (0, 0.005, 1.48), (0, 0, 1.55)], 0.052), _SKIN),
        Part(ball((0.077, 0.096, 0.118), (0, -0.01, 1.62)), _SKIN),
        Part(ball((0.014, 0.022, 0.02), (0, -0.105, 1.61), 8), _SKIN),
        Part(ball((0.086, 0.104, 0.105), (0, 0.016, 1.66)), _HAIR),
    ]
    skull += [Part(ball((0.014, 0.024, 0.032), (s * 0.079, 0, 1.61), 8), _SKIN) for s in (-1, 1)]
    if look.long_hair:
        skull.append(Part(ball((0.085, 0.06, 0.17), (0, 0.06, 1.56)), _HAIR))
    if look.straw_hat:
        straw = Paint((0.55, 0.42, 0.22), 0.85, mottle=0.1, mottle_m=0.03)
        brim = [(0.01, 1.80), (0.08, 1.79), (0.098, 1.70), (0.19, 1.675), (0.215, 1.66)]
        skull.append(Part(lathe(brim, segments=24), straw))
    return [Part(part.mesh.moved(turn=pose.head_turn), part.paint) for part in skull]


def person(look: Look, pose: Pose) -> list[Part]:
    """The whole figure."""
    shirt = Paint(
        look.shirt, 0.85, mottle=0.1, mottle_m=0.12, crinkle=0.02, crinkle_m=0.15, remesh_m=_MELT_M
    )
    cloth = Paint(
        look.trousers,
        0.85,
        mottle=0.1,
        mottle_m=0.12,
        crinkle=0.02,
        crinkle_m=0.15,
        remesh_m=_MELT_M,
    )
    parts = [Part(mesh, shirt) for mesh in _torso(look.build)]
    parts.append(Part(ball((0.165 * look.build, 0.12 * look.build, 0.13), (0, 0, 0.92)), cloth))
    for side in (-1, 1):
        leg, shoe = _leg(side, pose)
        sleeve, skin = _arm(side, pose, look.build)
        parts += [Part(mesh, cloth) for mesh in leg]
        parts += [Part(mesh, shirt) for mesh in sleeve]
        parts += [Part(mesh, _SKIN) for mesh in skin]
        parts.append(Part(shoe, Paint(look.shoes, 0.5)))
    if look.apron:
        parts += _apron(look.apron, look.build)
    return parts + _head(look, pose)


def _apron(rgb: tuple[float, float, float], build: float) -> list[Part]:
    angle = np.linspace(-2.3, -0.84, 12)[None, :]
    rows = [(0.13, 1.36), (0.175, 1.15), (0.18, 1.0), (0.19, 0.85), (0.21, 0.6)]
    reach, height = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    spread = np.where(height > 1.2, 0.5, 1.0)
    around = -pi / 2 + (angle + pi / 2) * spread * 1.3
    x, y = reach * build * np.cos(around), 0.80 * reach * build * np.sin(around)
    return [Part(grid(np.stack([x, y, height + 0 * angle], axis=-1)), Paint(rgb, 0.8))]
