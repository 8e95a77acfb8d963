"""From a picture to the model's input and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.letterbox import STRIDE, fit, letterbox

SIDES = st.integers(min_value=1, max_value=4000)


@given(SIDES, SIDES, st.sampled_from([320, 416, 640]))
def test_the_input_holds_the_picture_and_wastes_less_than_a_stride(
    width: int, height: int, longest: int
) -> None:
    fitted, (outer_width, outer_height) = fit((width, height), longest)
    assert max(outer_width, outer_height) == longest
    assert outer_width % STRIDE == outer_height % STRIDE == 0
    assert outer_width - width * fitted.scale < STRIDE + 1
    assert outer_height - height * fitted.scale < STRIDE + 1


@given(st.integers(64, 2000), st.integers(64, 2000), st.data())
def test_a_box_comes_back_where_it_was(width: int, height: int, data: st.DataObject) -> None:
    fitted, _ = fit((width, height), 640)
    x1, x2 = sorted(data.draw(st.tuples(*[st.floats(0, width, width=32)] * 2)))
    y1, y2 = sorted(data.draw(st.tuples(*[st.floats(0, height, width=32)] * 2)))
    box = np.array([[x1, y1, x2, y2]], np.float32)
    padding = np.array([fitted.left, fitted.top] * 2, np.float32)
    back = fitted.restored(box * np.float32(fitted.scale) + padding)
    assert back == pytest.approx(box, abs=0.05)


def test_a_box_in_the_padding_is_cut_at_the_pictures_edge() -> None:
    fitted, _ = fit((1280, 720), 640)
    (box,) = fitted.restored(np.array([[-50.0, -50.0, 900.0, 900.0]], np.float32))
    assert box.tolist() == [0.0, 0.0, 1280.0, 720.0]


def test_the_blob_is_rgb_between_0_and_1_and_padded_with_grey() -> None:
    blue = np.zeros((720, 1280, 3), np.uint8)
    blue[:, :, 0] = 255  # BGR
    blob, _ = letterbox(blue, 640)
    assert (blob.shape, blob.dtype) == ((3, 384, 640), np.dtype(np.float32))
    assert blob[:, 200, 300].tolist() == [0.0, 0.0, 1.0]
    assert blob[:, 0, 0] == pytest.approx(114 / 255)
