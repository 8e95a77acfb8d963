"""Which things at which places become stays, in seconds of capture time."""

from dataclasses import replace

import pytest

from boxes_on_a_road import FAR, ROAD, RULE, Seen, Watch, every
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone, ZoneKind


@pytest.mark.parametrize(
    ("zones", "stands"),
    [
        pytest.param((ROAD,), True, id="in the zone"),
        pytest.param(
            (replace(ROAD, polygon=((0.0, 0.7), (1.0, 0.7), (1.0, 1.0), (0.0, 1.0))),),
            False,
            id="its wheels are above the zone",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="bay", kind=ZoneKind.PERMITTED, rules=())),
            False,
            id="in a permitted bay",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="tree", kind=ZoneKind.EXCLUDE, rules=())),
            False,
            id="in an excluded area",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="window", kind=ZoneKind.PRIVACY_MASK, rules=())),
            True,
            id="a mask does not cut",
        ),
    ],
)
def test_only_what_stands_in_the_zone_counts(zones: tuple[Zone, ...], *, stands: bool) -> None:
    watch = Watch(zones)
    watch.see(0, Seen())
    assert bool(watch.stays) is stands


def test_only_the_labels_of_the_rule_count() -> None:
    watch = Watch()
    watch.see(0, Seen(label="person"), Seen(FAR, "bicycle"))
    assert watch.stays == ()


def test_two_cars_are_two_stays() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 20), Seen())
    watch.keep_seeing(every(1, 21, 70), Seen(FAR), Seen())
    assert [stay.violation_at for stay in watch.stays] == [pytest.approx(60), None]


def test_two_rules_of_one_zone_watch_side_by_side() -> None:
    stall = replace(DEFAULTS[ViolationType.STREET_VENDING], dwell_s=20.0)
    watch = Watch((replace(ROAD, rules=(RULE, stall)),))
    watch.keep_seeing(every(1, 0, 60), Seen(), Seen(FAR, "vendor_stall"))
    assert {stay.type: stay.violation_at for stay in watch.stays} == {
        ViolationType.ILLEGAL_PARKING_MOTOR: pytest.approx(60),
        ViolationType.STREET_VENDING: pytest.approx(20),
    }
