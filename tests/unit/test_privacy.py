"""A privacy mask lets nothing through: what lies under it changes no pixel of any size."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.picture import Masked, Pixels
from streetwatch.vision.privacy import masked
from streetwatch.vision.types import Frame, Image
from streetwatch.vision.view import glance_at

OUTLINE = ((0.31, 0.22), (0.68, 0.27), (0.71, 0.77), (0.27, 0.71))


def street(inside: int, *, size: tuple[int, int] = (480, 270)) -> Image:
    """A picture whose masked area holds noise of its own, and the rest the same each time."""
    width, height = size
    image = np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)
    area = np.zeros((height, width), np.uint8)
    corners = np.rint(np.array(OUTLINE) * size).astype(np.int32)
    cv2.fillPoly(area, [corners], 255)
    secret = np.random.default_rng(inside).integers(0, 256, image.shape, np.uint8)
    image[area > 0] = secret[area > 0]
    return image


@pytest.mark.parametrize("longest", [480, 320, 200, 97])
def test_what_is_under_a_mask_changes_no_pixel_at_any_size(longest: int) -> None:
    one, other = (Masked(Pixels(street(seed)), (OUTLINE,)) for seed in (1, 2))
    assert (one.within(longest) == other.within(longest)).all()
    assert (one.image() == other.image()).all()


def test_what_is_under_a_mask_changes_no_glance_no_view_and_no_jpeg() -> None:
    frames = [Frame("cam", 1, 0.0, Pixels(street(seed))) for seed in (1, 2)]
    one, other = (glance_at(frame, longest=320, masks=(OUTLINE,)) for frame in frames)
    assert (one.small == other.small).all()
    assert (one.view == other.view).all()
    jpegs = [cv2.imencode(".jpg", glance.frame.image)[1].tobytes() for glance in (one, other)]
    assert jpegs[0] == jpegs[1]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=6),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=6),
)
def test_two_masks_hide_what_each_hides(
    first: list[tuple[float, float]], second: list[tuple[float, float]]
) -> None:
    image = np.full((60, 80, 3), 200, np.uint8)
    both = masked(image, (tuple(first), tuple(second)))
    for one in (first, second):
        assert (both[masked(image, (tuple(one),)) == 0] == 0).all()
