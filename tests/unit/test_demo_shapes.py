"""The demo street's things have the size of real ones and repeat with their seed."""

from collections.abc import Callable

import numpy as np
import pytest

from streetwatch.datasets.demo.car import car
from streetwatch.datasets.demo.garbage import heap
from streetwatch.datasets.demo.meshes import Mesh, Part, box, grid, joined, lathe, tube
from streetwatch.datasets.demo.person import Look, Pose, person
from streetwatch.datasets.demo.spread import (
    cafe_seats,
    clothes_rack,
    empty_tricycle,
    ground_sheet,
    tent,
)
from streetwatch.datasets.demo.stall import stall

Build = Callable[[np.random.Generator], list[Part]]


def _someone(rng: np.random.Generator) -> list[Part]:
    return person(Look(), Pose(stride=float(rng.uniform()), swing=0.4))


_THINGS: list[tuple[str, Build, tuple[float, float, float], tuple[float, float, float]]] = [
    ("sedan", lambda rng: car(rng, "sedan"), (1.8, 4.5, 1.4), (2.3, 4.9, 1.55)),
    ("van", lambda rng: car(rng, "van"), (1.6, 4.1, 1.8), (2.2, 4.5, 1.95)),
    ("stall", stall, (1.4, 0.8, 0.9), (4.0, 4.0, 3.0)),
    ("sheet", ground_sheet, (1.1, 0.8, 0.05), (3.5, 3.5, 2.5)),
    ("rack", clothes_rack, (1.1, 0.5, 1.3), (4.0, 2.5, 2.0)),
    ("tent", tent, (2.3, 1.7, 2.0), (3.4, 2.6, 3.0)),
    ("café seats", cafe_seats, (1.8, 1.8, 2.0), (3.5, 3.5, 2.8)),
    ("empty tricycle", empty_tricycle, (1.8, 0.7, 0.9), (4.0, 1.3, 1.8)),
    ("heap", lambda rng: heap(rng, 6), (0.9, 0.7, 0.45), (4.0, 3.0, 1.3)),
    ("person", _someone, (0.4, 0.2, 1.6), (1.0, 1.4, 1.9)),
]
_EACH_THING = pytest.mark.parametrize(
    ("build", "least", "most"), [pytest.param(*rest, id=name) for name, *rest in _THINGS]
)


def _points(parts: list[Part]) -> np.ndarray:
    return np.concatenate([p.mesh.points[np.unique(p.mesh.quads)] for p in parts])


@_EACH_THING
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thing_has_the_size_of_a_real_one_and_stands_on_the_ground(
    build: Build,
    least: tuple[float, float, float],
    most: tuple[float, float, float],
    seed: int,
) -> None:
    points = _points(build(np.random.default_rng(seed)))
    size = np.ptp(points, axis=0)

    assert (size >= least).all()
    assert (size <= most).all()
    assert points[:, 2].min() == pytest.approx(0.0, abs=0.15)


@_EACH_THING
def test_a_seed_gives_the_same_thing_again(
    build: Build, least: tuple[float, float, float], most: tuple[float, float, float]
) -> None:
    del least, most
    first, again = (_points(build(np.random.default_rng(5))) for _ in range(2))

    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    "mesh",
    [
        pytest.param(box((1, 2, 3)), id="box"),
        pytest.param(lathe([(0.1, 0.0), (0.2, 1.0)]), id="lathe"),
        pytest.param(tube([(0, 0, 0), (0, 0, 1), (1, 0, 1)], 0.1), id="bent tube"),
        pytest.param(grid(np.zeros((3, 4, 3)), ring=True), id="ring"),
        pytest.param(joined([box((1, 1, 1)), box((1, 1, 1), (3, 0, 0))]), id="joined"),
    ],
)
def test_every_corner_of_a_mesh_is_a_finite_point_it_has(mesh: Mesh) -> None:
    points, quads = mesh.points, mesh.quads

    assert np.isfinite(points).all()
    assert quads.min() == 0
    assert quads.max() == len(points) - 1
