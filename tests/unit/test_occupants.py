"""People and stalls in zones: counted by where they stand, of nobody in particular."""

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.shift import Shift
from streetwatch.vision.types import Detections, Look
from streetwatch.zones.occupants import Occupants, occupants
from streetwatch.zones.zone import Zone, ZoneKind

LEFT = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
RIGHT = Zone("right", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)), ZoneKind.PERMITTED)
SURE = {"person": 0.5, "vendor_stall": 0.5}


def _look(*seen: tuple[str, tuple[float, ...], float]) -> Look:
    boxes = np.array([box for _, box, _ in seen], np.float32).reshape(-1, 4)
    confidence = np.array([one for *_, one in seen], np.float32)
    labels = np.array([CLASS_ID[label] for label, *_ in seen], np.int64)
    return Look(0.0, (100, 100), Detections(boxes, confidence, labels))


@pytest.mark.parametrize(
    ("seen", "left", "right"),
    [
        pytest.param([], (0, 0), (0, 0), id="nobody"),
        pytest.param([("person", (30, 10, 40, 60), 0.9)], (1, 0), (0, 0), id="by the feet"),
        pytest.param([("person", (40, 10, 70, 60), 0.9)], (0, 0), (1, 0), id="not by the head"),
        pytest.param([("person", (30, 10, 40, 60), 0.4)], (0, 0), (0, 0), id="not sure enough"),
        pytest.param([("car", (30, 10, 40, 60), 0.9)], (0, 0), (0, 0), id="no car"),
        pytest.param(
            [("person", (30, 10, 40, 60), 0.9), ("person", (32, 10, 42, 60), 0.9)],
            (2, 0),
            (0, 0),
            id="people stand close",
        ),
        pytest.param(
            [("vendor_stall", (60, 40, 80, 60), 0.9), ("vendor_stall", (61, 40, 81, 60), 0.8)],
            (0, 0),
            (0, 1),
            id="one stall seen twice",
        ),
    ],
)
def test_what_stands_in_a_zone_is_counted(
    seen: list[tuple[str, tuple[float, ...], float]],
    left: tuple[int, int],
    right: tuple[int, int],
) -> None:
    found = occupants(_look(*seen), (LEFT, RIGHT), SURE)
    assert found == {"left": Occupants(*left), "right": Occupants(*right)}


@pytest.mark.parametrize("kind", [ZoneKind.EXCLUDE, ZoneKind.PRIVACY_MASK, ZoneKind.SHOPFRONT])
def test_nobody_is_counted_where_no_zone_is(kind: ZoneKind) -> None:
    zone = Zone("other", LEFT.polygon, kind)
    assert occupants(_look(("person", (30, 10, 40, 60), 0.9)), (zone,), SURE) == {}


def test_a_look_that_is_moved_back_stays_what_it_was() -> None:
    said_again = Look(0.0, (100, 100), _look().detections, is_detected=False)
    assert not Shift(0.1, 0.0).as_drawn(said_again).is_detected
