"""Whether a camera's pictures can be believed."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from streetwatch.vision.health import Health, Seeing
from streetwatch.vision.types import Seconds, View

CHANCE = np.random.default_rng(11)

#: A street that is wider than a camera sees.
SCENE = cv2.resize(CHANCE.integers(20, 230, (40, 80), np.uint8), (640, 320))


def street(at: Seconds) -> View:
    """A street by day with a sensor's noise: no two pictures are the same."""
    del at
    return np.asarray(np.clip(CHANCE.normal(120, 30, (180, 320)), 0, 255), np.uint8)


def still(at: Seconds) -> View:
    del at
    return np.asarray(SCENE[:180, :320], np.uint8)


def grey(at: Seconds) -> View:
    """What a camera sends whose sensor or encoder has failed."""
    return np.full((180, 320), 128 + int(at) % 2, np.uint8)


def covered(at: Seconds) -> View:
    del at
    return np.asarray(np.clip(CHANCE.normal(4, 3, (180, 320)), 0, 255), np.uint8)


def lit_windows(at: Seconds) -> View:
    """A night street: black but for some light."""
    view = covered(at)
    view[:40, :120] = 90
    return view


def repeating(at: Seconds) -> View:
    """A recorder that shows a new picture every 20 s only."""
    return np.asarray(SCENE[:180, :320] + int(at // 20) % 2, np.uint8)


@pytest.mark.parametrize(
    ("shows", "until", "every", "seeing"),
    [
        pytest.param(street, 300, 1.0, Seeing.CLEAR, id="a street"),
        pytest.param(still, 29, 1.0, Seeing.CLEAR, id="the same picture, not for long"),
        pytest.param(still, 31, 1.0, Seeing.FROZEN, id="the same picture again and again"),
        pytest.param(still, 31, 4.0, Seeing.FROZEN, id="the same at a quiet street's pace"),
        pytest.param(still, 60, 30.0, Seeing.CLEAR, id="three pictures tell nothing"),
        pytest.param(repeating, 300, 1.0, Seeing.CLEAR, id="a new picture now and then"),
        pytest.param(covered, 9, 1.0, Seeing.CLEAR, id="dark for a moment"),
        pytest.param(covered, 12, 1.0, Seeing.DARK, id="a covered lens"),
        pytest.param(grey, 12, 1.0, Seeing.DARK, id="nothing but grey"),
        pytest.param(lit_windows, 300, 1.0, Seeing.CLEAR, id="a night street"),
    ],
)
def test_a_picture_is_worth(
    shows: Callable[[Seconds], View], until: Seconds, every: Seconds, seeing: Seeing
) -> None:
    health = Health()
    for at in np.arange(0.0, until + every / 2, every):
        health = health.seen(shows(float(at)), float(at))
    assert health.seeing is seeing


def test_a_camera_that_shows_the_street_again_is_clear_at_once() -> None:
    health = Health()
    for at in range(60):
        health = health.seen(covered(at), at)
    assert health.seeing is Seeing.DARK
    assert health.seen(street(60), 60.0).seeing is Seeing.CLEAR


def framed(left: int, at: Seconds, *, light: float = 1.0) -> View:
    """What a camera shows that looks so many pixels to the right; its picture is 320 wide."""
    noise = np.random.default_rng(int(at)).normal(0, 4, (180, 320))
    shown = SCENE[40:220, 60 + left : 380 + left] * light + noise
    return np.asarray(np.clip(shown, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("left", "light", "seeing"),
    [
        pytest.param(0, 1.0, Seeing.CLEAR, id="where it was"),
        pytest.param(6, 1.0, Seeing.CLEAR, id="a breath"),
        pytest.param(40, 1.0, Seeing.MOVED, id="an eighth of its width"),
        pytest.param(40, 0.5, Seeing.MOVED, id="the same at dusk"),
        pytest.param(0, 0.5, Seeing.CLEAR, id="dusk alone"),
    ],
)
def test_a_camera_that_was_shifted_is_told_after_a_minute(
    left: int, light: float, seeing: Seeing
) -> None:
    health = Health()
    for at in range(0, 30, 2):
        health = health.seen(framed(0, at), at)
    for at in range(30, 80, 2):
        health = health.seen(framed(left, at, light=light), at)
    assert health.seeing is Seeing.CLEAR
    for at in range(80, 100, 2):
        health = health.seen(framed(left, at, light=light), at)
    assert health.seeing is seeing
    for at in range(100, 110, 2):
        health = health.seen(framed(0, at), at)
    assert health.seeing is Seeing.CLEAR


def shown(left: int, since: int, until: int, health: Health) -> Health:
    for at in range(since, until, 2):
        health = health.seen(framed(left, at), at)
    return health


def test_zones_go_along_with_a_small_shift_and_come_back_with_the_camera() -> None:
    health = shown(20, 30, 200, shown(0, 0, 30, Health()))
    assert health.seeing is Seeing.CLEAR
    assert (health.shift.dx, health.shift.dy) == pytest.approx((-20 / 320, 0.0), abs=0.01)
    health = shown(0, 200, 300, health)
    assert (health.seeing, bool(health.shift)) == (Seeing.CLEAR, False)


def test_a_gust_moves_no_zones() -> None:
    health = shown(20, 30, 70, shown(0, 0, 30, Health()))
    assert not shown(0, 70, 200, health).shift


def test_a_camera_that_was_turned_right_round_is_told_after_five_minutes() -> None:
    elsewhere = cv2.resize(CHANCE.integers(20, 230, (40, 80), np.uint8), (640, 320))[:180, :320]
    health = shown(0, 0, 30, Health())
    for at in range(30, 320, 2):
        noise = CHANCE.normal(0, 4, elsewhere.shape)
        health = health.seen(np.asarray(np.clip(elsewhere + noise, 0, 255), np.uint8), at)
    assert health.seeing is Seeing.CLEAR
    for at in range(320, 360, 2):
        noise = CHANCE.normal(0, 4, elsewhere.shape)
        health = health.seen(np.asarray(np.clip(elsewhere + noise, 0, 255), np.uint8), at)
    assert health.seeing is Seeing.MOVED
    assert shown(0, 360, 370, health).seeing is Seeing.CLEAR


def test_a_camera_that_was_moved_while_it_was_down_is_told_by_what_was_kept() -> None:
    before = shown(0, 0, 30, Health())
    health = shown(60, 0, 80, Health.since(before.reference))
    assert health.seeing is Seeing.MOVED


def blurred(at: int) -> View:
    blur = cv2.GaussianBlur(SCENE[40:220, 60:380], (0, 0), 4)
    return np.asarray(blur + at % 3, np.uint8)


def test_a_lens_that_went_dirty_is_told_after_a_minute_and_forgiven_when_it_is_wiped() -> None:
    health = shown(0, 0, 30, Health())
    for at in range(30, 80, 2):
        health = health.seen(blurred(at), at)
    assert health.seeing is Seeing.CLEAR
    for at in range(80, 100, 2):
        health = health.seen(blurred(at), at)
    assert health.seeing is Seeing.BLURRED
    assert shown(0, 100, 104, health).seeing is Seeing.CLEAR


def test_what_is_blank_is_worth_nothing_at_once_though_it_is_told_later() -> None:
    health = shown(0, 0, 30, Health()).seen(covered(30), 30)
    assert (health.worth, health.seeing) == (Seeing.DARK, Seeing.CLEAR)
