"""Only the watched areas of a picture, packed into one small input for the detector. Pure.

The network's work grows with the pixels of its input. A zone that covers a sixth of the picture is
cut out with a margin, at the scale the detector would see it in anyway; several zones are laid side
by side. What is seen goes back to where it was cut out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Boxes, Detections, Image, Size

#: Around an area, share of the picture's longest side: what stands in it reaches beyond it, and the
#: network judges a thing by what is around it.
MARGIN = 0.1

#: Between two pieces, pixels of grey: no object may seem to reach from one into the next.
_GUTTER = 16

_GREY = 114  # what the network saw around its training pictures

#: Sides are multiples of this: a new shape of input costs the network some preparation.
_STEP = 64

#: Packed pictures larger than this share of the whole are not worth what is lost around them.
_WORTH = 0.75


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of the picture, and where it lies in the packed one, pixels."""

    left: int
    top: int
    width: int
    height: int
    packed_left: int = 0
    packed_top: int = 0

    @property
    def right(self) -> int:
        """Its first column outside."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Its first row outside."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Packing:
    """How the watched parts of a picture lie in the packed one.

    Attributes:
        pieces: None of them overlap.
        size: Of the packed picture, pixels.
    """

    pieces: tuple[Piece, ...]
    size: Size

    def packed(self, image: Image) -> Image:
        """Return the packed picture."""
        width, height = self.size
        canvas = np.full((height, width, 3), _GREY, np.uint8)
        for one in self.pieces:
            down = slice(one.packed_top, one.packed_top + one.height)
            across = slice(one.packed_left, one.packed_left + one.width)
            canvas[down, across] = image[one.top : one.bottom, one.left : one.right]
        return canvas

    def unpacked(self, seen: Detections) -> Detections:
        """Return what was seen in the packed picture where it is in the whole one.

        What has its middle in no piece is nothing.
        """
        boxes = np.empty_like(seen.xyxy)
        found = np.zeros(len(seen), np.bool_)
        for one in self.pieces:
            inside = _has_middle(seen.xyxy, one) & ~found
            boxes[inside] = _moved(seen.xyxy[inside], one)
            found |= inside
        return Detections(boxes[found], seen.confidence[found], seen.class_id[found])


def packing_of(areas: Sequence[Outline], size: Size) -> Packing | None:
    """Return how to look at the areas of a picture; None where the whole picture is as cheap.

    Args:
        areas: Outlines, 0..1 of width and height.
        size: Of the picture as the detector would see it.
    """
    if not areas:
        return None
    pieces = _apart([_piece(area, size) for area in areas])
    packing = min((_in_rows(pieces, width) for width in _widths(pieces, size)), key=_cost)
    return packing if _cost(packing) <= _WORTH * size[0] * size[1] else None


def _piece(area: Outline, size: Size) -> Piece:
    width, height = size
    margin = round(MARGIN * max(size))
    across, down = [x * width for x, _ in area], [y * height for _, y in area]
    left, top = max(int(min(across)) - margin, 0), max(int(min(down)) - margin, 0)
    right = min(int(np.ceil(max(across))) + margin, width)
    bottom = min(int(np.ceil(max(down))) + margin, height)
    return Piece(left, top, right - left, bottom - top)


def _apart(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with those that overlap made one: nothing is to be seen twice."""
    apart = list(pieces)
    while pair := next((p for p in combinations(apart, 2) if _overlap(*p)), None):
        apart = [one for one in apart if one not in pair] + [_around(*pair)]
    return sorted(apart, key=lambda one: (-one.height, one.left, one.top))


def _overlap(one: Piece, other: Piece) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom


def _around(one: Piece, other: Piece) -> Piece:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right, bottom = max(one.right, other.right), max(one.bottom, other.bottom)
    return Piece(left, top, right - left, bottom - top)


def _widths(pieces: Sequence[Piece], size: Size) -> range:
    """Return the widths of a packed picture that are worth a try."""
    return range(_up(max(one.width for one in pieces)), _up(size[0]) + 1, _STEP)


def _in_rows(pieces: Sequence[Piece], width: int) -> Packing:
    """Lay pieces in rows, the highest first."""
    left = top = row = 0
    laid: list[Piece] = []
    for one in pieces:
        if left and left + one.width > width:
            left, top = 0, top + row + _GUTTER
        row = one.height if left == 0 else row
        laid.append(replace(one, packed_left=left, packed_top=top))
        left += one.width + _GUTTER
    return Packing(tuple(laid), (width, _up(top + row)))


def _up(side: int) -> int:
    return -(-side // _STEP) * _STEP


def _cost(packing: Packing) -> int:
    return packing.size[0] * packing.size[1]


def _has_middle(boxes: Boxes, one: Piece) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    across, down = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    in_columns = (across >= one.packed_left) & (across < one.packed_left + one.width)
    return np.asarray(
        in_columns & (down >= one.packed_top) & (down < one.packed_top + one.height), np.bool_
    )


def _moved(boxes: Boxes, one: Piece) -> Boxes:
    shift = np.array((one.left - one.packed_left, one.top - one.packed_top) * 2, np.float32)
    least = np.array((one.left, one.top) * 2, np.float32)
    most = np.array((one.right, one.bottom) * 2, np.float32)
    moved: Boxes = np.clip(boxes + shift, least, most)
    return moved
