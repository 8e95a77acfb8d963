"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.capture.reconnect import BackOff


def _waits(lived: list[float], chance: float) -> list[float]:
    state, waits = BackOff(), []
    for lived_s in lived:
        state, wait_s = state.after_failure(lived_s=lived_s, chance=chance)
        waits.append(wait_s)
    return waits


@pytest.mark.parametrize(
    ("chance", "first", "longest"),
    [
        pytest.param(0.0, [1, 1.125, 1.6875, 2.53125], 30, id="least"),
        pytest.param(1.0, [1.5, 2.25, 3.375, 5.0625], 60, id="most"),
    ],
)
def test_waits_grow_up_to_the_longest(chance: float, first: list[float], longest: float) -> None:
    waits = _waits([0.0] * 12, chance)
    assert waits[:4] == first
    assert waits == sorted(waits)
    assert waits[-1] == longest


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_no_wait_is_longer_than_the_outage_so_far(chances: list[float]) -> None:
    state, outage_s = BackOff(longest_s=1e9), 0.0
    for chance in chances:
        state, wait_s = state.after_failure(lived_s=0.0, chance=chance)
        assert wait_s <= outage_s + 1.5 + 1e-6 * outage_s
        outage_s += wait_s


@pytest.mark.parametrize(
    ("lived_s", "next_wait_s"),
    [pytest.param(30.0, 1.0, id="stable"), pytest.param(29.9, 2.53125, id="flapping")],
)
def test_only_a_stable_connection_wipes_the_slate(lived_s: float, next_wait_s: float) -> None:
    assert _waits([0.0, 0.0, 0.0, lived_s], chance=0.0)[-1] == next_wait_s


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200), st.floats(0, 1))
def test_never_gives_up_and_keeps_its_bounds(lived: list[float], chance: float) -> None:
    assert all(1.0 <= wait_s <= 60.0 for wait_s in _waits(lived, chance))


def test_years_of_failures_do_not_overflow() -> None:
    _, wait_s = BackOff(failures=10**9).after_failure(lived_s=0.0, chance=1.0)
    assert wait_s == 60.0


def test_bounds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="first_s <= longest_s"):
        BackOff(first_s=10.0, longest_s=1.0)
