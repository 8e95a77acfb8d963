"""Which pictures are due."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.capture.pace import LookPace


def _looks(times: list[float], interval_s: float) -> list[float]:
    pace, looks = LookPace(interval_s), []
    for at in times:
        pace, due = pace.offer(at)
        if due:
            looks.append(at)
    return looks


@pytest.mark.parametrize(
    ("every_s", "interval_s", "looks_every_s"),
    [
        pytest.param(1.0, 1.0, 1.0, id="as_often_as_wanted"),
        pytest.param(0.04, 1.0, 1.0, id="every_picture_of_25_fps"),
        pytest.param(0.4, 1.0, 0.8, id="rather_early_than_late"),
        pytest.param(2.0, 1.0, 2.0, id="all_there_are_where_there_are_too_few"),
    ],
)
def test_looks_are_as_few_as_the_interval_allows(
    every_s: float, interval_s: float, looks_every_s: float
) -> None:
    looks = _looks([i * every_s for i in range(200)], interval_s)
    steps = [b - a for a, b in pairwise(looks)]
    assert steps == pytest.approx([looks_every_s] * len(steps))
    assert len(looks) >= 3


def test_key_frames_that_tremble_are_not_taken_twice_as_often() -> None:
    tremble = [0.0, 0.015, -0.02, 0.01, -0.005] * 40
    times = [number * 2.0 + off for number, off in enumerate(tremble)]
    assert len(_looks(times, 4.0)) == pytest.approx(len(times) / 2, abs=2)


@given(st.floats(0.02, 1.0), st.lists(st.floats(0.0, 0.2), min_size=5, max_size=200))
def test_no_interval_is_missed_by_more_than_a_pictures_distance_varies(
    interval_s: float, steps: list[float]
) -> None:
    times = [sum(steps[:i]) for i in range(len(steps))]
    looks = _looks(times, interval_s)
    longest = max([0.0, *(b - a for a, b in pairwise(looks))])
    assert longest <= interval_s + max(steps) + 1e-3
    assert len(set(looks)) == len(looks)


def test_the_same_moment_is_never_looked_at_twice() -> None:
    assert _looks([5.0, 5.0, 5.0], interval_s=0.5) == [5.0]
