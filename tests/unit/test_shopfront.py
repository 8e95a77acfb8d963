"""A stall before a shop is the shop's own; any other is a vendor's."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.explain import explain
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Gate, ViolationType
from streetwatch.zones.shopfront import with_fronts
from streetwatch.zones.zone import Zone, ZoneKind

VENDING = replace(
    DEFAULTS[ViolationType.STREET_VENDING], dwell_s=60.0, attended_ratio=0.0, presence_ratio=0.5
)
PAVEMENT = Zone("pavement", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(VENDING,))
SHOP = Zone("grocer", ((0.0, 0.0), (0.5, 0.0), (0.5, 0.3), (0.0, 0.3)), ZoneKind.SHOPFRONT)
AT_THE_SHOP: Box = (40.0, 20.0, 90.0, 70.0)
ACROSS: Box = (300.0, 120.0, 360.0, 180.0)
SIZE = (400, 200)


def looks(*boxes: Box) -> Look:
    ids = np.full(len(boxes), CLASS_ID["vendor_stall"], np.intp)
    return Look(
        0.0,
        SIZE,
        Detections(np.array(boxes, np.float32), np.full(len(boxes), 0.8, np.float32), ids),
    )


def stayed(zones: tuple[Zone, ...], *, seconds: int, shift: float = 0.0) -> Presence:
    presence = Presence()
    for at in range(0, seconds, 2):
        moved = tuple(
            (x1, y1 + shift * (at % 4), x2, y2 + shift * (at % 4))
            for x1, y1, x2, y2 in (AT_THE_SHOP, ACROSS)
        )
        presence = observe(presence, replace(looks(*moved), at=float(at)), zones).presence
    return presence


def filed(presence: Presence) -> list[tuple[str, bool]]:
    return sorted((stay.type, stay.box[0] < 200) for stay in presence.stays if stay.violation_at)


@pytest.mark.parametrize(
    ("zones", "types"),
    [
        pytest.param(
            (PAVEMENT, SHOP),
            [("out_of_store", True), ("street_vending", False)],
            id="one of each, by the vending rule",
        ),
        pytest.param(
            (PAVEMENT,), [("street_vending", False), ("street_vending", True)], id="no shop drawn"
        ),
        pytest.param(
            (
                replace(
                    PAVEMENT,
                    rules=(
                        VENDING,
                        replace(VENDING, type=ViolationType.OUT_OF_STORE, dwell_s=600.0),
                    ),
                ),
                SHOP,
            ),
            [("street_vending", False)],
            id="the zone's own rule for shops waits longer",
        ),
    ],
)
def test_a_stall_that_touches_a_shop_is_the_shops(
    zones: tuple[Zone, ...], types: list[tuple[str, bool]]
) -> None:
    assert filed(stayed(with_fronts(zones), seconds=120)) == types


def test_a_stall_whose_box_shifts_off_the_front_stays_one() -> None:
    low = replace(SHOP, polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 0.105), (0.0, 0.105)))
    assert filed(stayed(with_fronts((PAVEMENT, low)), seconds=120, shift=1.0)) == [
        ("out_of_store", True),
        ("street_vending", False),
    ]


def test_explain_names_the_front() -> None:
    zones = with_fronts((PAVEMENT, SHOP))
    look = looks(AT_THE_SHOP)
    presence = observe(Presence(), look, zones).presence
    found = explain((60.0, 40.0), look, presence, zones, faint=look.detections, epoch=None)
    assert [(one.type, one.gate) for one in found] == [
        ("street_vending", Gate.SHOPFRONT),
        ("out_of_store", Gate.DWELL),
    ]
