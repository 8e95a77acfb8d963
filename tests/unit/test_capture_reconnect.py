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
    ("chance", "expected"),
    [
        pytest.param(0.0, [1, 2, 4, 8, 16, 30, 30, 30], id="least"),
        pytest.param(1.0, [2, 4, 8, 16, 32, 60, 60, 60], id="most"),
    ],
)
def test_waits_double_up_to_the_longest(chance: float, expected: list[float]) -> None:
    assert _waits([0.0] * 8, chance) == expected


@pytest.mark.parametrize(
    ("lived_s", "next_wait_s"),
    [pytest.param(30.0, 1.0, id="stable"), pytest.param(29.9, 8.0, id="flapping")],
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
