"""Pictures at hand: pixels in memory, and pictures with areas that nobody may see."""

from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np

from streetwatch.vision.privacy import Outline, masked
from streetwatch.vision.types import Image, Picture, Size

#: Side of the small picture that a capture makes of each, pixels: the shipped model's input.
SMALL_SIDE = 640


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """A picture whose pixels are there already, (H, W, 3) BGR."""

    pixels: Image

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return size_of(self.pixels)

    def image(self) -> Image:
        """Return all of its pixels."""
        return self.pixels

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer."""
        size = fitting(self.size, longest)
        if size == self.size:
            return self.pixels
        small = cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def kept(self) -> Self:
        """Return it as it is: nothing of it can be made again."""
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """A picture with areas painted over: no way leads around them.

    Attributes:
        picture: What the camera gave.
        outlines: Of the areas.
    """

    picture: Picture
    outlines: tuple[Outline, ...]

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.picture.size

    def image(self) -> Image:
        """Return all of its pixels, masks painted over."""
        return masked(self.picture.image(), self.outlines)

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer, masks painted over."""
        return masked(self.picture.within(longest), self.outlines)

    def kept(self) -> Self:
        """Return it without what can be made again."""
        return replace(self, picture=self.picture.kept())


@dataclass(frozen=True, slots=True, eq=False)
class Resized:
    """A picture in another size than its camera sends now.

    Attributes:
        picture: What the camera gave.
        size: Wanted.
    """

    picture: Picture
    size: Size

    def image(self) -> Image:
        """Return all of its pixels in the wanted size."""
        return np.asarray(cv2.resize(self.picture.image(), self.size), np.uint8)

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer."""
        small = self.picture.within(longest)
        return np.asarray(cv2.resize(small, fitting(self.size, longest)), np.uint8)

    def kept(self) -> Self:
        """Return it without what can be made again."""
        return replace(self, picture=self.picture.kept())


def size_of(image: Image) -> Size:
    """Return width and height in pixels."""
    height, width = image.shape[:2]
    return width, height


def fitting(size: Size, longest: int) -> Size:
    """Return the size scaled down so that no side is longer; never scaled up.

    >>> fitting((1920, 1080), 640), fitting((426, 240), 640)
    ((640, 360), (426, 240))
    """
    scale = min(longest / max(size), 1.0)
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
