"""Shares over streets: what comes out the same on one street is not counted as often as it came."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.benchmarks.event_clips import About, ClipResult
from streetwatch.benchmarks.events import Event, tally
from streetwatch.benchmarks.streets import over_streets, wilson_of_clusters
from streetwatch.models.intervals import wilson

CAR = Event("road", "zone", "illegal_parking_motor", 10.0, 200.0, 70.0)


def clip(name: str, street: str, *filed: Event) -> ClipResult:
    return ClipResult(name, tally([CAR], filed, hours=0.5), 0.5, About("rain", street))


def test_clips_of_one_street_are_one_and_real_ones_each_their_own() -> None:
    composed = [clip("a", "corner", CAR), clip("b", "corner", CAR), clip("c", "square")]
    assert over_streets(composed, CAR.type)["streets"] == 2
    assert over_streets([clip("a", ""), clip("b", "")], CAR.type)["streets"] == 2
    assert over_streets(composed, "all") == over_streets(composed, CAR.type)
    assert over_streets(composed, "exposed_garbage")["recall_street_ci"] == [0.0, 1.0]


def test_what_was_filed_in_a_clip_without_an_event_counts() -> None:
    wrong = replace(CAR, violation_at=170.0)
    streets = [clip(str(number), str(number), CAR, wrong) for number in range(20)]
    over = over_streets(streets, CAR.type)["precision_street_ci"]
    assert over == pytest.approx(wilson(10, 20), abs=0.02)


def test_streets_that_differ_widen_the_interval_and_those_that_do_not_leave_it() -> None:
    n = np.full(40, 10.0)
    each_or_none = np.tile([0.0, 10.0], 20)
    low, high = wilson_of_clusters(each_or_none, n)
    assert high - low > 3 * 0.09
    at_random = np.random.default_rng(0).binomial(10, 0.5, 40).astype(float)
    assert wilson_of_clusters(at_random, n) == pytest.approx(wilson(at_random.sum(), 400), abs=0.02)


def test_few_streets_say_little() -> None:
    three = wilson_of_clusters(np.array([95.0, 97.0, 99.0]), np.full(3, 100.0))
    twelve = wilson_of_clusters(np.tile([95.0, 97.0, 99.0], 4), np.full(12, 25.0) * 4)
    assert three[0] < twelve[0] < 0.97
    assert wilson_of_clusters(np.array([3.0]), np.array([3.0])) == wilson(1, 1)
