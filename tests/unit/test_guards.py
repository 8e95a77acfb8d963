"""A queue that was seen to form is held back; a row of parked cars is not."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.guards import is_queued
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Rule, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone


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


def in_a_lane(*, stays_put: int | None, until: int) -> list[tuple[float, float]]:
    """Look once a second at five cars that move up every 150 s; return who is a violation."""
    rule = replace(
        DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0, clear_s=30.0, queue_hold_s=70.0
    )
    road = Zone("road", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,))
    presence = Presence()
    for second in range(until):
        step = (second + 100) // 150
        steps = [min(step, 1) if place == stays_put else step for place in range(5)]
        xs = [160 * place + 80 * steps[place] - 240 for place in range(5)] if second >= 5 else []
        boxes = np.array([(x, 150.0, x + 110.0, 220.0) for x in xs], np.float32).reshape(-1, 4)
        kind = np.full(len(xs), CLASS_ID["car"], np.int64)
        seen = Detections(boxes, np.full(len(xs), 0.8, np.float32), kind)
        presence = observe(
            presence, Look(float(second), (640, 360), seen), (road,), epoch=None
        ).presence
    return [
        (stay.first_seen, stay.anchor[0])
        for stay in presence.stays
        if stay.violation_at is not None
    ]


def test_a_lane_that_moves_up_now_and_then_is_held_for_longer_than_a_red_light() -> None:
    assert in_a_lane(stays_put=None, until=490) == []


def test_who_stands_while_the_lane_moves_on_has_parked() -> None:
    assert in_a_lane(stays_put=3, until=240) == [(50.0, 320.0)]


BIKES = replace(
    DEFAULTS[ViolationType.ILLEGAL_PARKING_NONMOTOR], dwell_s=60.0, clear_s=30.0, group_size=3
)


def bikes(*xs: float) -> Detections:
    boxes = np.array([(x, 150.0, x + 60.0, 220.0) for x in xs], np.float32).reshape(-1, 4)
    kind = np.full(len(xs), CLASS_ID["bicycle"], np.int64)
    return Detections(boxes, np.full(len(xs), 0.8, np.float32), kind)


def violations(*spans: tuple[int, Detections], rule: Rule = BIKES) -> list[list[Stay]]:
    """Look once a second; return the violations that stand at the end, and those that left."""
    pavement = Zone("pavement", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,))
    presence, second = Presence(), 0
    gone: list[Stay] = []
    for until, seen in spans:
        while second < until:
            look = Look(float(second), (640, 360), seen)
            observed = observe(presence, look, (pavement,), epoch=None)
            presence, second = observed.presence, second + 1
            gone += observed.gone
    return [
        [stay for stay in stays if stay.violation_at is not None]
        for stays in (presence.stays, gone)
    ]


@pytest.mark.parametrize(
    ("xs", "cases"),
    [
        pytest.param((100, 170), 0, id="two are no group"),
        pytest.param((100, 170, 240), 1, id="three that stand together are one"),
        pytest.param((100, 170, 240, 310, 380), 1, id="more are no more cases"),
        pytest.param((0, 170, 400), 0, id="three that stand apart are none"),
        pytest.param((0, 70, 140, 400, 470, 540), 2, id="two groups are two"),
    ],
)
def test_bicycles_are_one_case_for_each_group(xs: tuple[float, ...], cases: int) -> None:
    standing, _ = violations((90, bikes(*xs)))
    assert len(standing) == cases


HEAPS = replace(DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=60.0, clear_s=30.0)


def heaps(*spans: tuple[float, float]) -> Detections:
    boxes = np.array([(x1, 150.0, x2, 220.0) for x1, x2 in spans], np.float32).reshape(-1, 4)
    kind = np.full(len(spans), CLASS_ID["garbage"], np.int64)
    return Detections(boxes, np.full(len(spans), 0.8, np.float32), kind)


@pytest.mark.parametrize(
    ("spans", "largest"),
    [
        pytest.param([(100, 180), (170, 300)], [(170, 300)], id="parts that overlap are one"),
        pytest.param([(100, 180), (183, 300)], [(100, 180), (183, 300)], id="side by side are two"),
        pytest.param(
            [(100, 200), (190, 330), (320, 400)], [(190, 330)], id="both ends of one are its parts"
        ),
    ],
)
def test_a_heap_that_is_seen_in_parts_is_one_case(
    spans: list[tuple[float, float]], largest: list[tuple[float, float]]
) -> None:
    standing, _ = violations((90, heaps(*spans)), rule=HEAPS)
    assert [(stay.box[0], stay.box[2]) for stay in standing] == largest


def test_a_part_that_is_left_when_the_heap_was_taken_away_is_a_case() -> None:
    both, rest = heaps((100, 180), (170, 300)), heaps((100, 180))
    standing, gone = violations((90, both), (100, rest), rule=HEAPS)
    assert ([stay.box[0] for stay in standing], gone) == ([170.0], [])
    standing, gone = violations((90, both), (160, rest), rule=HEAPS)
    assert ([stay.box[0] for stay in standing], len(gone)) == ([100.0], 1)


def test_a_group_goes_on_when_the_first_of_it_leaves_and_ends_with_the_group() -> None:
    everyone, rest = bikes(100, 170, 240, 310), bikes(170, 240, 310)
    standing, gone = violations((90, everyone), (200, rest))
    assert (len(standing), gone) == (1, [])
    standing, gone = violations((90, everyone), (200, rest), (300, bikes(170)))
    assert (standing, len(gone)) == ([], 1)
