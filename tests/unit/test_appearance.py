"""What a place looks like tells whether it is still the same thing that stands there."""

import json
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from street_views import BLUE, CAR, RED, ROAD, STREET, look, noisy, resembling, view, watched
from streetwatch.service.store.codec import presence_document
from streetwatch.vision.types import Box, Look, View
from streetwatch.vision.view import VIEW_WIDTH, view_of
from streetwatch.zones.appearance import PATCH, Patches, alike, blended
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, ViolationType

LARGEST_STATE_BYTES = 256 * 1024


def test_what_the_detector_misses_is_there_while_its_place_looks_the_same() -> None:
    red = view(RED)
    (stay,), gone = watched(look(at, red, *([CAR] if at % 3 == 0 else [])) for at in range(400))
    assert gone == ()
    assert stay.missed_s < 5  # until two looks agreed on what it looks like
    assert stay.unchanged_s > 200
    assert stay.violation_at == 300


def test_one_false_box_on_a_wall_never_matures_though_the_wall_stays_as_it_is() -> None:
    wall = view(RED)
    (stay,), _ = watched(look(at, wall, *([CAR] if at < 5 else [])) for at in range(400))
    assert stay.unchanged_s > 300
    assert stay.violation_at is None


def test_what_was_seen_once_is_not_held_by_its_picture() -> None:
    stays, _ = watched(look(at, view(RED), *([CAR] if at == 0 else [])) for at in range(60))
    assert stays == ()


def test_a_car_that_takes_another_s_place_between_two_looks_is_a_new_stay() -> None:
    red, blue = view(RED), view(BLUE)
    (stay,), (left,) = watched(look(at, red if at < 200 else blue, CAR) for at in range(0, 400, 5))
    assert left.first_seen == 0
    assert left.last_seen == 195
    assert stay.first_seen == 200
    assert stay.violation_at is None


def test_a_stall_that_is_pushed_a_metre_is_the_same() -> None:
    stalls = replace(ROAD, rules=(DEFAULTS[ViolationType.STREET_VENDING],))
    pushed: Box = (240.0, 150.0, 340.0, 220.0)

    def shown(at: int) -> Look:
        drawn = STREET.copy()
        left = 100 if at < 200 else 120
        drawn[75:110, left : left + 50] = RED
        return look(at, drawn, CAR if at < 200 else pushed, label="vendor_stall")

    (stay,), gone = watched((shown(at) for at in range(400)), zone=stalls)
    assert gone == ()
    assert (stay.first_seen, stay.violation_at) == (0, 300)


def test_dusk_makes_no_other_car_of_it() -> None:
    darker = (look(at, view(RED, light=1 - at / 500), CAR) for at in range(400))
    (stay,), gone = watched(darker)
    assert gone == ()
    assert stay.violation_at == 300


def test_the_switch_to_night_vision_makes_no_other_car_of_it() -> None:
    day = view(RED)
    night = np.random.default_rng(3).integers(0, 120, day.shape).astype(np.uint8)
    (stay,), gone = watched(look(at, day if at < 200 else night, CAR) for at in range(400))
    assert gone == ()
    assert stay.violation_at == 300


def test_headlights_do_not_wipe_out_what_a_car_looks_like() -> None:
    def shown(at: int, car: npt.NDArray[np.uint8]) -> View:
        beam = np.roll(STREET, 90, axis=1) if at % 20 < 3 else view(car)
        return np.asarray(beam, np.uint8)

    looks = [look(at, shown(at, RED), CAR) for at in range(160)]
    looks += [look(at, shown(at, BLUE), CAR) for at in range(162, 300)]
    stands, gone = watched(looks)
    assert len({stay.key for stay in (*stands, *gone)}) == 2


def test_a_place_that_looks_empty_is_not_unchanged() -> None:
    looks = [look(at, view(RED), CAR) for at in range(350)]
    looks += [look(350 + at, view(None)) for at in range(130)]
    stays, (left,) = watched(looks)
    assert stays == ()
    assert left.last_seen == 349


def test_a_camera_s_state_stays_small_with_fifty_things_in_sight() -> None:
    places: list[Box] = [
        (20.0 + 60 * (n % 10), 30.0 + 60 * (n // 10), 70.0 + 60 * (n % 10), 75.0 + 60 * (n // 10))
        for n in range(50)
    ]
    presence = Presence()
    for at in range(20):
        presence = observe(presence, look(at, view(RED), *places), (ROAD,), epoch=None).presence
    assert sum(stay.appearance is not None for stay in presence.stays) == 50
    assert len(json.dumps(presence_document(presence))) <= LARGEST_STATE_BYTES


def test_a_view_is_small_and_grey() -> None:
    assert view_of(np.zeros((1080, 1920, 3), np.uint8)).shape == (180, VIEW_WIDTH)
    assert view_of(np.zeros((90, 160, 3), np.uint8)).shape == (90, 160)


def test_one_car_that_passes_an_empty_place_completes_no_stay() -> None:
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0)
    looks = [look(at, view(RED), CAR) for at in range(0, 42, 7)]
    looks += [look(at, view(None)) for at in (42, 49, 56)]
    passing: Box = (180.0, 152.0, 275.0, 222.0)
    looks += [look(63, view(BLUE), passing), *(look(at, view(None)) for at in range(70, 200, 7))]
    _, gone = watched(looks, zone=replace(ROAD, rules=(rule,)))
    assert [left.violation_at for left in gone if left.first_seen == 0] == [None]


def test_the_place_of_what_rolls_in_is_where_it_came_to_a_stand() -> None:
    rolling: Box = (160.0, 148.0, 300.0, 224.0)
    (stay,), _ = watched(
        [look(0, view(None), rolling), *(look(at, view(RED), CAR) for at in range(4, 40, 4))]
    )
    assert stay.first_seen == 0
    assert stay.anchor == CAR


def test_of_two_stays_of_one_thing_the_older_goes_on_and_the_younger_ends() -> None:
    beside: Box = (208.0, 150.0, 308.0, 220.0)
    looks = [look(at, view(RED), CAR) for at in range(10)]
    looks += [look(at, view(RED), CAR, beside) for at in range(10, 20)]
    looks += [look(at, view(RED), beside) for at in range(20, 60)]
    (stay,), gone = watched(looks)
    assert (stay.first_seen, stay.last_seen) == (0, 59)
    assert all(left.violation_at is None for left in gone)


def test_in_a_strange_light_what_was_seen_to_be_gone_is_not_there_again() -> None:
    night = np.asarray(255 - view(RED), np.uint8)
    looks = [look(at, view(RED), CAR) for at in range(60)]
    looks += [look(at, view(None)) for at in range(60, 64)]
    looks += [look(at, night, CAR) for at in range(64, 70)]
    stays, _ = watched(looks)
    assert [stay.last_seen for stay in stays if stay.first_seen == 0] == [59]


def test_what_comes_to_a_place_seen_empty_is_another_though_it_resembles_what_left() -> None:
    alike = resembling(0.55)  # 0.78 of 1
    looks = [look(at, view(RED), CAR) for at in range(0, 30, 5)]
    looks += [look(30, view(None)), *(look(at, view(alike), CAR) for at in range(35, 70, 5))]
    stays, gone = watched(looks)
    assert {stay.first_seen: stay.last_seen for stay in (*stays, *gone)} == {0: 25, 35: 65}


def test_what_looks_as_it_did_in_a_strange_light_is_no_other_when_a_beam_shines_again() -> None:
    strange = np.asarray(255 - STREET, np.uint8)
    strange[75:110, 100:150] = RED
    shown = [view(RED)] * 60 + [view(BLUE)] * 2 + [strange] * 10 + [view(BLUE)] + [view(RED)] * 20
    stays, gone = watched(look(at, picture, CAR) for at, picture in enumerate(shown))
    assert {stay.first_seen: stay.last_seen for stay in (*stays, *gone)} == {0: 92}


def test_what_stands_in_a_new_light_where_a_place_was_seen_empty_has_come() -> None:
    night = np.asarray(255 - view(BLUE), np.uint8)
    shown = [look(at, view(RED), CAR) for at in range(60)]
    shown += [look(at, view(None)) for at in range(60, 72)]
    shown += [look(at, night, CAR) for at in range(72, 200)]
    stays, gone = watched(shown)
    assert [one.last_seen for one in (*stays, *gone) if one.first_seen == 0] == [59]
    assert [one.last_seen for one in stays] == [199]


def test_a_bus_that_no_detector_sees_before_a_new_light_ends_no_stay() -> None:
    night = np.asarray(255 - view(RED), np.uint8)
    shown = [look(at, view(RED), CAR) for at in range(400)]
    shown += [look(at, view(BLUE)) for at in range(400, 404)]
    shown += [look(at, night, CAR) for at in range(404, 900)]
    (stay,), gone = watched(shown)
    assert gone == ()
    assert (stay.first_seen, stay.violation_at, stay.last_seen) == (0, 300, 899)


def test_two_looks_saw_a_place_empty_however_far_apart_the_next_ones_are() -> None:
    alike = resembling(0.6)
    looks = [look(at, view(RED, light=0.5), CAR) for at in range(0, 30, 5)]
    looks += [look(at, view(None, light=0.5)) for at in (28, 31)]
    looks += [look(at, view(alike, light=0.5), CAR) for at in range(37, 80, 6)]
    stays, gone = watched(noisy(looks, 14.0))
    assert {stay.first_seen: stay.last_seen for stay in (*stays, *gone)} == {0: 25, 37: 79}


def test_what_is_lost_for_a_look_in_bad_light_is_the_same_afterwards() -> None:
    looks = [look(at, view(RED, light=0.4), CAR) for at in range(0, 30, 5)]
    looks += [look(30, view(None, light=0.4))]
    looks += [look(at, view(RED, light=0.4), CAR) for at in range(35, 90, 5)]
    stays, _ = watched(noisy(looks, 14.0))
    assert [stay.first_seen for stay in stays if stay.last_seen == 85] == [0]


def test_a_blend_of_many_looks_has_less_noise_than_the_last() -> None:
    chance = np.random.default_rng(2)
    thing = chance.uniform(60, 180, (1, PATCH))

    def seen() -> Patches:
        return np.asarray(np.clip(thing + chance.normal(0, 20, thing.shape), 0, 255), np.uint8)

    known = seen()
    for _ in range(20):
        known = blended(known, seen(), 0.3)
    last = seen()
    assert alike(known, seen()) > alike(last, seen()) + 0.03


def test_a_blend_goes_along_with_the_light() -> None:
    thing = np.random.default_rng(3).uniform(60, 180, (1, PATCH))
    bright, dim = np.asarray(thing, np.uint8), np.asarray(thing / 3, np.uint8)
    blend = blended(bright, dim, 0.3)
    assert abs(float(blend.mean()) - float(dim.mean())) < 1
    assert abs(float(blend.std()) - float(dim.std())) < 1
