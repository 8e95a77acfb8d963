"""The change gate: did anything come, go or stop in the watched areas? Pure.

Compared are means of small blocks of the view, as logarithms: light that changes a whole area alike
(a cloud, the camera's exposure) shifts all of them by one amount, which is taken off.

A picture is held against two others. Against the street as the detector last saw it at rest, a
block differs where something came or went. Against the picture before, it moves where something is
passing. What differs and no longer moves has settled: it came to stay, or it left. Traffic that
drives by differs too, but never settles, and need not be detected in.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Box, Size, View

Blocks: TypeAlias = npt.NDArray[np.float32]  #: (h, w) logarithms of block means
Mask: TypeAlias = npt.NDArray[np.bool_]  #: (h, w) blocks

#: Pixels of the view a side: a car that the detector can see at all covers several.
BLOCK: Final = 4

#: Added to grey levels: in the dark, noise of a few levels must not look like much.
_DARK: Final = 16.0

#: A block has changed when it is so much lighter or darker than its area (e ** 0.1: a tenth).
CHANGED_BY: Final = 0.1

#: Fewer changed blocks are noise, insects and coding.
LEAST_BLOCKS: Final = 2

#: What settles covers so many that hang together; coincidences of passing cars do not. Anything
#: smaller waits for the next detection, which comes after the idle interval at the latest.
SETTLED_BLOCKS: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a picture shows that the detector has not seen.

    Attributes:
        blocks: The picture.
        differs: Where it is not the street at rest; everywhere where that is not known.
        moves: Where it is not the picture before.
        is_changed: Something differs.
        has_settled: Something differs and does not move.
    """

    blocks: Blocks
    differs: Mask
    moves: Mask
    is_changed: bool
    has_settled: bool

    def touches(self, box: Box, size: Size) -> bool:
        """Tell whether something differs inside a box, in pixels of a picture of this size."""
        rows, columns = self.differs.shape
        x1, y1, x2, y2 = box
        left, right = int(x1 * columns / size[0]), int(np.ceil(x2 * columns / size[0]))
        top, bottom = int(y1 * rows / size[1]), int(np.ceil(y2 * rows / size[1]))
        inside = self.differs[max(top, 0) : bottom, max(left, 0) : right]
        return int(inside.sum()) >= LEAST_BLOCKS


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """The watched areas of one camera, as they were.

    Attributes:
        areas: Outlines of the watched areas.
        at_rest: The street when the detector last looked, what moved then left out; None before.
        latest: The picture that was shown last; None before the first.
    """

    areas: tuple[Outline, ...]
    at_rest: Blocks | None = None
    latest: Blocks | None = None

    def change(self, view: View) -> Change:
        """Return what a picture shows; all of the first one is new."""
        now = blocks_of(view)
        if self.at_rest is None or self.at_rest.shape != now.shape:
            everywhere = np.ones(now.shape, np.bool_)
            return Change(now, everywhere, ~everywhere, is_changed=True, has_settled=True)
        # A picture of another size, between two of this one, tells nothing of what moves.
        latest = self.at_rest
        if self.latest is not None and self.latest.shape == now.shape:
            latest = self.latest
        masks = [area_mask(area, now.shape) for area in self.areas]
        differs = [differing(self.at_rest, now, mask) for mask in masks]
        if not any(_is_much(one) for one in differs):
            nowhere = np.zeros(now.shape, np.bool_)
            return Change(now, nowhere, nowhere, is_changed=False, has_settled=False)
        moves = [differing(latest, now, mask) for mask in masks]
        pairs = zip(differs, moves, strict=True)
        return Change(
            now,
            np.logical_or.reduce(differs),
            np.logical_or.reduce(moves),
            is_changed=True,
            has_settled=any(_is_a_thing(one & ~moving) for one, moving in pairs),
        )

    def shown(self, change: Change) -> Self:
        """Return the gate after a picture, detected in or not."""
        return replace(self, latest=change.blocks)

    def detected(self, change: Change) -> Self:
        """Return the gate after the detector looked at a picture: what moved in it is not kept.

        Others may have been shown since: a detection takes its time.
        """
        now = change.blocks
        if self.at_rest is None or self.at_rest.shape != now.shape:
            return replace(self, at_rest=now)
        lit = self.at_rest + np.median(now - self.at_rest)
        return replace(self, at_rest=np.where(change.moves, lit, now))


def blocks_of(view: View) -> Blocks:
    """Return the logarithms of the block means of a view, (h / BLOCK, w / BLOCK)."""
    height, width = view.shape
    size = max(width // BLOCK, 1), max(height // BLOCK, 1)
    means = cv2.resize(view.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(np.log(means + np.float32(_DARK)), np.float32)


def differing(before: Blocks, now: Blocks, mask: Mask) -> Mask:
    """Return which blocks of an area changed by more than the area's light has."""
    shift = now - before
    inside = shift[mask]
    if not inside.size:
        return mask
    return np.asarray((np.abs(shift - np.median(inside)) > CHANGED_BY) & mask, np.bool_)


@lru_cache(maxsize=4096)
def area_mask(outline: Outline, shape: tuple[int, int]) -> Mask:
    """Return which blocks an area touches, and those beside it."""
    height, width = shape
    corners = np.rint(np.asarray(outline) * (width, height)).astype(np.int32)
    canvas = np.zeros((height, width), np.uint8)
    cv2.fillPoly(canvas, [corners], 1)
    mask = np.asarray(cv2.dilate(canvas, np.ones((3, 3), np.uint8)), np.bool_)
    mask.setflags(write=False)
    return mask


def _is_a_thing(blocks: Mask) -> bool:
    """Tell whether so many blocks hang together that an object may stand there."""
    if not _is_much(blocks):
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(blocks.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max()) >= SETTLED_BLOCKS


def _is_much(blocks: Mask) -> bool:
    return int(blocks.sum()) >= LEAST_BLOCKS
