import numpy as np
import pytest

from streetwatch.service.foresight.relapse import Spells, relapses, spells
from streetwatch.service.foresight.relapse_chains import Episode, chains, in_longest

DAY = 86_400.0


def test_a_place_that_came_back_later_than_is_known_counts_as_clean_until_then() -> None:
    found = spells(np.zeros(3), np.array([20 * DAY, 5 * DAY, np.nan]), 10 * DAY)

    assert found.days.tolist() == [10.0, 5.0, 10.0]
    assert found.came_back.tolist() == [False, True, False]


def test_what_nobody_followed_for_so_long_is_not_measured() -> None:
    week, month, quarter = relapses(Spells(np.full(5, 10.0), np.zeros(5, bool)))

    assert (week.value, week.n, week.came_back) == (0.0, 5, 0)
    assert month.value is None
    assert quarter.low is None


def test_without_anybody_followed_nothing_is_measured() -> None:
    assert [one.value for one in relapses(Spells(np.zeros(0), np.zeros(0, bool)))] == [
        None,
        None,
        None,
    ]


def test_what_left_early_is_not_counted_as_clean() -> None:
    """Kaplan and Meier by hand: 1 of 4 at day 2, then 1 of 2 at day 6."""
    found = Spells(np.array([2.0, 4.0, 6.0, 8.0]), np.array([True, False, True, False]))

    (week,) = relapses(found, [7])

    assert week.value == pytest.approx(1 - 3 / 4 * 1 / 2)
    assert week.came_back == 2


@pytest.mark.parametrize("share", [0.02, 0.2, 0.7])
def test_the_interval_holds_the_planted_relapse_as_often_as_it_says(share: float) -> None:
    rng = np.random.default_rng(7)
    rate = -np.log(1 - share) / 30
    held = 0
    for _ in range(300):
        back, known = rng.exponential(1 / rate, 80), rng.uniform(5, 120, 80)
        (month,) = relapses(Spells(np.minimum(back, known), back <= known), [30])
        assert month.low is not None
        assert month.high is not None
        held += month.low <= share <= month.high

    assert held / 300 >= 0.92


def episode(name: str, before: str | None, day: float, *, until: float | None = None) -> Episode:
    ended = None if until is None else until * DAY
    return Episode(name, f"SW-{name}", "kerb/road", "street_vending", day * DAY, ended, before)


def test_places_that_come_back_are_told_with_all_their_cases_the_longest_first() -> None:
    found = chains(
        [
            episode("c", "b", 20.0),
            episode("a", None, 0.0, until=1.0),
            episode("b", "a", 5.0, until=6.0),
            episode("x", None, 3.0, until=4.0),
            episode("y", "x", 9.0),
            episode("alone", None, 9.0),
        ]
    )

    assert [one.numbers for one in found] == [("SW-a", "SW-b", "SW-c"), ("SW-x", "SW-y")]
    assert [one.gap_days for one in found] == [9.0, 5.0]


def test_a_chain_whose_beginning_is_deleted_begins_where_it_is_known() -> None:
    (found,) = chains([episode("b", "deleted", 5.0, until=6.0), episode("c", "b", 7.0)])

    assert found.numbers == ("SW-b", "SW-c")


def test_a_ring_is_no_chain_without_end() -> None:
    found = chains([episode("a", "b", 0.0), episode("b", "a", 1.0), episode("c", "a", 2.0)])

    assert [one.numbers for one in found] == [("SW-b", "SW-a", "SW-c")]


def test_the_longest_chains_are_found_before_any_case_of_them_is_read() -> None:
    links = {"c": "b", "b": "a", "y": "x", "q": "p", "r": "s", "s": "r"}

    assert in_longest(links, 1) == {"a", "b", "c"}
    assert in_longest(links, 2) == {"a", "b", "c", "x", "y", "p", "q"}, "as long as the last"
    assert in_longest({}, 3) == set()
