"""A wall clock that is set forward, set back, and set right again."""

import pytest

from streetwatch.vision.capture.steady import SteadyClock

NOON = 1_795_363_200.0


class Machine:
    """A machine whose wall clock can be set."""

    def __init__(self) -> None:
        self.wall, self.up = NOON, 100.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.up)

    def after(self, seconds: float, *, step: float = 0.0) -> float:
        self.up += seconds
        self.wall += seconds + step
        return self.clock()


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_it_is_the_wall_clock_where_nobody_sets_that(machine: Machine) -> None:
    assert [machine.after(2.0) for _ in range(3)] == [NOON + 2, NOON + 4, NOON + 6]


def test_a_step_forward_is_followed_at_once(machine: Machine) -> None:
    assert machine.after(1.0, step=3600) == NOON + 3601


def test_a_step_back_is_waited_for_at_half_speed(machine: Machine) -> None:
    assert machine.after(2.0, step=-10) == NOON + 1
    assert machine.after(8.0) == NOON + 5
    assert machine.after(8.0) == NOON + 9
    assert machine.after(8.0) == machine.wall == NOON + 16


def test_it_never_goes_back(machine: Machine) -> None:
    times = [machine.after(0.01, step=step) for step in (0, -5, 4, -3600, 0, 7200, -1, -1)]
    assert times == sorted(times)
