"""The change gate: what came or went passes, light and noise do not."""

from collections.abc import Callable

import numpy as np
import pytest

from streetwatch.vision.gate import Gate
from streetwatch.vision.types import View

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
    gate = Gate((AREA,)).looked_at(street())
    assert gate.passed(changed(street())) is passes


def test_what_went_passes_as_what_came_did() -> None:
    assert Gate((AREA,)).looked_at(with_car(street())).passed(street())


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param(Gate((AREA,)), id="nothing was looked at yet"),
        pytest.param(Gate((AREA,)).looked_at(street()[:90]), id="the stream has another size now"),
    ],
)
def test_what_cannot_be_compared_passes(gate: Gate) -> None:
    assert gate.passed(street())


def test_a_camera_without_areas_never_passes_twice() -> None:
    assert not Gate(()).looked_at(street()).passed(with_car(street()))


def test_a_slow_change_adds_up_against_the_picture_that_was_looked_at() -> None:
    gate = Gate((AREA,)).looked_at(street())
    fading = [
        np.where(with_car(street()) != street(), street() + step * 4, street()).astype(np.uint8)
        for step in range(12)
    ]
    assert not gate.passed(fading[1])
    assert gate.passed(fading[-1])
