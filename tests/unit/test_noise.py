"""A camera's noise is known from its own pictures, and makes no other thing of what stands."""

import numpy as np
import pytest

from street_views import BLUE, CAR, RED, ROAD, STREET, look, noisy, view, watched
from streetwatch.vision.types import Look
from streetwatch.zones import appearance
from streetwatch.zones.backdrop import backdrop_of
from streetwatch.zones.footprint import Meetings
from streetwatch.zones.presence import Presence, observe

NIGHT = 0.15
NOBODY = np.zeros((0, 4), np.float32)


@pytest.mark.parametrize("deviation", [1.0, 4.0, 8.0])
@pytest.mark.parametrize("light", [NIGHT, 1.0])
def test_noise_is_told_from_two_looks_though_something_drove_through(
    light: float, deviation: float
) -> None:
    first, second = noisy((look(0, view(None, light=light)), look(1, driven(light))), deviation)
    before = backdrop_of(first, None)
    assert backdrop_of(second, before.patch).noise == pytest.approx(deviation, rel=0.3, abs=0.3)


def driven(light: float) -> np.ndarray:
    shown = view(None, light=light)
    shown[60:120, 60:160] = 255  # a tenth of the street, and no detector saw it
    return shown


def test_of_a_picture_that_says_nothing_no_noise_is_told() -> None:
    flat = look(0, np.full_like(STREET, 90))
    assert backdrop_of(flat, backdrop_of(flat, None).patch).noise is None
    assert backdrop_of(Look(0, (640, 360), flat.detections), None).noise is None
    assert Presence().next_noise(None) == 0


def test_what_is_alike_by_day_is_alike_at_night_and_another_is_not() -> None:
    cars = [look(0, view(car, light=NIGHT)) for car in (RED, RED, BLUE)]
    mine, again, other = (
        appearance.patches(one.view, one.size, np.array([CAR], np.float32))
        for one in noisy(cars, 6.0)
        if one.view is not None
    )
    whole = appearance.Cover.of(NOBODY, NOBODY, Meetings.of(NOBODY, NOBODY))
    alike, clear, _ = appearance.compared(mine, again, whole, noise=6.0)
    assert alike < appearance.SAME < clear
    _, clear, _ = appearance.compared(mine, other, whole, noise=6.0)
    assert clear < appearance.ANOTHER


def test_a_car_that_a_bus_hid_for_a_while_in_a_noisy_night_is_the_same() -> None:
    x1, y1, x2, y2 = CAR
    bus = (x1 - 60, y1 - 60, x2 + 60, y2 + 60)

    def shown(at: int) -> Look:
        return (
            look(at, view(BLUE, light=NIGHT), bus)
            if at % 60 in range(40, 50)
            else look(at, view(RED, light=NIGHT), CAR)
        )

    stays, gone = watched(noisy((shown(at) for at in range(280)), 5.0))
    assert {stay.first_seen for stay in (*stays, *gone) if stay.anchor == CAR} == {0}
    assert [stay.last_seen for stay in stays if stay.anchor == CAR] == [279]


def test_noise_is_remembered() -> None:
    looks = noisy((look(at, view(RED), CAR) for at in range(20)), 6.0)
    presence = Presence()
    for one in looks:
        presence = observe(presence, one, (ROAD,), epoch=None).presence
    assert presence.noise == pytest.approx(6.0, rel=0.2)
    assert Presence.of(presence.remembered()).noise == presence.noise
