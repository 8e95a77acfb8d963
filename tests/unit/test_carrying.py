"""What stands on a camera whose zones are drawn anew."""

from dataclasses import replace

import pytest

from streetwatch.service.runtime.carrying import carried
from streetwatch.vision.types import Box, Size
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.presence import Presence, Remembered
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone, ZoneKind

PARKING = ViolationType.ILLEGAL_PARKING_MOTOR
GARBAGE = ViolationType.EXPOSED_GARBAGE
SIZE: Size = (640, 360)
NOW = 1000.0
LEFT: Polygon = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
RIGHT: Polygon = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
CAR: Box = (100.0, 150.0, 200.0, 230.0)  # stands in the left half

STAY = Stay("road", PARKING, CAR, CAR, 0.8, 10, first_seen=900.0, last_seen=990.0, observed_s=90.0)
STANDS = Presence.of(Remembered(last_look=990.0, stays=(STAY,)))


def road(polygon: Polygon = LEFT, *types: ViolationType) -> Zone:
    return Zone("road", polygon, rules=tuple(DEFAULTS[one] for one in types or (PARKING,)))


def cut(kind: ZoneKind) -> Zone:
    return Zone("cut", LEFT, kind)


@pytest.mark.parametrize(
    ("zones", "goes_on"),
    [
        pytest.param((road(),), True, id="as it was"),
        pytest.param((road(((0, 0), (0.6, 0), (0.6, 1), (0, 1))),), True, id="drawn larger"),
        pytest.param((road(), Zone("other", RIGHT)), True, id="another zone beside it"),
        pytest.param((road(LEFT, PARKING, GARBAGE),), True, id="one more rule"),
        pytest.param((road(RIGHT),), False, id="drawn elsewhere"),
        pytest.param((), False, id="zone taken out"),
        pytest.param((road(LEFT, GARBAGE),), False, id="rule taken out"),
        pytest.param((road(), cut(ZoneKind.EXCLUDE)), False, id="cut out"),
        pytest.param((road(), cut(ZoneKind.PERMITTED)), False, id="permitted"),
        pytest.param((road(), cut(ZoneKind.PRIVACY_MASK)), False, id="painted over"),
    ],
)
def test_a_stay_goes_on_where_its_zone_still_holds_it(
    zones: tuple[Zone, ...], *, goes_on: bool
) -> None:
    parted = carried(STANDS, Presence(), zones, size=SIZE, at=NOW)
    assert parted.presence.stays == ((STAY,) if goes_on else ())
    assert parted.aside.stays == (() if goes_on else (STAY,))
    assert parted.presence.last_look == STANDS.last_look


def test_what_was_put_aside_goes_on_when_its_zone_comes_back() -> None:
    parted = carried(STANDS, Presence(), (), size=SIZE, at=NOW)
    back = carried(parted.presence, parted.aside, (road(),), size=SIZE, at=NOW + 600)
    assert back.presence.stays == (replace(STAY, unlooked_s=600.0),)
    assert back.aside == Presence()


def test_before_the_first_picture_what_has_a_rule_goes_on() -> None:
    parted = carried(STANDS, Presence(), (road(RIGHT),), size=None, at=NOW)
    assert parted.presence.stays == (STAY,)
