"""Every gate that can stop an alarm is named."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.explain import Finding, explain
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Gate, ViolationType
from streetwatch.zones.schedule import Schedule, Window
from streetwatch.zones.zone import Zone, ZoneKind

RULE = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0)
ROAD = Zone("road", ((0.0, 0.2), (1.0, 0.2), (1.0, 1.0), (0.0, 1.0)), rules=(RULE,))
BAY = replace(ROAD, id="bay", kind=ZoneKind.PERMITTED, rules=())
CAR: Box = (200.0, 150.0, 300.0, 220.0)
AWAY: Box = (200.0, 10.0, 300.0, 60.0)
MIDDLE = (250.0, 180.0)


def seen(*boxes: Box, label: str = "car", confidence: float = 0.8) -> Detections:
    rows = len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(rows, confidence, np.float32),
        np.full(rows, CLASS_ID[label], np.int64),
    )


def asked(  # noqa: PLR0913 -- a scene and a question
    seconds: int,
    detections: Detections,
    *,
    zones: tuple[Zone, ...] = (ROAD,),
    faint: Detections | None = None,
    point: tuple[float, float] = MIDDLE,
    epoch: float | None = None,
) -> Finding:
    """Look once a second at the same, then ask."""
    presence = Presence()
    look = Look(0.0, (640, 360), detections)
    for second in range(seconds + 1):
        look = replace(look, at=float(second))
        presence = observe(presence, look, zones, epoch=epoch).presence
    (finding,) = explain(point, look, presence, zones, faint=faint or detections, epoch=epoch)
    return finding


@pytest.mark.parametrize(
    ("finding", "gate", "says"),
    [
        pytest.param(asked(5, seen()), Gate.NOTHING, {}, id="nothing"),
        pytest.param(
            asked(5, seen(CAR, label="person")), Gate.LABEL, {"seen": "person"}, id="label"
        ),
        pytest.param(
            asked(5, seen(AWAY), point=(250.0, 30.0)), Gate.ZONE, {"label": "car"}, id="zone"
        ),
        pytest.param(
            asked(5, seen(CAR), zones=(ROAD, BAY)), Gate.PERMITTED, {"by": "bay"}, id="permitted"
        ),
        pytest.param(
            asked(5, seen(), faint=seen(CAR, confidence=0.1)),
            Gate.SCORE,
            {"confidence": 0.1},
            id="score",
        ),
        pytest.param(asked(30, seen(CAR)), Gate.DWELL, {"dwell_s": 30, "of_s": 60}, id="dwell"),
        pytest.param(asked(70, seen(CAR)), None, {"violation_at": 60.0}, id="a violation"),
    ],
)
def test_the_gate_is_named_with_its_figures(
    finding: Finding, gate: Gate | None, says: dict[str, float | str]
) -> None:
    assert finding.gate is gate
    assert says.items() <= finding.says.items()


def test_a_part_of_a_heap_that_is_a_case_is_stopped_by_it() -> None:
    rule = replace(DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=60.0)
    heap: Box = (290.0, 150.0, 460.0, 230.0)
    both = seen(CAR, heap, label="garbage")
    pavement = replace(ROAD, rules=(rule,))
    assert asked(90, both, zones=(pavement,)).gate is Gate.GROUP
    assert asked(90, both, zones=(pavement,), point=(400.0, 180.0)).gate is None


def test_a_bicycle_without_its_group_is_stopped_by_the_group() -> None:
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_NONMOTOR], dwell_s=60.0, group_size=3)
    pavement = replace(ROAD, rules=(rule,))
    finding = asked(90, seen(CAR, label="bicycle"), zones=(pavement,))
    assert finding.gate is Gate.GROUP
    assert finding.says["group_size"] == 3


def test_a_car_in_a_queue_is_stopped_by_the_queue_and_what_moved_with_it_is_told() -> None:
    presence = Presence()
    row = tuple((x, 150.0, x + 100.0, 220.0) for x in (50.0, 200.0, 350.0))
    for second in range(90):
        look = Look(float(second), (640, 360), seen(*row) if second > 5 else seen())
        presence = observe(presence, look, (ROAD,), epoch=None).presence
    (finding,) = explain(MIDDLE, look, presence, (ROAD,), faint=look.detections, epoch=None)
    assert finding.gate is Gate.QUEUE
    assert finding.says["queue_hold_s"] == 120
    assert (finding.says["moved_with"], finding.says["outlasted"]) == (0, 0)


def test_outside_its_hours_a_rule_stops_everything() -> None:
    at_night = Schedule((Window(frozenset(range(7)), 22 * 60, 23 * 60),))
    zone = replace(ROAD, rules=(replace(RULE, schedule=at_night),))
    assert asked(70, seen(CAR), zones=(zone,), epoch=1_795_363_200.0).gate is Gate.SCHEDULE
