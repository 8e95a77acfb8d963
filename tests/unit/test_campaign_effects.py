from dataclasses import replace

import numpy as np
import pytest

from streetwatch.benchmarks.foresight_campaigns import Planted
from streetwatch.benchmarks.foresight_campaigns import effects as found_in
from streetwatch.benchmarks.foresight_campaigns import history as a_history
from streetwatch.models.intervals import wilson
from streetwatch.service.foresight.campaign import Course, Effect, Lack, effect

HISTORIES = 200


def history(chance: np.random.Generator, **planted: float) -> Course:
    return a_history(chance, Planted(**planted))


def effects(seed: int, **planted: float) -> list[Effect]:
    first = seed * HISTORIES  # none of those that the way was chosen by, or that are told
    return list(found_in(Planted(**planted), range(first, first + HISTORIES)))


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param({}, id="nothing else"),
        pytest.param({"mean": 1.0}, id="few violations"),
        pytest.param({"trend": 0.05}, id="a trend that goes on"),
        pytest.param({"alike": 0.3}, id="days that are alike"),
        pytest.param({"alike": 0.5}, id="days that are much alike"),
        pytest.param({"alike": 0.7, "mean": 20.0}, id="many, in fortnights that are alike"),
    ],
)
def test_a_campaign_that_changed_nothing_is_seldom_said_to_have_changed_something(
    planted: dict[str, float],
) -> None:
    found = effects(1, **planted)
    claimed = sum(one.after.is_change for one in found)

    low, _ = wilson(claimed, len(found))
    assert len(found) == HISTORIES
    assert low <= 0.05
    assert claimed / len(found) <= 0.07


@pytest.mark.parametrize(
    ("planted", "least_found"),
    [
        pytest.param({"left": 0.3, "mean": 10.0}, 0.7, id="a third is left"),
        pytest.param({"left": 0.05, "mean": 3.0}, 0.9, id="next to nothing is left"),
        pytest.param({"left": 5.0, "mean": 10.0}, 0.7, id="five times as many"),
    ],
)
def test_what_a_campaign_changed_is_found_and_lies_in_the_interval(
    planted: dict[str, float], least_found: float
) -> None:
    found = effects(2, **planted)
    covered = sum(one.after.low <= planted["left"] <= one.after.high for one in found)

    _, high = wilson(covered, len(found))
    assert sum(one.after.is_change for one in found) / len(found) >= least_found
    assert high >= 0.95


def test_more_hours_looked_at_are_no_effect() -> None:
    rng = np.random.default_rng(3)
    course = history(rng, mean=20.0)
    doubled = np.where(np.arange(len(course.counts)) < course.ends, 1, 2)
    seen = replace(course, counts=course.counts * doubled, looked=course.looked * doubled)

    found, plain = effect(seen), effect(replace(seen, looked=np.ones(len(course.counts))))

    assert isinstance(found, Effect)
    assert isinstance(plain, Effect)
    assert not found.after.is_change
    assert plain.after.value > 1.5 * found.after.value


def test_a_place_without_any_violation_after_its_campaign_has_an_interval_that_ends() -> None:
    course = history(np.random.default_rng(4), mean=4.0, left=0.0)

    found = effect(course)

    assert isinstance(found, Effect)
    assert found.after_n == 0
    assert (found.after.value, found.after.low) == (0.0, 0.0)
    assert found.after.high < 0.5
    assert found.level is None


@pytest.mark.parametrize(
    ("course", "lack"),
    [
        pytest.param((np.ones(60), 20, 30), Lack.SHORT_BEFORE, id="hardly anything before"),
        pytest.param((np.ones(60), 40, 50), Lack.SHORT_AFTER, id="hardly anything after"),
        pytest.param((np.zeros(90), 40, 50), Lack.FEW, id="no violation before"),
    ],
)
def test_where_too_little_is_known_nothing_is_said(
    course: tuple[np.ndarray, int, int], lack: Lack
) -> None:
    counts, begins, ends = course

    assert effect(Course(counts, np.ones(len(counts)), 0, begins, ends)) is lack


def test_a_campaign_outside_its_days_is_refused() -> None:
    with pytest.raises(ValueError, match="inside the days"):
        Course(np.ones(3), np.ones(3), 0, 2, 4)
