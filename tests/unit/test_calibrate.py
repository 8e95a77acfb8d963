"""Thresholds are chosen for precision, and say what they rest on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.models.calibrate import Basis, operating_point


def judged(*runs: tuple[float, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Detections as (confidence, right ones, wrong ones)."""
    confidence = [value for value, right, wrong in runs for _ in range(right + wrong)]
    right = [flag for _, yes, no in runs for flag in [True] * yes + [False] * no]
    return np.array(confidence, np.float32), np.array(right, bool)


def test_where_n_allows_the_lower_bound_reaches_the_target() -> None:
    point = operating_point(*judged((0.9, 300, 3), (0.6, 100, 4), (0.3, 50, 50)), 500)
    assert point is not None
    assert (point.basis, point.threshold) == (Basis.LOWER_BOUND, 0.6)
    assert point.interval[0] >= 0.92
    assert (point.tp, point.fp) == (400, 7)


def test_where_n_is_too_small_the_measured_precision_must_do_and_it_says_so() -> None:
    point = operating_point(*judged((0.9, 10, 0), (0.5, 14, 1), (0.2, 5, 9)), 40)
    assert point is not None
    assert (point.basis, point.threshold, point.tp) == (Basis.POINT, 0.5, 24)


def test_where_nothing_is_precise_enough_the_best_that_finds_something_is_taken() -> None:
    point = operating_point(*judged((0.9, 3, 3), (0.5, 40, 20), (0.2, 10, 90)), 100)
    assert point is not None
    assert (point.basis, point.threshold) == (Basis.BEST, 0.5)


def test_a_point_that_finds_almost_nothing_is_no_operating_point() -> None:
    point = operating_point(*judged((0.9, 2, 0), (0.5, 40, 20)), 100)
    assert point is not None
    assert point.threshold == 0.5


def test_nothing_right_has_no_point() -> None:
    assert operating_point(*judged((0.9, 0, 4)), 10) is None
    assert operating_point(*judged(), 0) is None


@given(
    st.lists(st.tuples(st.floats(0.0, 1.0, width=32), st.booleans()), max_size=60),
    st.floats(0.5, 0.99),
)
def test_the_counts_are_those_above_the_threshold(
    seen: list[tuple[float, bool]], target: float
) -> None:
    confidence = np.array([value for value, _ in seen], np.float32)
    right = np.array([flag for _, flag in seen], bool)
    n = max(int(right.sum()), 1)
    point = operating_point(confidence, right, n, target=target)
    if point is None:
        return
    above = confidence >= np.float32(point.threshold)
    assert (point.tp, point.tp + point.fp) == (right[above].sum(), above.sum())
    if point.basis is Basis.LOWER_BOUND:
        assert point.interval[0] >= target
    if point.basis is Basis.POINT:
        assert point.precision >= target
