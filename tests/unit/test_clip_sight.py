"""Where half a minute of coded video is kept."""

from dataclasses import replace

import pytest

from streetwatch.service.runtime.clip_sight import is_filed_soon
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

PARKING = ViolationType.ILLEGAL_PARKING_MOTOR
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def zone(*, soft_start_s: float = 0.0) -> Zone:
    rule = replace(DEFAULTS[PARKING], dwell_s=300.0, soft_start_s=soft_start_s)
    return Zone("kerb", WHOLE, rules=(rule,))


def stay(stood_s: float, *, violation_at: float | None = None, zone_id: str = "kerb") -> Stay:
    box = (0.0, 0.0, 10.0, 10.0)
    seen = Stay(zone_id, PARKING, box, box, 0.8, 9, first_seen=0.0, last_seen=stood_s)
    return replace(seen, observed_s=stood_s, violation_at=violation_at)


@pytest.mark.parametrize(
    ("stands", "soft_start_s", "is_soon"),
    [
        pytest.param((), 0.0, False, id="an empty street"),
        pytest.param((stay(10.0),), 0.0, False, id="what has just come"),
        pytest.param((stay(285.0),), 0.0, True, id="what is about to be filed"),
        pytest.param((stay(10.0), stay(285.0)), 0.0, True, id="one of two"),
        pytest.param((stay(900.0),), 0.0, True, id="what has stood long enough and is not sure"),
        pytest.param((stay(301.0, violation_at=300.0),), 0.0, True, id="what was filed just now"),
        pytest.param((stay(900.0, violation_at=300.0),), 0.0, False, id="what was filed long ago"),
        pytest.param((stay(360.0, violation_at=300.0),), 300.0, False, id="those with time to go"),
        pytest.param((stay(590.0, violation_at=300.0),), 300.0, True, id="those whose time ends"),
        pytest.param((stay(285.0, zone_id="gone"),), 0.0, False, id="in a zone no longer drawn"),
    ],
)
def test_a_clip_is_in_sight_where_something_is_filed_soon(
    stands: tuple[Stay, ...], soft_start_s: float, *, is_soon: bool
) -> None:
    assert is_filed_soon(stands, [zone(soft_start_s=soft_start_s)]) is is_soon
