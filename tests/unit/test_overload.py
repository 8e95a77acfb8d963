"""When the machine says that it can't keep its promise."""

from streetwatch.service.runtime.overload import Overload


def _after(lateness: list[float], *, apart_s: float = 0.1) -> Overload:
    state = Overload()
    for number, one in enumerate(lateness):
        state = state.after(one, number * apart_s)
    return state


def test_a_late_look_now_and_then_is_no_overload() -> None:
    assert not _after([2.0]).is_on
    assert not _after(([0.5] * 19 + [2.0]) * 20).is_on


def test_many_late_looks_are_an_overload_that_is_told_by_its_share() -> None:
    state = _after([0.5, 2.0] * 100)
    assert state.is_on
    assert 0.4 < state.late_share < 0.6


def test_an_overload_is_over_only_when_hardly_any_look_is_late() -> None:
    state = _after([2.0] * 100)
    at = state.at or 0.0
    states = []
    for number in range(1, 2_000):
        state = state.after(1.2 if number % 20 == 0 else 0.5, at + 0.1 * number)
        states.append(state.is_on)
    assert states[-1], "one of twenty is late still"
    for number in range(1, 2_000):
        state = state.after(0.5, at + 200 + 0.1 * number)
    assert not state.is_on


def test_what_was_late_long_ago_does_not_count() -> None:
    state = _after([2.0] * 100)
    assert not state.after(0.5, (state.at or 0.0) + 600).is_on
