"""What a schedule, and its grace, do to dwell."""

from dataclasses import replace
from datetime import datetime

import pytest

from boxes_on_a_road import ROAD, Seen, Watch, every, from_seven
from streetwatch.zones.schedule import CHINA, Schedule, Window
from streetwatch.zones.zone import ZoneKind


@pytest.mark.parametrize(("grace_s", "violation_at"), [(0.0, 160.0), (30.0, 190.0)])
def test_dwell_begins_when_the_rule_does_though_the_car_was_there_before(
    grace_s: float, violation_at: float
) -> None:
    seven = datetime(2026, 11, 23, 7, tzinfo=CHINA).timestamp()
    watch = Watch((replace(ROAD, rules=(from_seven(grace_s),)),), epoch=seven - 100)
    watch.keep_seeing(every(1, 0, 200), Seen())
    assert watch.stay.first_seen == 0
    assert watch.stay.violation_at == pytest.approx(violation_at, abs=1.0)
    assert watch.stay.idle_s == pytest.approx(100 + grace_s, abs=1.0)


def test_when_a_night_market_ends_what_stays_begins_its_dwell() -> None:
    half_past_ten = datetime(2026, 11, 23, 22, 30, tzinfo=CHINA).timestamp()
    hours = Schedule((Window(frozenset(range(7)), 18 * 60, 22 * 60 + 30),))
    market = replace(ROAD, id="market", kind=ZoneKind.PERMITTED, rules=(), schedule=hours)
    market = replace(market, grace_s=30.0)
    watch = Watch((ROAD, market), epoch=half_past_ten - 100)
    watch.keep_seeing(every(1, 0, 129), Seen())
    assert watch.stays == ()
    watch.keep_seeing(every(1, 130, 200), Seen())
    assert watch.stay.first_seen == 130
    assert watch.stay.violation_at == pytest.approx(190)


def test_without_a_date_a_market_is_always_open() -> None:
    hours = Schedule((Window(frozenset(range(7)), 18 * 60, 22 * 60),))
    market = replace(ROAD, id="market", kind=ZoneKind.PERMITTED, rules=(), schedule=hours)
    watch = Watch((ROAD, market))
    watch.keep_seeing(every(1, 0, 70), Seen())
    assert watch.stays == ()


def test_without_a_date_schedules_are_left_out() -> None:
    watch = Watch((replace(ROAD, rules=(from_seven(),)),), epoch=None)
    watch.keep_seeing(every(1, 0, 70), Seen())
    assert watch.stay.violation_at == pytest.approx(60)
