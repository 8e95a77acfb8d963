import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.service.foresight.efficiency import (
    Finding,
    Finds,
    Patrol,
    Times,
    efficiency,
    review_times,
)

HOUR = 3600.0


def finds_of(waited: npt.ArrayLike, lasted: float = HOUR) -> Finds:
    waits = np.array(waited, np.float64)
    return Finds(waits, np.full(len(waits), lasted))


def test_a_simulated_round_meets_as_many_and_as_late_as_the_model_says() -> None:
    """A simulation: violations begin at any moment alike, a round passes every four hours."""
    rng = np.random.default_rng(5)
    every = 4 * HOUR
    lasted = rng.exponential(3 * HOUR, 40_000)
    until_passed = rng.uniform(0, every, len(lasted))
    met = until_passed <= lasted

    model = efficiency(
        Finds(np.full(len(lasted), 60.0), lasted), [], Patrol(every, 2.0), period_s=30 * 24 * HOUR
    )

    assert model.met == pytest.approx(met.mean(), abs=0.01)
    assert model.patrol_waited_s == pytest.approx(until_passed[met].mean(), rel=0.02)
    assert model.patrol_h == 360.0


def planted(times: float, rng: np.random.Generator, n: int = 60) -> Times:
    """What lasts long is met after half a round on average; cameras take so many times less."""
    waits = rng.gamma(2.0, 2 * HOUR / times / 2, n)
    return efficiency(finds_of(waits, 9 * HOUR), [], Patrol(4 * HOUR, 1.0), period_s=HOUR).sooner


@pytest.mark.parametrize(
    ("times", "finding"),
    [(20.0, Finding.HELD), (2.0, Finding.REFUTED)],
)
def test_the_claim_is_held_or_refuted_where_the_interval_says_so(
    times: float, finding: Finding
) -> None:
    assert planted(times, np.random.default_rng(1)).finding is finding


def test_the_interval_holds_what_was_planted() -> None:
    rng = np.random.default_rng(2)
    ends = [(one.low, one.high) for one in (planted(5.0, rng) for _ in range(400))]

    held = sum(low <= 5.0 <= high for low, high in ends if low is not None and high is not None)
    assert 0.92 <= held / 400 <= 0.98


def test_an_hour_of_review_is_counted() -> None:
    """100 finds for 200 verdicts of 36 s, 2 h in all; the round meets half in 10 h."""
    found = finds_of([60.0] * 100, 2 * HOUR)
    patrol = Patrol(4 * HOUR, 1.0)

    known = efficiency(found, [36.0] * 200, patrol, period_s=40 * HOUR)

    assert known.review_h == 2.0
    assert known.per_hour.value == pytest.approx(100 / 2 / (50 / 10))


@pytest.mark.parametrize(
    ("finds", "verdicts"), [(0, 0), (29, 100), (100, 0)], ids=["nothing", "few", "no verdicts"]
)
def test_where_too_little_is_known_nothing_is_claimed(finds: int, verdicts: int) -> None:
    known = efficiency(
        finds_of([60.0] * finds), [30.0] * verdicts, Patrol(HOUR, 1.0), period_s=HOUR
    )

    assert known.per_hour.finding is Finding.NOT_MEASURED


def test_a_verdict_took_as_long_as_it_came_after_the_one_before() -> None:
    one = np.array([60.0, 0.0, 20.0, 9000.0, 9030.0])
    other = np.array([10.0])

    assert sorted(review_times([one, other])) == [20.0, 30.0, 30.0, 30.0, 30.0, 40.0]
    assert review_times([other]) == []


def test_a_round_that_takes_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Patrol(0.0, 1.0)
