"""The change gate: what came or went passes, light and noise do not."""

from collections.abc import Callable

import numpy as np
import pytest

from streetwatch.vision.gate import Gate
from streetwatch.vision.types import Box, View

AREA = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
CHANCE = np.random.default_rng(7)


def street() -> View:
    """A street with some structure, 320 x 180."""
    rows, columns = np.mgrid[0:180, 0:320]
    return np.asarray(90 + 40 * np.sin(rows / 9) + 30 * np.cos(columns / 13), np.uint8)


def with_car(view: View, *, left: int = 150, top: int = 90) -> View:
    changed = view.copy()
    changed[top : top + 12, left : left + 20] = 220
    return changed


def noisy(view: View) -> View:
    return np.asarray(np.clip(view + CHANCE.normal(0, 3, view.shape), 0, 255), np.uint8)


def lit(view: View, factor: float) -> View:
    return np.asarray(np.clip(view * factor, 0, 255), np.uint8)


def after(view: View) -> Gate:
    """The gate of a camera whose street was detected in."""
    gate = Gate((AREA,))
    return gate.detected(gate.change(view))


@pytest.mark.parametrize(
    ("changed", "passes"),
    [
        pytest.param(lambda view: view, False, id="nothing"),
        pytest.param(noisy, False, id="a sensor's noise"),
        pytest.param(lambda view: lit(view, 1.25), False, id="a cloud that goes"),
        pytest.param(lambda view: lit(view, 0.85), False, id="a cloud that comes"),
        pytest.param(with_car, True, id="a car in the area"),
        pytest.param(lambda view: with_car(lit(view, 0.7)), True, id="a car and a cloud"),
        pytest.param(lambda view: with_car(view, left=10, top=10), False, id="a car elsewhere"),
    ],
)
def test_what_came_passes_and_light_does_not(
    changed: Callable[[View], View], *, passes: bool
) -> None:
    assert after(street()).change(changed(street())).is_changed is passes


def test_what_drives_by_changes_the_picture_and_never_settles() -> None:
    gate = after(street())
    for left in (90, 150, 110, 190, 130):
        change = gate.change(with_car(street(), left=left))
        assert (change.is_changed, change.has_settled) == (True, False)
        gate = gate.shown(change)


def test_what_came_to_stay_settles_in_the_second_picture_of_it() -> None:
    gate = after(street())
    first = gate.change(with_car(street()))
    second = gate.shown(first).change(noisy(with_car(street())))
    assert (first.has_settled, second.has_settled) == (False, True)


def test_what_left_settles_as_what_came_did() -> None:
    gate = after(with_car(street()))
    gate = gate.shown(gate.change(street()))
    assert gate.change(street()).has_settled


def test_what_passes_while_the_detector_looks_is_no_part_of_the_street_at_rest() -> None:
    gate = after(street())
    gate = gate.detected(gate.change(with_car(street(), left=100)))
    change = gate.shown(gate.change(street())).change(street())
    assert not change.is_changed


def test_a_picture_of_another_size_between_two_is_no_picture_to_move_against() -> None:
    gate = after(street())
    gate = gate.shown(gate.change(street()[:90]))
    assert not gate.change(street()).is_changed
    assert gate.change(with_car(street())).is_changed


def test_what_was_shown_while_the_detector_looked_is_still_the_picture_before() -> None:
    gate = after(street())
    asked = gate.change(street())
    gate = gate.shown(asked)
    gate = gate.shown(gate.change(with_car(street())))
    assert gate.detected(asked).change(with_car(street())).has_settled


def test_less_than_a_thing_does_not_settle() -> None:
    crumb = street()
    crumb[92:96, 152:160] = 220  # two blocks
    gate = after(street())
    gate = gate.shown(gate.change(crumb))
    assert (gate.change(crumb).is_changed, gate.change(crumb).has_settled) == (True, False)


@pytest.mark.parametrize(
    ("box", "touched"),
    [
        pytest.param((560.0, 340.0, 720.0, 420.0), True, id="where the car came"),
        pytest.param((320.0, 340.0, 420.0, 420.0), False, id="beside it"),
        pytest.param((-50.0, -50.0, 5000.0, 5000.0), True, id="larger than the picture"),
    ],
)
def test_a_change_touches_the_places_that_it_covers(box: Box, *, touched: bool) -> None:
    change = after(street()).change(with_car(street()))
    assert change.touches(box, (1280, 720)) is touched


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param(Gate((AREA,)), id="nothing was looked at yet"),
        pytest.param(after(street()[:90]), id="the stream has another size now"),
    ],
)
def test_what_cannot_be_compared_passes(gate: Gate) -> None:
    assert gate.change(street()).has_settled


def test_a_camera_without_areas_never_passes_twice() -> None:
    gate = Gate(())
    gate = gate.detected(gate.change(street()))
    assert not gate.change(with_car(street())).is_changed


def test_a_slow_change_adds_up_against_the_picture_that_was_looked_at() -> None:
    gate = after(street())
    fading = [
        np.where(with_car(street()) != street(), street() + step * 4, street()).astype(np.uint8)
        for step in range(12)
    ]
    assert not gate.change(fading[1]).is_changed
    assert gate.change(fading[-1]).is_changed
