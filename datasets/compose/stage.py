"""A stage: one fixed camera's street, what can stand in it, and the traffic that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from streetwatch.datasets.compose.cutting import LEAST_AREA, Mask
from streetwatch.datasets.demo.cutouts import Cutout
from streetwatch.vision.types import Image
from streetwatch.zones.polygon import Polygon


@dataclass(frozen=True, slots=True, eq=False)
class Blob:
    """Something that moves in one picture of a clip.

    Attributes:
        left: Of its part of the picture, pixels.
        top: Likewise.
        shown: Its pixels there, 255.
    """

    left: int
    top: int
    shown: Mask

    @property
    def bottom(self) -> int:
        """Where it touches the ground."""
        return self.top + len(self.shown)


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """One picture of a stage as it is without what is put into it.

    Attributes:
        image: (H, W, 3) BGR.
        blobs: What moves in it.
    """

    image: Image
    blobs: tuple[Blob, ...] = ()


class Stage(Protocol):
    """A fixed camera's street."""

    @property
    def name(self) -> str:
        """Where it is from."""

    @property
    def zone(self) -> Polygon:
        """Where the rule applies; nothing in it counts but what is put there."""

    @property
    def things(self) -> Sequence[Cutout]:
        """What can stand in it, each at its place."""

    def streets(self, count: int, fps: float, chance: np.random.Generator) -> Sequence[Street]:
        """Return so many pictures one after the other."""


def blobs(mask: Mask) -> tuple[Blob, ...]:
    """Return the parts of a mask that hang together."""
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for number in range(1, count):
        left, top, width, height, area = stats[number].tolist()
        if area >= LEAST_AREA:
            part = numbered[top : top + height, left : left + width] == number
            found.append(Blob(left, top, np.where(part, 255, 0).astype(np.uint8)))
    return tuple(found)
