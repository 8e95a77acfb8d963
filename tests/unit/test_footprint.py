"""Where boxes stand, how they overlap, and which is which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.types import Box, Boxes
from streetwatch.zones import footprint


def boxes(*rows: Box) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


whole = st.integers(0, 500)
side = st.integers(1, 300)
some_boxes = st.lists(
    st.builds(
        lambda x, y, w, h: (float(x), float(y), float(x + w), float(y + h)),
        whole,
        whole,
        side,
        side,
    ),
    max_size=8,
).map(lambda rows: boxes(*rows))


def test_an_object_stands_at_the_bottom_centre_of_its_box() -> None:
    assert footprint.ground_points(boxes((10, 20, 30, 60))).tolist() == [[20.0, 60.0]]
    assert footprint.ground_points(boxes()).shape == (0, 2)


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        pytest.param((0, 0, 10, 10), (0, 0, 10, 10), 1.0, id="the same"),
        pytest.param((0, 0, 10, 10), (5, 0, 15, 10), 1 / 3, id="half"),
        pytest.param((0, 0, 10, 10), (10, 0, 20, 10), 0.0, id="side by side"),
        pytest.param((0, 0, 10, 10), (50, 50, 60, 60), 0.0, id="apart"),
        pytest.param((0, 0, 10, 10), (0, 0, 5, 10), 0.5, id="inside"),
        pytest.param((3, 3, 3, 3), (3, 3, 3, 3), 0.0, id="no area"),
    ],
)
def test_iou_of(left: Box, right: Box, overlap: float) -> None:
    assert footprint.iou(boxes(left), boxes(right)).item() == pytest.approx(overlap)


@given(some_boxes, some_boxes)
def test_iou_is_symmetric_and_between_0_and_1(left: Boxes, right: Boxes) -> None:
    overlap = footprint.iou(left, right)
    assert overlap.shape == (len(left), len(right))
    assert np.allclose(overlap, footprint.iou(right, left).T)
    assert ((overlap >= 0) & (overlap <= 1)).all()
    assert np.allclose(np.diag(footprint.iou(left, left)), 1)


@given(some_boxes, some_boxes)
def test_no_box_is_covered_more_than_wholly_or_less_than_its_iou(left: Boxes, right: Boxes) -> None:
    share = footprint.covered(left, right)
    assert (share <= 1).all()
    assert (share >= footprint.iou(left, right) - 1e-9).all()


def pairs_of(left: Boxes, right: Boxes, least: float) -> list[tuple[int, int]]:
    """Return the rows that belong together."""
    found = footprint.matches(footprint.Meetings.of(left, right), least_iou=least).tolist()
    return [(row, column) for row, column in enumerate(found) if column >= 0]


@given(some_boxes, some_boxes, some_boxes)
def test_those_that_meet_are_those_that_overlap(left: Boxes, more: Boxes, right: Boxes) -> None:
    both = footprint.Meetings.of(np.concatenate((left, more)), right)
    for part, of in zip(both.of_first(len(left)), (left, more), strict=True):
        dense = footprint.Overlap.of(of, right)
        met = np.nonzero(dense.common)
        assert (part.rows.tolist(), part.columns.tolist()) == tuple(at.tolist() for at in met)
        assert (part.iou() == dense.iou()[met]).all()
        assert (part.covered() == dense.covered()[met]).all()


@given(some_boxes, some_boxes, st.floats(0.05, 0.95))
def test_matches_are_one_to_one_and_overlap_enough(left: Boxes, right: Boxes, least: float) -> None:
    pairs = pairs_of(left, right, least)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    overlap = footprint.iou(left, right)
    assert all(overlap[pair] >= least for pair in pairs)


@given(some_boxes, some_boxes, st.floats(0.05, 0.95))
def test_no_two_that_fit_are_both_left_over(left: Boxes, right: Boxes, least: float) -> None:
    pairs = pairs_of(left, right, least)
    overlap = footprint.iou(left, right)
    overlap[[row for row, _ in pairs]] = 0
    overlap[:, [column for _, column in pairs]] = 0
    assert (overlap < least).all()


def test_matches_take_the_best_total_not_the_first_best() -> None:
    left = boxes((0, 0, 100, 100), (40, 0, 140, 100))
    right = boxes((20, 0, 120, 100), (0, 0, 100, 100))
    assert pairs_of(left, right, 0.3) == [(0, 1), (1, 0)]


def test_one_object_under_two_labels_is_kept_once_with_the_better_confidence() -> None:
    seen = boxes((0, 0, 100, 100), (2, 0, 102, 100), (300, 0, 400, 100))
    confidence = np.array([0.5, 0.8, 0.4], np.float32)
    assert footprint.distinct(seen, confidence, limit=0.7).tolist() == [1, 2]


@given(some_boxes)
def test_what_is_left_does_not_overlap_and_stands_for_all(seen: Boxes) -> None:
    confidence = np.linspace(0.9, 0.1, len(seen)).astype(np.float32)
    kept = footprint.distinct(seen, confidence, limit=0.7)
    overlap = np.maximum(footprint.iou(seen, seen) / 0.7, footprint.covered(seen, seen) / 0.9)
    overlap = np.maximum(overlap, overlap.T)
    assert all(overlap[a, b] <= 1.001 for a in kept for b in kept if a != b)
    assert all(row in kept or overlap[row, kept].max() > 0.999 for row in range(len(seen)))


def test_a_box_inside_another_one_is_a_part_of_it() -> None:
    heap, bag, beside = (0, 0, 100, 60), (70, 30, 98, 58), (101, 0, 140, 60)
    confidence = np.array([0.5, 0.3, 0.2], np.float32)
    assert footprint.distinct(boxes(heap, bag, beside), confidence, limit=0.7).tolist() == [0, 2]
