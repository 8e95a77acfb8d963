"""Polygons: what is sound, and what is inside."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.zones.polygon import Polygon, contains, problem

SQUARE: Polygon = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
ELL: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.5), (0.5, 1.0), (0.0, 1.0))


@pytest.mark.parametrize(
    ("polygon", "what"),
    [
        pytest.param((), "has 0", id="nothing"),
        pytest.param(((0.0, 0.0), (1.0, 1.0)), "at least 3 corners, this one has 2", id="a line"),
        pytest.param(((0.0, 0.0), (1.0, 0.0), (1.0, 1.01)), "[1, 1.01] leaves", id="below"),
        pytest.param(((-0.1, 0.0), (1.0, 0.0), (1.0, 1.0)), "[-0.1, 0] leaves", id="left"),
        pytest.param(((math.nan, 0.0), (1.0, 0.0), (1.0, 1.0)), "leaves", id="not a number"),
        pytest.param(
            ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)), "crosses or touches", id="bow tie"
        ),
        pytest.param(
            ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (1.0, 1.0), (0.0, 1.0), (0.5, 0.5)),
            "crosses or touches",
            id="touches itself",
        ),
        pytest.param(((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)), "", id="corners on one line"),
        pytest.param(((0.1, 0.1), (0.1, 0.1), (0.1, 0.1)), "", id="one point"),
    ],
)
def test_an_unsound_polygon_says_what_is_wrong_with_it(polygon: Polygon, what: str) -> None:
    found = problem(polygon)
    assert found is not None
    assert what in found


@pytest.mark.parametrize(
    "polygon",
    [
        pytest.param(SQUARE, id="a square"),
        pytest.param(SQUARE[::-1], id="the other way round"),
        pytest.param((*SQUARE, SQUARE[0]), id="closed by hand"),
        pytest.param(ELL, id="not convex"),
        pytest.param(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), id="the whole picture"),
    ],
)
def test_a_sound_polygon_has_no_problem(polygon: Polygon) -> None:
    assert problem(polygon) is None


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        pytest.param((320.0, 180.0), True, id="in the middle"),
        pytest.param((160.0, 90.0), True, id="a corner"),
        pytest.param((160.0, 200.0), True, id="the left border"),
        pytest.param((480.0, 270.0), True, id="the far corner"),
        pytest.param((159.9, 200.0), False, id="just left of it"),
        pytest.param((320.0, 270.1), False, id="just below"),
        pytest.param((-5.0, 1000.0), False, id="outside the picture"),
    ],
)
def test_the_border_counts_as_inside(point: tuple[float, float], *, inside: bool) -> None:
    assert contains(SQUARE, np.array([point]), (640, 360)).tolist() == [inside]


def test_a_notch_is_outside() -> None:
    points = np.array([[25.0, 75.0], [75.0, 75.0], [75.0, 25.0]])
    assert contains(ELL, points, (100, 100)).tolist() == [True, False, True]


def test_no_points_give_no_answers() -> None:
    assert contains(SQUARE, np.empty((0, 2)), (640, 360)).shape == (0,)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20),
    st.sampled_from([(640, 360), (1920, 1080), (352, 288)]),
)
def test_the_size_of_the_picture_does_not_matter(
    spots: list[tuple[float, float]], size: tuple[int, int]
) -> None:
    safe = [
        spot
        for spot in spots
        if all(abs(part - edge) > 1e-6 for part in spot for edge in (0.25, 0.75))
    ]
    points = np.array(safe, np.float64).reshape(-1, 2)
    expected = [all(0.25 <= part <= 0.75 for part in spot) for spot in safe]
    assert contains(SQUARE, points * size, size).tolist() == expected
