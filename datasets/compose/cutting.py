"""Cutting real objects out of real pictures."""

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.datasets.demo.cutouts import Cutout
from streetwatch.vision.types import Box, Image

Mask = npt.NDArray[np.uint8]  #: (H, W), 255 where it holds

#: Grey levels by which a pixel must differ from the empty street to be of something passing.
_DIFFERS = 26

#: Specks smaller than this, pixels of the picture, are noise.
LEAST_AREA = 140

#: An object's cut-out has more than its rim and less than its whole box.
_PLAUSIBLE_SHARE = (0.3, 0.95)

_FEATHER_PX = 2.0
_GRABCUT_ROUNDS = 3


def differing(picture: Image, empty: Image) -> Mask:
    """Return where a picture differs from the empty street, without specks and with holes shut."""
    apart = cv2.absdiff(picture, empty).max(axis=2)
    raw = np.where(apart > _DIFFERS, 255, 0).astype(np.uint8)
    opened = cv2.morphologyEx(raw, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(
        cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8
    )


def cut_moving(picture: Image, mask: Mask, box: Box, *, is_vehicle: bool) -> Cutout | None:
    """Cut what differs from the empty street out of a box.

    Args:
        picture: With the object.
        mask: Where it differs from the empty street.
        box: Of the object.
        is_vehicle: It has no hollows.

    Returns:
        None where the mask holds too little or too much of the box to be the object alone.
    """
    inside = np.zeros_like(mask)
    x1, y1, x2, y2 = _whole(box, mask.shape[1], mask.shape[0])
    inside[y1:y2, x1:x2] = mask[y1:y2, x1:x2]
    low, high = _PLAUSIBLE_SHARE
    if not low <= (inside > 0).mean() * inside.size / max((x2 - x1) * (y2 - y1), 1) <= high:
        return None
    return _cut(picture, _outline(inside) if is_vehicle else inside, (x1, y1, x2, y2))


def _outline(mask: Mask) -> Mask:
    """Return the convex hull of a mask: a vehicle's windows look like the road behind it."""
    hull = cv2.convexHull(cv2.findNonZero(mask))
    filled = np.zeros_like(mask)
    cv2.fillConvexPoly(filled, hull, (255,))
    return filled


def cut_still(picture: Image, box: Box) -> Cutout | None:
    """Cut an object out of one photograph by GrabCut; None where that finds no outline."""
    x1, y1, x2, y2 = _whole(box, picture.shape[1], picture.shape[0])
    mask = np.full(picture.shape[:2], cv2.GC_BGD, np.uint8)
    mask[y1:y2, x1:x2] = cv2.GC_PR_FGD
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    unused = (0, 0, 1, 1)
    cv2.setRNGSeed(0)  # k-means inside: the same cut each time
    try:
        cv2.grabCut(picture, mask, unused, behind, before, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # one colour all over
        return None
    found = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    low, high = _PLAUSIBLE_SHARE
    if not low <= (found[y1:y2, x1:x2] > 0).mean() <= high:
        return None
    return _cut(picture, found, (x1, y1, x2, y2))


def cut_whole(picture: Image, box: Box) -> Cutout:
    """Cut a box out with all that is in it: to be put back where it was."""
    x1, y1, x2, y2 = _whole(box, picture.shape[1], picture.shape[0])
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[y1:y2, x1:x2] = 255
    return _cut(picture, mask, (x1, y1, x2, y2))


def scaled(cutout: Cutout, scale: float) -> Cutout:
    """Return a cut-out made larger or smaller, its ground point where it was."""
    height, width = cutout.bgra.shape[:2]
    size = (max(round(width * scale), 2), max(round(height * scale), 2))
    bgra = np.asarray(cv2.resize(cutout.bgra, size, interpolation=cv2.INTER_AREA), np.uint8)
    middle, ground = (cutout.box[0] + cutout.box[2]) / 2, cutout.box[3]
    left = round(middle + (cutout.left - middle) * scale)
    top = round(ground + (cutout.top - ground) * scale)
    x1, x2 = (round(middle + (side - middle) * scale) for side in (cutout.box[0], cutout.box[2]))
    y1 = round(ground + (cutout.box[1] - ground) * scale)
    return Cutout(bgra, left, top, (x1, y1, x2, ground))


def moved(cutout: Cutout, right: int, down: int = 0) -> Cutout:
    """Return a cut-out that lies elsewhere."""
    x1, y1, x2, y2 = cutout.box
    box = (x1 + right, y1 + down, x2 + right, y2 + down)
    return Cutout(cutout.bgra, cutout.left + right, cutout.top + down, box)


def _cut(picture: Image, mask: Mask, box: tuple[int, int, int, int]) -> Cutout:
    margin = 4
    height, width = mask.shape
    x1, y1 = max(box[0] - margin, 0), max(box[1] - margin, 0)
    x2, y2 = min(box[2] + margin, width), min(box[3] + margin, height)
    soft = cv2.GaussianBlur(mask, (0, 0), _FEATHER_PX)
    bgra = np.dstack([picture[y1:y2, x1:x2], soft[y1:y2, x1:x2]])
    return Cutout(np.asarray(bgra, np.uint8), x1, y1, box)


def _whole(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (round(side) for side in box)
    return max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
