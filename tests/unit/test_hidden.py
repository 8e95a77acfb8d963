"""What stands behind something else is waited for, and known when it is seen again."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from street_views import BLUE, CAR, RED, ROAD, look, resembling, view, watched
from streetwatch.vision.types import Box, Look, View
from streetwatch.zones.rules import DEFAULTS, ViolationType

#: Nearer to us than the car's place, two fifths of which it hides.
BEFORE: Box = (180.0, 190.0, 320.0, 260.0)


def half_hidden(car: npt.NDArray[np.uint8] | None) -> View:
    """Return the street with a car, or none, behind what stands in `BEFORE`."""
    drawn = view(car)
    drawn[95:130, 90:160] = np.tile(BLUE, 2)[:, :70]
    return drawn


def test_what_drives_past_in_front_undetected_makes_no_other_car_of_it() -> None:
    chance = np.random.default_rng(4)

    def shown(at: int) -> View:
        passing = chance.integers(0, 255, RED.shape).astype(np.uint8)
        return view(passing if at % 7 == 0 else RED)

    (stay,), gone = watched(look(at, shown(at), CAR) for at in range(400))
    assert gone == ()
    assert stay.violation_at is not None
    assert stay.missed_s > 40  # nobody can name it: it speaks neither for the car nor for a bus


def test_what_stops_before_it_nearer_and_larger_hides_it_for_a_while() -> None:
    x1, y1, x2, y2 = CAR
    bus = (x1 - 15, y1 - 10, x2 + 15, y2 + 8)
    looks = [look(at, view(RED), CAR) for at in range(100)]
    looks += [look(at, view(BLUE), bus) for at in range(100, 120)]
    (stay,), gone = watched([*looks, *(look(at, view(RED), CAR) for at in range(120, 160))])
    assert [(left.first_seen, left.violation_at) for left in gone] == [(100, None)]
    assert (stay.first_seen, stay.last_seen, stay.hidden_s) == (0, 159, 20)
    stays, _ = watched([*looks, *(look(at, view(BLUE), bus) for at in range(120, 300))])
    assert [stay.first_seen for stay in stays] == [100]


def test_a_place_half_hidden_at_dusk_is_still_known() -> None:
    x1, y1, x2, y2 = CAR
    before = (x1 - 40, y1, (x1 + x2) / 2, y2 + 10)
    looks = [look(at, view(RED, light=1 - at / 400), CAR, before) for at in range(0, 240, 4)]
    looks += [look(at, view(RED, light=1 - at / 400), CAR) for at in range(240, 300, 4)]
    stands, gone = watched(looks)
    assert {stay.first_seen for stay in (*stands, *gone) if stay.anchor == CAR} == {0}


def test_what_parks_before_a_car_for_a_while_is_a_stay_of_its_own_and_the_car_comes_back() -> None:
    x1, y1, x2, y2 = CAR
    van = (x1, y1, x2, y2 + 14)  # no larger, only nearer
    looks = [look(at, view(RED), CAR) for at in range(0, 40, 4)]
    looks += [look(at, view(BLUE), van) for at in range(40, 60, 4)]
    looks += [look(at, view(RED), CAR) for at in range(60, 100, 4)]
    (stay,), gone = watched(looks)
    assert (stay.first_seen, stay.last_seen) == (0, 96)
    assert stay.dwell_s == 96
    assert stay.hidden_s > 0
    assert [left.first_seen for left in gone] == [40]


def test_a_car_hidden_by_another_right_after_it_came_is_the_same_afterwards() -> None:
    x1, y1, x2, y2 = CAR
    van = (x1, y1, x2, y2 + 14)
    looks = [look(0, view(RED), CAR), *(look(at, view(BLUE), van) for at in range(4, 24, 4))]
    looks += [look(at, view(RED), CAR) for at in range(24, 60, 4)]
    stays, _ = watched(looks)
    assert [stay.first_seen for stay in stays if stay.last_seen == 56] == [0]


def test_a_dwell_that_was_mostly_hidden_is_none() -> None:
    x1, y1, x2, y2 = CAR
    truck = (x1 - 80, y1 - 60, x2 + 80, y2 + 60)
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=100.0)
    looks = [look(at, view(RED), CAR) for at in range(6)]
    looks += [look(at, view(None), truck) for at in range(6, 100)]
    looks += [look(at, view(RED), CAR) for at in range(100, 110)]
    stays, _ = watched(looks, zone=replace(ROAD, rules=(rule,)))
    (car,) = (stay for stay in stays if stay.first_seen == 0)
    assert (car.dwell_s, car.violation_at) == (109, None)


def test_what_was_hidden_does_not_come_back_after_its_place_was_seen_empty() -> None:
    x1, y1, x2, y2 = CAR
    van = (x1, y1, x2, y2 + 14)
    alike = resembling(0.55)
    looks = [look(at, view(RED), CAR) for at in range(0, 30, 5)]
    looks += [look(at, view(BLUE), van) for at in range(30, 50, 5)]
    looks += [look(50, view(None)), *(look(at, view(alike), CAR) for at in range(55, 90, 5))]
    stays, gone = watched(looks)
    seen = {stay.first_seen: stay.last_seen for stay in (*stays, *gone)}
    assert seen[0] == 25
    assert seen[55] == 85


def test_a_beam_of_light_after_a_bus_that_was_missed_now_and_then_makes_no_other_car() -> None:
    x1, y1, x2, y2 = CAR
    bus = (x1 - 60, y1 - 60, x2 + 60, y2 + 60)
    lit = np.asarray(255 - RED, np.uint8)

    def shown(number: int) -> Look:
        at = number / 5
        if 100 <= at < 120:
            return look(at, view(BLUE), *(() if number % 4 == 1 else (bus,)))
        return look(at, view(lit if 120 <= at < 122 else RED), CAR)

    stays, gone = watched(shown(number) for number in range(5 * 160))
    stood = {stay.first_seen: stay.last_seen for stay in (*stays, *gone) if stay.anchor == CAR}
    assert stood == {0: 159.8}


def test_what_comes_right_after_a_place_was_seen_empty_is_another() -> None:
    looks = [look(at / 5, view(RED), CAR) for at in range(500)]
    looks += [look(at / 5, view(None)) for at in range(500, 515)]
    looks += [look(at / 5, view(BLUE), CAR) for at in range(515, 525)]
    stays, gone = watched(looks)
    assert {stay.first_seen for stay in (*stays, *gone)} == {0, 103}


def test_what_has_taken_a_place_is_decided_on_when_nothing_passes_before_it() -> None:
    after = resembling(0.5)
    looks = [look(at, view(RED), CAR) for at in range(0, 30, 5)]
    looks += [look(30, view(None)), *(look(at, view(after), CAR) for at in (35, 40))]
    looks += [look(45, half_hidden(after), CAR, BEFORE)]
    looks += [look(at, view(after), CAR) for at in range(50, 80, 5)]
    stays, gone = watched(looks)
    there = {stay.first_seen: stay.last_seen for stay in (*stays, *gone) if stay.anchor == CAR}
    assert there == {0: 25, 35: 75}


def test_what_has_taken_a_place_is_told_though_something_has_parked_before_it() -> None:
    looks = [look(at, view(RED), CAR) for at in range(0, 100, 5)]
    looks += [look(at, half_hidden(RED), CAR, BEFORE) for at in range(100, 200, 5)]
    looks += [look(200, half_hidden(None), BEFORE)]
    looks += [look(at, half_hidden(resembling(0.3)), CAR, BEFORE) for at in range(205, 1400, 5)]
    stays, gone = watched(looks)
    there = [one for one in (*stays, *gone) if one.anchor == CAR]
    assert [one.first_seen for one in there if one.violation_at is None] == [0]
    assert [one.last_seen for one in there if one.violation_at is not None] == [1395]


def test_a_plain_white_bus_that_drove_on_hides_nothing_any_more() -> None:
    x1, y1, x2, y2 = CAR
    bus = (x1 - 60, y1 - 60, x2 + 60, y2 + 60)
    white = np.full_like(RED, 250)
    looks = [look(at, view(RED), CAR) for at in range(60)]
    looks += [look(at, view(white), bus) for at in range(60, 80)]
    stays, _ = watched([*looks, *(look(at, view(None)) for at in range(80, 88))])
    (stay,) = (stay for stay in stays if stay.anchor == CAR)
    assert (stay.absent_s, stay.vacant_s) == (8, 8)


def test_what_passes_in_front_settles_no_doubt_about_what_has_taken_a_place() -> None:
    x1, y1, x2, y2 = CAR
    bus, rolled = (x1 - 60, y1 - 5, x2 - 25, y2 + 25), (x1, y1 + 12, x2, y2 + 12)
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=7.0)
    looks = [look(at, view(RED), CAR) for at in range(3)]
    looks += [look(at, view(resembling(0.46)), rolled) for at in range(3, 6)]
    looks += [look(at, view(resembling(0.46)), rolled, bus) for at in range(6, 9)]
    looks += [look(at, view(resembling(0.46)), rolled) for at in range(9, 15)]
    stays, gone = watched(looks, zone=replace(ROAD, rules=(rule,)))
    told = [(one.first_seen, one.violation_at) for one in (*stays, *gone) if one.violation_at]
    assert told == [(3, 10)]


def test_a_car_that_came_in_a_beam_of_light_is_not_another_whenever_one_shines() -> None:
    lit = np.asarray(255 - RED, np.uint8)

    def shown(number: int) -> Look:
        at = number / 5
        hidden = at >= 1.8 and number % 5 == 0
        return look(at, view(lit if at % 20 < 2 else RED), *(() if hidden else (CAR,)))

    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0)
    stays, gone = watched(map(shown, range(5 * 100)), zone=replace(ROAD, rules=(rule,)))
    (told,) = (stay for stay in (*stays, *gone) if stay.violation_at is not None)
    assert told.violation_at is not None
    assert told.violation_at < 65


def test_a_car_in_the_dark_is_known_after_an_undetected_bus_stood_before_it() -> None:
    """Two looks at it are alike by 0.78 there: less than the same thing is, but for the noise."""
    chance = np.random.default_rng(9)

    def shown(at: int) -> Look:
        hidden = 60 <= at < 63
        dark = view(BLUE if hidden else RED, light=0.25).astype(float)
        seen = np.clip(dark + chance.normal(0, 9.6, dark.shape), 0, 255).astype(np.uint8)
        return look(at, seen, *(() if hidden else (CAR,)))

    stays, gone = watched(map(shown, range(120)))
    assert [(stay.first_seen, stay.last_seen) for stay in (*stays, *gone)] == [(0, 119)]
