"""What masks is loaded when it is asked, and let go when nobody asks."""

import numpy as np

from sealed import Sees
from streetwatch.vision.resting import Resting

PICTURE = np.zeros((36, 64, 3), np.uint8)


class Loading:
    """Loads a detector that sees nothing, and counts how often."""

    def __init__(self) -> None:
        self.now, self.count = 0.0, 0

    def load(self) -> Sees:
        self.count += 1
        return Sees(())

    def resting(self) -> Resting:
        return Resting(self.load, longest_side=640, clock=lambda: self.now)


def test_it_is_loaded_once_however_often_it_is_asked() -> None:
    loading = Loading()
    resting = loading.resting()
    assert resting.longest_side == 640
    assert loading.count == 0
    for _ in range(3):
        assert not len(resting.detect(PICTURE).xyxy)
    assert loading.count == 1


def test_it_is_let_go_when_nobody_has_asked_for_a_while_and_loaded_again() -> None:
    loading = Loading()
    resting = loading.resting()
    assert not resting.rest(idle_s=20.0)
    resting.detect(PICTURE)
    loading.now = 19.0
    assert not resting.rest(idle_s=20.0)
    loading.now = 20.0
    assert resting.rest(idle_s=20.0)
    assert not resting.rest(idle_s=20.0)
    resting.detect(PICTURE)
    assert loading.count == 2
