"""Figures that a hand count confirms."""

import numpy as np
import pytest

from streetwatch.benchmarks.accuracy import accuracy, judge
from streetwatch.models.intervals import wilson

BOX = [0.0, 0.0, 10.0, 10.0]
FAR = [50.0, 50.0, 60.0, 60.0]


def boxes(*rows: list[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array(rows, np.float32).reshape(-1, 4)


def confidence(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_every_box_found_is_all_ones() -> None:
    judged = [judge(boxes(BOX, FAR), boxes(FAR, BOX), confidence(0.9, 0.8))]
    figures = accuracy("car", judged, 0.5)
    assert (figures.n, figures.tp, figures.fp) == (2, 2, 0)
    assert figures.ap50 == pytest.approx(1.0)
    assert figures.line()["precision_ci"] == [0.342, 1.0]


def test_a_second_detection_of_one_box_is_wrong() -> None:
    figures = accuracy("car", [judge(boxes(BOX), boxes(BOX, BOX), confidence(0.9, 0.8))], 0.5)
    assert (figures.tp, figures.fp) == (1, 1)


def test_the_threshold_cuts_the_counts_and_not_the_curve() -> None:
    judged = [judge(boxes(BOX, FAR), boxes(BOX, FAR), confidence(0.9, 0.3))]
    figures = accuracy("car", judged, 0.5)
    assert (figures.tp, figures.line()["fn"]) == (1, 1)
    assert figures.ap50 == pytest.approx(1.0)


def test_a_wrong_one_between_two_right_ones_costs_what_coco_says() -> None:
    judged = [
        judge(boxes(BOX, FAR), boxes(BOX, [90, 0, 99, 9], FAR), confidence(0.9, 0.8, 0.7)),
    ]
    # precision 1 up to recall 0.5 (51 of the 101 places), 2/3 above (50 places)
    assert accuracy("car", judged, 0.5).ap50 == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_nothing_measured_is_no_figure() -> None:
    line = accuracy("car", [judge(boxes(), boxes(), confidence())], 0.5).line()
    assert (line["precision"], line["recall"], line["ap50"]) == (None, None, None)
    assert line["precision_ci"] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        pytest.param(92, 100, 0.850, 0.959, id="the domain table's n = 100"),
        pytest.param(184, 200, 0.874, 0.950, id="the domain table's n = 200"),
        pytest.param(0, 10, 0.0, 0.278, id="none of ten"),
    ],
)
def test_wilsons_interval(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=6e-4)
