"""What a camera costs is measured, and told only when it is news."""

import pytest

from streetwatch.service.runtime.costs import NEWS, OVER_S, READING, Bill, Costs


def test_a_cost_is_what_was_spent_and_decoded_in_the_time_between() -> None:
    costs = Costs()
    assert costs.news({}, {"kerb": 5.0}, 100.0) == {}, "nothing to compare with yet"
    news = costs.news({"kerb": 3.0}, {"kerb": 8.0}, 200.0)
    assert news == {"kerb": pytest.approx(READING + 0.06)}


def test_a_small_change_is_no_news_and_a_large_one_counts_half() -> None:
    costs = Costs()
    costs.news({}, {"kerb": 0.0}, 0.0)
    first = costs.news({"kerb": 10.0}, {"kerb": 0.0}, 100.0)["kerb"]
    assert costs.news({"kerb": 10.0 * (1 + NEWS)}, {"kerb": 0.0}, 200.0) == {}
    news = costs.news({"kerb": 30.0}, {"kerb": 0.0}, 300.0)
    assert news == {"kerb": pytest.approx((first + READING + 0.3) / 2)}


def test_a_capture_that_began_anew_has_decoded_nothing_less() -> None:
    costs = Costs()
    costs.news({}, {"kerb": 50.0}, 0.0)
    assert costs.news({"kerb": 1.0}, {"kerb": 2.0}, 100.0) == {
        "kerb": pytest.approx(READING + 0.01)
    }


def test_it_is_due_when_its_time_is_over() -> None:
    costs = Costs()
    assert costs.is_due(0.0)
    costs.news({}, {}, 0.0)
    assert not costs.is_due(OVER_S - 1)
    assert costs.is_due(OVER_S)


def test_what_is_done_together_is_charged_in_equal_parts_once() -> None:
    bill = Bill()
    with bill.charged(["a", "b"]):
        sum(range(100_000))
    taken = bill.taken()
    assert taken["a"] == taken["b"] > 0
    assert bill.taken() == {}
