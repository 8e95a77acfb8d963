"""A queue that was seen to form is held back; a row of parked cars is not."""

from dataclasses import replace

import pytest

from streetwatch.vision.types import Box
from streetwatch.zones.guards import is_queued
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.stay import Stay


def car(x: float, first_seen: float, *, looks: int = 20, stood_s: float = 30.0) -> Stay:
    box: Box = (x, 150.0, x + 100.0, 220.0)
    kind = ViolationType.ILLEGAL_PARKING_MOTOR
    return Stay("road", kind, box, box, 0.8, looks, first_seen, first_seen + stood_s)


QUEUE = (car(0, 100), car(110, 104), car(220, 109))


@pytest.mark.parametrize("place", range(3))
def test_cars_that_came_one_after_another_are_a_queue(place: int) -> None:
    assert is_queued(QUEUE[place], QUEUE, watched_since=0)


@pytest.mark.parametrize(
    ("others", "watched_since"),
    [
        pytest.param((), 0, id="alone"),
        pytest.param(QUEUE[:2], 0, id="two cars are no queue"),
        pytest.param(QUEUE, 100, id="it stood there at the first look"),
        pytest.param((QUEUE[0], car(110, 20), car(220, 180)), 0, id="they came at other times"),
        pytest.param((QUEUE[0], car(500, 101), car(610, 102)), 0, id="they stand elsewhere"),
        pytest.param(
            (QUEUE[0], *(replace(one, looks=2) for one in QUEUE[1:])), 0, id="they drive past"
        ),
        pytest.param(
            (QUEUE[0], car(110, 104, stood_s=1), car(220, 109, stood_s=1)),
            0,
            id="they were there for a moment",
        ),
    ],
)
def test_everything_else_is_none(others: tuple[Stay, ...], watched_since: float) -> None:
    assert not is_queued(QUEUE[0], others, watched_since=watched_since)
