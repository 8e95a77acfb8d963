"""Pictures for people."""

import numpy as np
import pytest

from streetwatch.service.evidence.stills import close_up, zone_overlay
from streetwatch.vision.privacy import masked
from streetwatch.zones.moment import local, utc

PICTURE = np.full((100, 200, 3), 128, np.uint8)
ZONE = ((0.1, 0.5), (0.9, 0.5), (0.9, 0.9), (0.1, 0.9))


def test_the_overlay_is_drawn_on_a_copy() -> None:
    drawn = zone_overlay(PICTURE, ZONE, (50.0, 50.0, 90.0, 80.0), "cam / zone")
    assert (PICTURE == 128).all()
    assert drawn.shape == PICTURE.shape
    assert (drawn[50, 100] != 128).any()


@pytest.mark.parametrize(
    ("box", "size"),
    [
        pytest.param((50.0, 20.0, 90.0, 60.0), (60, 60), id="a quarter around it"),
        pytest.param((-30.0, -10.0, 20.0, 30.0), (32, 40), id="cut at the picture's edge"),
        pytest.param((190.0, 90.0, 400.0, 300.0), (63, 63), id="reaching outside"),
        pytest.param((500.0, 500.0, 600.0, 600.0), (1, 1), id="wholly outside gives a pixel"),
    ],
)
def test_a_close_up_never_leaves_the_picture(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    height, width = close_up(PICTURE, box).shape[:2]
    assert 1 <= width <= size[0]
    assert 1 <= height <= size[1]


def test_capture_times_are_written_in_utc_and_on_chinas_clock() -> None:
    assert utc(1_795_363_200.5) == "2026-11-22T16:00:00.500+00:00"
    assert local(1_795_363_200.5) == "2026-11-23T00:00:00.500+08:00"


def test_a_privacy_mask_is_black_and_the_rest_is_untouched() -> None:
    overlapping = (ZONE, ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)))
    hidden = masked(PICTURE, overlapping)
    assert (hidden[60, 100] == 0).all()  # inside both
    assert (hidden[5, 5] == 128).all()
    assert masked(PICTURE, ()) is PICTURE
