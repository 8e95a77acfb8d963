"""Watched areas cut out of a picture and laid side by side: what is seen goes back to its place."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.packing import Packing, packing_of
from streetwatch.vision.picture import Pixels
from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Boxes, Detections, Frame, Image
from streetwatch.vision.view import glance_at

SIZE = (640, 360)


def rectangle(left: float, top: float, right: float, bottom: float) -> Outline:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def seen(*boxes: tuple[float, float, float, float]) -> Detections:
    n = len(boxes)
    corners = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(corners, np.full(n, 0.9, np.float32), np.zeros(n, np.int64))


corner = st.floats(0.0, 0.9)
side = st.floats(0.02, 0.3)
areas_of_a_camera = st.lists(
    st.builds(
        lambda x, y, w, h: rectangle(x, y, min(x + w, 1.0), min(y + h, 1.0)),
        corner,
        corner,
        side,
        side,
    ),
    min_size=1,
    max_size=5,
)


@given(areas_of_a_camera)
def test_every_pixel_of_an_area_is_in_the_packed_picture_once(areas: list[Outline]) -> None:
    packing = packing_of(areas, (200, 120))
    if packing is None:
        return
    rows, columns = np.mgrid[0:120, 0:200]
    image = np.stack([columns, rows, np.zeros_like(rows)], axis=2)
    packed = packing.packed(image.astype(np.uint8))
    for area in areas:
        for x, y in area:
            at = min(int(x * 200), 199), min(int(y * 120), 119)
            pixel = image[at[1], at[0]]
            assert (packed == pixel).all(axis=2).sum() == 1, (x, y)


@given(areas_of_a_camera)
def test_pieces_lie_apart_inside_a_picture_that_is_smaller_than_the_whole(
    areas: list[Outline],
) -> None:
    packing = packing_of(areas, SIZE)
    if packing is None:
        return
    assert packing.size[0] * packing.size[1] < SIZE[0] * SIZE[1]
    for one in packing.pieces:
        assert one.packed_left + one.width <= packing.size[0]
        assert one.packed_top + one.height <= packing.size[1]
    for one, other in combinations(packing.pieces, 2):
        apart_across = (
            one.packed_left + one.width <= other.packed_left
            or other.packed_left + other.width <= one.packed_left
        )
        apart_down = (
            one.packed_top + one.height <= other.packed_top
            or other.packed_top + other.height <= one.packed_top
        )
        assert apart_across or apart_down


def _two() -> Packing:
    packing = packing_of([rectangle(0.0, 0.0, 0.1, 0.1), rectangle(0.8, 0.7, 0.9, 0.8)], SIZE)
    assert packing is not None
    assert len(packing.pieces) == 2
    return packing


def test_a_box_goes_back_to_where_it_was_cut_out() -> None:
    packing = _two()
    for one in packing.pieces:
        box = (one.packed_left + 5, one.packed_top + 6, one.packed_left + 25, one.packed_top + 30)
        back = packing.unpacked(seen(box))
        assert back.xyxy.tolist() == [[one.left + 5, one.top + 6, one.left + 25, one.top + 30]]


def test_a_box_is_cut_at_the_edge_of_its_piece() -> None:
    packing = _two()
    first = packing.pieces[0]
    inside, beyond = first.packed_left + first.width - 30, first.packed_left + first.width + 10
    back = packing.unpacked(seen((inside, first.packed_top, beyond, first.packed_top + 20)))
    assert back.xyxy[0, 2] == first.right


def test_what_is_seen_between_the_pieces_is_nothing() -> None:
    packing = _two()
    first, second = packing.pieces
    below = first.packed_top + first.height
    assert second.packed_top > below
    back = packing.unpacked(seen((first.packed_left, below + 1, first.packed_left + 4, below + 9)))
    assert len(back) == 0


@pytest.mark.parametrize(
    "areas",
    [
        pytest.param([], id="nothing is watched"),
        pytest.param([rectangle(0.02, 0.05, 0.98, 0.98)], id="nearly all is watched"),
        pytest.param(
            [rectangle(0.0, 0.0, 0.1, 0.1), rectangle(0.05, 0.05, 0.95, 0.95)],
            id="a small area in a large one",
        ),
    ],
)
def test_where_it_saves_little_the_whole_picture_is_looked_at(areas: list[Outline]) -> None:
    assert packing_of(areas, SIZE) is None


class Spot:
    """Sees the one white spot of a picture, and remembers what it was shown."""

    longest_side = 640

    def __init__(self) -> None:
        self.shown: list[tuple[tuple[int, ...], int | None]] = []

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence
        self.shown.append((image.shape, longest))
        rows, columns = np.nonzero(image[:, :, 0] == 255)
        box: Boxes = np.array(
            [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32
        )
        return Detections(box, np.array([0.9], np.float32), np.array([2], np.int64))


@pytest.mark.parametrize("scale", [1, 3])
def test_a_glance_at_a_small_area_finds_things_where_they_are_in_the_whole_picture(
    scale: int,
) -> None:
    image = np.zeros((360 * scale, 640 * scale, 3), np.uint8)
    image[150 * scale : 180 * scale, 300 * scale : 360 * scale] = 255
    frame = Frame("kerb", 0, 1.0, Pixels(image))
    spot = Spot()
    glance = glance_at(frame, longest=640, masks=(), areas=(rectangle(0.4, 0.4, 0.6, 0.6),))
    found = glance.detected(spot)
    assert found.xyxy.tolist() == [[300 * scale, 150 * scale, 360 * scale, 180 * scale]]
    ((height, width, _), longest) = spot.shown[0]
    assert (height, width, longest) == (256, 256, 256)
