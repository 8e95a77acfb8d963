"""A camera that trembles is seen through; one that stands still is left alone."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from boxes_on_a_road import ROAD
from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look, View
from streetwatch.zones.appearance import encoded
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.steadiness import RememberedSteadiness, Steadiness, steadied

SIZE = (640, 360)
CAR: Box = (300.0, 200.0, 360.0, 240.0)


def _street() -> View:
    chance = np.random.default_rng(1)
    coarse = chance.uniform(40, 210, (36, 64)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 180), interpolation=cv2.INTER_LINEAR), np.uint8)


def _moved(view: View, right: float, down: float) -> View:
    move = np.array([[1, 0, right], [0, 1, down]], np.float64)
    moved = cv2.warpAffine(view, move, (320, 180), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)


def _look(at: float, view: View | None, right: float = 0.0, down: float = 0.0) -> Look:
    """Return a look at a car whose camera has moved, in pixels of the view."""
    box = np.array([CAR], np.float32) + np.array([right, down] * 2, np.float32) * 2
    car = np.array([CLASS_ID["car"]], np.int64)
    return Look(at, SIZE, Detections(box, np.array([0.8], np.float32), car), view)


def _after(looks: Iterator[Look]) -> Steadiness | None:
    steadiness = None
    for look in looks:
        _, steadiness = steadied(look, steadiness)
    return steadiness


def _still(view: View) -> Iterator[Look]:
    return (_look(float(at), view) for at in range(0, 30, 5))


@pytest.mark.parametrize("move", [(2.0, 0.0), (-1.5, 1.0), (0.0, -3.0), (4.0, 4.0)])
def test_what_a_tremble_moved_is_put_back(move: tuple[float, float]) -> None:
    street = _street()
    before = _after(_still(street))

    look, _ = steadied(_look(30.0, _moved(street, *move), *move), before)

    assert look.detections.xyxy[0].tolist() == pytest.approx(CAR, abs=0.6)
    assert look.view is not None
    inner = slice(10, -10), slice(10, -10)
    off = np.abs(look.view[inner].astype(float) - street[inner]).mean()
    trembled = np.abs(_moved(street, *move)[inner].astype(float) - street[inner]).mean()
    assert off < 0.35 * trembled


def test_traffic_moves_nothing() -> None:
    street = _street()
    before = _after(_still(street))
    passing = street.copy()
    passing[80:130, 60:150] = 20

    look, _ = steadied(_look(30.0, passing), before)

    assert look.view is passing


def test_a_bus_that_stops_in_front_moves_nothing() -> None:
    """Its windows lie as the street does three pixels higher, and are brighter."""
    street = _street()
    rows = street[60:160].mean(axis=1)
    bus = street.copy()
    bus[63:163, 120:250] = np.clip(4 * (rows - rows.mean()) + 128, 0, 255)[:, None]
    before = _after(_still(street))
    for at in range(30, 90):
        shown = bus if at < 60 else street
        look, before = steadied(_look(float(at), shown), before)
        assert look.view is shown


def test_a_bus_in_front_moves_nothing_where_half_of_what_it_leaves_is_sky() -> None:
    street = _street()
    street[:, 107:214] = 128
    rows = np.roll(street[:, :107].mean(axis=1), 3)
    bus = street.copy()
    bus[20:160, 214:] = np.clip(4 * (rows[20:160] - rows.mean()) + 128, 0, 255)[:, None]
    look, _ = steadied(_look(30.0, bus), _after(_still(street)))
    assert look.view is bus


def test_a_clock_in_the_picture_that_stays_where_it_is_hides_no_tremble() -> None:
    def shown(right: float, down: float) -> View:
        view = _moved(_street(), right, down)
        view[4:14, 10:130] = np.where(np.indices((10, 120)).sum(axis=0) % 7 < 3, 255, 0)
        return view

    before = _after(_still(shown(0.0, 0.0)))
    look, _ = steadied(_look(30.0, shown(2.0, 1.0), 2.0, 1.0), before)
    assert look.detections.xyxy[0].tolist() == pytest.approx(CAR, abs=0.6)


def test_noise_in_the_dark_moves_nothing() -> None:
    before = _after(_still(_street()))
    chance = np.random.default_rng(4)
    noise = chance.integers(0, 20, (180, 320)).astype(np.uint8)

    look, _ = steadied(_look(30.0, noise), before)

    assert look.view is noise


def test_a_camera_that_was_bumped_soon_lies_there() -> None:
    street = _street()
    bumped = _moved(street, 3.0, 0.0)
    before = _after(_look(float(at), bumped if at > 60 else street, 3.0) for at in range(0, 400, 5))

    look, _ = steadied(_look(400.0, bumped), before)

    assert look.view is bumped


def test_a_camera_that_stands_still_is_seldom_asked_and_one_that_trembles_at_every_look() -> None:
    street = _street()
    away = _moved(street, 3.0, 0.0)
    before = _after(_still(street))

    early, same = steadied(_look(27.0, away, 3.0), before)
    assert early.view is away
    assert same is before

    _, trembling = steadied(_look(30.0, away, 3.0), before)
    soon, _ = steadied(_look(30.2, away, 3.0), trembling)
    assert soon.detections.xyxy[0].tolist() == pytest.approx(CAR, abs=0.6)


def test_looks_without_pictures_and_of_another_size_are_left_as_they_are() -> None:
    before = _after(_still(_street()))

    blind, kept = steadied(_look(30.0, None), before)
    other = np.zeros((90, 160), np.uint8)
    smaller, begun = steadied(_look(30.0, other), before)

    assert blind.view is None
    assert kept is before
    assert smaller.view is other
    assert begun is not before


def test_it_comes_back_from_storage_as_it_was() -> None:
    street = _street()
    before = _after(_look(float(at), _moved(street, at % 3, 0.0), at % 3) for at in range(0, 60, 5))
    assert before is not None
    stored = Steadiness.of(before.remembered())
    look = _look(60.0, _moved(street, 2.0, 1.0), 2.0, 1.0)

    assert stored.remembered() == before.remembered()
    one, other = steadied(look, before), steadied(look, stored)
    assert (one[0].detections.xyxy == other[0].detections.xyxy).all()
    assert one[1] is not None
    assert other[1] is not None
    assert one[1].remembered() == other[1].remembered()


def test_what_a_release_before_knew_of_the_whole_picture_alone_is_learnt_anew() -> None:
    of_the_whole = (encoded(np.zeros(4 * side, np.uint8)) for side in (319, 179))
    before = Steadiness.of(RememberedSteadiness(0.0, None, *of_the_whole))
    look, begun = steadied(_look(30.0, _street()), before)
    assert look.detections.xyxy[0].tolist() == list(CAR)
    known = _after(iter([look]))
    assert begun is not None
    assert known is not None
    assert begun.remembered() == known.remembered()


def test_a_small_car_before_a_trembling_camera_is_seen_all_the_time() -> None:
    """Its place, thirty pixels of the view wide, looks otherwise in every second look."""
    chance = np.random.default_rng(8)
    street = _street()
    parked = street.copy()
    fine = chance.uniform(0, 255, (10, 15)).astype(np.uint8)
    parked[100:120, 150:180] = cv2.resize(fine, (30, 20), interpolation=cv2.INTER_NEAREST)
    presence, filed = Presence(), None
    for at in range(0, 200, 4):
        move = (0.0, 0.0) if at < 40 else tuple(chance.normal(0, 1.25, 2))
        view = _moved(parked if at >= 20 else street, *move)
        look = _look(float(at), view, *move)
        if at < 20:
            look = Look(look.at, SIZE, Detections.empty(), view)
        presence = observe(presence, look, (ROAD,), epoch=None).presence
        if filed is None and any(stay.violation_at for stay in presence.stays):
            filed = at

    (stay,) = presence.stays
    assert stay.presence_ratio > 0.95
    assert filed is not None
    assert filed <= 84
