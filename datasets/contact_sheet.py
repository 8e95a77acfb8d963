"""Contact sheets: many labelled pictures on one, to see with one's own eyes what was labelled."""

from collections.abc import Sequence

import cv2
import numpy as np

from streetwatch.datasets.yolo_folder import LabelledBox, LabelledImage, read_picture
from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Image

TILE_PX = 240
COLUMNS = 6

_GREY = 40


def colour_of(label: str) -> tuple[int, int, int]:
    """Return a label's own colour, BGR: evenly spread hues."""
    number = LABELS.index(label) if label in LABELS else len(LABELS)
    hue = np.array([[[number * 180 // (len(LABELS) + 1), 220, 255]]], np.uint8)
    blue, green, red = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].tolist()
    return blue, green, red


def pictures_sheet(images: Sequence[LabelledImage]) -> Image:
    """Return whole pictures with their boxes, as tiles of one picture."""
    return _sheet([_fitted(_drawn(read_picture(image.path), image.boxes)) for image in images])


def crops_sheet(found: Sequence[tuple[LabelledImage, LabelledBox]]) -> Image:
    """Return single boxes with some of what is round them, as tiles of one picture."""
    tiles = []
    for image, box in found:
        pixels = _drawn(read_picture(image.path), [box])
        tiles.append(_fitted(_surroundings(pixels, box)))
    return _sheet(tiles)


def _drawn(pixels: Image, boxes: Sequence[LabelledBox]) -> Image:
    height, width = pixels.shape[:2]
    drawn = pixels.copy()
    thick = max(round(max(height, width) / 300), 1)
    for box in boxes:
        x1, y1, x2, y2 = box.corners
        first, second = (
            (round(x1 * width), round(y1 * height)),
            (round(x2 * width), round(y2 * height)),
        )
        cv2.rectangle(drawn, first, second, colour_of(box.label), thick)
    return drawn


def _surroundings(pixels: Image, box: LabelledBox) -> Image:
    height, width = pixels.shape[:2]
    (x, y), reach = box.centre, max(*box.size, 0.04)
    x1, x2 = np.clip(np.array((x - reach, x + reach)) * width, 0, width).astype(int)
    y1, y2 = np.clip(np.array((y - reach, y + reach)) * height, 0, height).astype(int)
    return pixels[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]


def _fitted(pixels: Image) -> Image:
    height, width = pixels.shape[:2]
    scale = TILE_PX / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    tile = np.full((TILE_PX, TILE_PX, 3), _GREY, np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile


def _sheet(tiles: Sequence[Image]) -> Image:
    empty = np.full((TILE_PX, TILE_PX, 3), _GREY, np.uint8)
    filled = [*tiles, *[empty] * (-len(tiles) % COLUMNS)] or [empty] * COLUMNS
    rows = [np.hstack(filled[first : first + COLUMNS]) for first in range(0, len(filled), COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)
