"""When a stay ends, and what does not end it."""

from dataclasses import replace

import pytest

from boxes_on_a_road import CAR, FAR, ROAD, RULE, SIZE, Seen, Watch, every, look, shifted
from streetwatch.zones.presence import Observation, observe


def test_an_outage_adds_no_dwell_and_clears_nothing() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 40), Seen())
    watch.keep_seeing(every(1, 340, 355), Seen())
    assert watch.stay.first_seen == 0
    assert watch.stay.dwell_s == pytest.approx(55)
    assert watch.stay.idle_s == pytest.approx(300)
    assert watch.stay.violation_at is None
    watch.keep_seeing(every(1, 356, 365), Seen())
    assert watch.stay.violation_at == pytest.approx(360)
    assert watch.gone == ()


@pytest.mark.parametrize(
    ("interval", "gap", "observed_s"),
    [
        pytest.param(1.0, 7.0, 27.0, id="a late key frame is no outage"),
        pytest.param(1.0, 12.0, 20.0, id="a stream that was down for 12 s is one"),
        pytest.param(4.0, 11.0, 31.0, id="not on a camera that is looked at rarely"),
        pytest.param(10.0, 14.0, 34.0, id="least of all on one looked at every 10 s"),
        pytest.param(10.0, 16.0, 20.0, id="but 15 s are the most"),
    ],
)
def test_what_is_an_outage_depends_on_how_often_the_camera_is_looked_at(
    interval: float, gap: float, observed_s: float
) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 20), Seen())
    watch.see(20 + gap, Seen())
    assert watch.stay.observed_s == pytest.approx(observed_s)
    assert watch.stay.idle_s == pytest.approx(20 + gap - observed_s)


def test_after_an_outage_it_is_looked_for_anew_before_it_is_gone() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 70), Seen())
    watch.keep_seeing(every(1, 370, 399))
    assert watch.stay.absent_s == pytest.approx(29)
    watch.see(400)
    assert [stay.last_seen for stay in watch.gone] == [70]


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
def test_it_is_gone_when_it_was_looked_for_long_enough_and_not_before(interval: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 100), Seen())
    watch.keep_seeing(every(interval, 100 + interval, 130 - interval))
    assert watch.stay.last_seen == 100
    watch.see(130)
    assert watch.stays == ()
    (left,) = watch.gone
    assert left.violation_at == pytest.approx(60)
    assert left.last_seen == 100


def test_a_thing_seen_once_is_forgotten_soon() -> None:
    watch = Watch()
    watch.see(0, Seen())
    watch.keep_seeing(every(1, 1, 3))
    assert watch.stays
    watch.see(4)
    assert watch.stays == ()


def test_a_gap_longer_than_the_rule_allows_adds_nothing() -> None:
    rule = replace(RULE, gap_s=10.0)
    watch = Watch((replace(ROAD, rules=(rule,)),))
    watch.keep_seeing(every(1, 0, 30), Seen())
    watch.keep_seeing(every(1, 31, 45))
    watch.see(46, Seen())
    assert (watch.stay.missed_s, watch.stay.idle_s) == (0, 16)
    assert watch.stay.observed_s == pytest.approx(30)


@pytest.mark.parametrize("late", [0.0, 5.0, 10.0])
def test_a_look_that_is_not_newer_changes_nothing(late: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 10), Seen())
    before = watch.presence
    assert observe(before, look(late, Seen(FAR)), watch.zones) == Observation(before, (), SIZE)


def test_a_car_that_moved_within_the_zone_is_a_new_stay() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 30), Seen())
    watch.keep_seeing(every(1, 31, 40), Seen(shifted(CAR, 31)))  # 0.31 of its width
    assert watch.stay.first_seen == 31
    assert [stay.first_seen for stay in watch.gone] == [0]


def test_one_misplaced_box_does_not_clear_a_violation() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 80), Seen())
    watch.see(81, Seen(shifted(CAR, 35)))
    watch.keep_seeing(every(1, 82, 120), Seen())
    assert watch.gone == ()
    (violation,) = watch.violations
    assert (violation.first_seen, violation.last_seen) == (0.0, 120.0)


def test_a_violation_that_drives_off_slowly_is_gone_when_its_place_was_seen_empty() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 80), Seen())
    for step in range(10):
        watch.see(81 + step, Seen(shifted(CAR, 35 * step)))
    watch.keep_seeing(every(1, 91, 130))
    (gone,) = (stay for stay in watch.gone if stay.violation_at is not None)
    assert gone.last_seen < 83


def test_a_box_that_trembles_is_the_same_stay() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, Seen(shifted(CAR, 5 * (-1) ** step, 2 * (-1) ** (step // 2))))
    assert watch.stay.violation_at == pytest.approx(60)


def test_a_car_half_hidden_is_still_where_it_was() -> None:
    x1, y1, x2, y2 = CAR
    watch = Watch()
    watch.keep_seeing(every(1, 0, 20), Seen())
    watch.keep_seeing(every(1, 21, 40), Seen((x1 + 40, y1, x2, y2)))
    watch.keep_seeing(every(1, 41, 70), Seen())
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.stay.box == CAR
