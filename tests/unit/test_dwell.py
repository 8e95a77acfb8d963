"""Dwell: when what stays has stayed too long, however it is looked at."""

from dataclasses import replace

import numpy as np
import pytest

from boxes_on_a_road import CAR, ROAD, RULE, SIZE, Seen, Watch, every, shifted


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
def test_a_parked_car_matures_when_its_dwell_is_full_however_often_it_is_looked_at(
    interval: float,
) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 100, 150), Seen())
    assert watch.stay.violation_at is None
    watch.keep_seeing(every(interval, 150 + interval, 200), Seen())
    assert watch.stay.violation_at == pytest.approx(160, abs=0.001)
    assert watch.stay.observed_s == pytest.approx(100)
    assert watch.stay.first_seen == 100


def test_a_moment_between_two_looks_is_told_to_the_second() -> None:
    watch = Watch()
    watch.keep_seeing([100, 107, 121, 130, 144, 158, 163], Seen())
    assert watch.stay.violation_at == pytest.approx(160)


@pytest.mark.parametrize("interval", [0.5, 1, 2])
def test_a_stop_of_8_seconds_is_no_violation(interval: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 8), Seen())
    watch.keep_seeing(every(interval, 8 + interval, 120))
    assert watch.violations == []
    assert watch.stays == ()


def test_looks_that_miss_the_car_count_as_dwell_but_not_as_seen() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, *([] if step % 12 == 11 else [Seen()]))
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.stay.missed_s == pytest.approx(5)  # 5 looks, each a second of its own
    assert watch.stay.observed_s == pytest.approx(65)


def test_a_car_seen_too_rarely_is_no_violation() -> None:
    watch = Watch()
    for step in range(200):
        watch.see(step, *([Seen()] if step % 5 < 2 else []))
    assert watch.stay.presence_ratio < RULE.presence_ratio
    assert watch.violations == []


def test_20_seconds_behind_a_bus_do_not_end_the_stay() -> None:
    bus = Seen((150.0, 60.0, 420.0, 300.0), "bus")
    watch = Watch()
    watch.keep_seeing(every(1, 0, 30), Seen())
    first = watch.stay.key
    watch.keep_seeing(every(1, 31, 50), bus)
    watch.keep_seeing(every(1, 51, 75), Seen())
    (parked,) = [stay for stay in watch.stays if stay.key == first]
    assert parked.hidden_s == pytest.approx(20)
    assert parked.missed_s == 0
    assert parked.observed_s == pytest.approx(55)
    assert parked.absent_s == 0
    assert parked not in watch.gone


def test_what_is_hidden_is_waited_for_longer_than_what_is_looked_for_in_clear_view() -> None:
    bus = Seen((150.0, 60.0, 420.0, 150.0 + 400.0), "bus")  # its wheels are below the picture
    hidden, clear = Watch(), Watch()
    for watch, seen in ((hidden, [bus]), (clear, [])):
        watch.keep_seeing(every(1, 0, 59), Seen())
        watch.keep_seeing(every(1, 60, 100), *seen)
    assert [stay.first_seen for stay in hidden.gone] == []
    assert [stay.first_seen for stay in clear.gone] == [0]


def test_one_vehicle_called_car_and_truck_by_turns_is_one_stay() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, Seen(label="car" if step % 2 else "truck"))
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.gone == ()


def test_one_vehicle_called_car_and_truck_in_one_look_is_one_stay() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 70), Seen(), Seen(shifted(CAR, 3), "truck", 0.6))
    assert watch.stay.violation_at == pytest.approx(60)


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
@pytest.mark.parametrize("headway_s", [3, 5, 11])
def test_passing_traffic_never_matures(interval: float, headway_s: float) -> None:
    """Cars of 100 px at 80 px a second, at uneven distances."""
    chance = np.random.default_rng(7)
    entries = np.cumsum(chance.uniform(0.6 * headway_s, 1.4 * headway_s, size=400))
    watch = Watch()
    for at in every(interval, 0, 600):
        places = [x for x in (at - entries) * 80 - 100 if -100 < x < SIZE[0]]
        watch.see(at, *(Seen(shifted((0, 150, 100, 220), x)) for x in places))
    assert watch.violations == []


def test_a_creeping_queue_never_matures() -> None:
    watch = Watch()
    for step in range(600):  # 5 px a second: a car's width in 20 s
        front = (step * 5) % 130
        watch.see(step, *(Seen(shifted((0, 150, 100, 220), front + car * 130)) for car in range(4)))
    assert watch.violations == []


def test_a_queue_is_held_for_a_red_light_and_who_stays_when_it_has_gone_has_parked() -> None:
    queue = [Seen(shifted(CAR, 110 * place)) for place in range(-1, 3)]
    watch = Watch((replace(ROAD, rules=(replace(RULE, queue_hold_s=120.0),)),))
    watch.keep_seeing(every(1, 0, 5))
    for came in range(4):
        watch.keep_seeing(every(1, 6 + 3 * came, 8 + 3 * came), *queue[: came + 1])
    watch.keep_seeing(every(1, 18, 100), *queue)
    assert watch.violations == []
    watch.keep_seeing(every(1, 101, 200), queue[0])
    assert [stay.violation_at for stay in watch.violations] == [pytest.approx(110, abs=3)]
