"""While somebody looks at a camera, its pictures are fresh."""

import pytest

from streetwatch.service.runtime.viewing import FRESH_S, LOOKS_ON_S, Viewing


class Capture:
    """What a capture is told, and when it is."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told: list[float] = []
        self.viewing = Viewing(self.told.append, 4.0, lambda: self.now)


@pytest.fixture
def capture() -> Capture:
    return Capture()


def test_a_camera_that_nobody_looks_at_keeps_the_chains_pace(capture: Capture) -> None:
    capture.viewing.look_every(4.0)
    capture.viewing.look_every(1.0)
    assert capture.told == [4.0, 1.0]


def test_who_looks_has_fresh_pictures_at_once(capture: Capture) -> None:
    capture.viewing.touch()
    capture.viewing.look_every(8.0)
    assert capture.told == [FRESH_S, FRESH_S]


def test_a_quicker_pace_stays(capture: Capture) -> None:
    capture.viewing.look_every(1.0)
    capture.viewing.touch()
    assert capture.told == [1.0, 1.0]


def test_who_looks_no_more_costs_nothing(capture: Capture) -> None:
    capture.viewing.touch()
    capture.now += LOOKS_ON_S
    capture.viewing.look_every(4.0)
    assert capture.told == [FRESH_S, 4.0]
