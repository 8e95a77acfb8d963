"""Cut-outs: a render of objects on a stage of shadow catchers, as a picture with its shadow.

The alpha of Blender's shadow is a share of light; in a picture's gamma a share of light is a
smaller share of brightness, so shadows are lightened to lie right under plain alpha blending.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]
_GAMMA = 2.2
_SOLID = 0.5


@dataclass(frozen=True, slots=True)
class Cutout:
    """BGRA pixels, where their left top corner lies, and the object's own box (no shadow)."""

    bgra: Picture
    left: int
    top: int
    box: Box


def developed(seen: Picture, outline: Picture, left: int, top: int) -> Cutout | None:
    """A cut-out from the BGRA render with shadows and the one without what catches them.

    Both show the same crop, whose corner is (`left`, `top`); None where it holds no object.
    """
    solid = outline[..., 3] / 255.0
    return _trimmed(_lightened(seen, solid), solid, left, top)


def read(path: Path) -> Picture:
    """The PNG's pixels, BGRA.

    Raises:
        FileNotFoundError: where there is none or it cannot be read.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise FileNotFoundError(f"no picture at {path}: did the render fail?")
    return picture.astype(np.uint8)


def _lightened(seen: Picture, outline: NDArray[np.float64]) -> Picture:
    """The render with its shadow's alpha brought into the picture's gamma."""
    alpha = seen[..., 3] / 255.0
    body = np.minimum(outline, alpha)
    shade = np.clip((alpha - body) / np.maximum(1 - body, 1e-3), 0, 1)
    shade = np.clip((1 - (1 - shade) ** (1 / _GAMMA)) * 1.04 - 0.04, 0, 1)  # drop the haze
    lighter = body + (1 - body) * shade
    colour = seen[..., :3] * (alpha / np.maximum(lighter, 1e-3))[..., None]
    both = np.dstack([np.clip(colour, 0, 255), lighter * 255])
    return np.round(both).astype(np.uint8)


def _trimmed(picture: Picture, outline: NDArray[np.float64], left: int, top: int) -> Cutout | None:
    solid, drawn = _extent(outline > _SOLID), _extent(picture[..., 3] > 3)
    if solid is None or drawn is None:
        return None
    x1, y1, x2, y2 = drawn
    box = (left + solid[0], top + solid[1], left + solid[2], top + solid[3])
    return Cutout(picture[y1:y2, x1:x2], left + x1, top + y1, box)


def _extent(mask: NDArray[np.bool_]) -> Box | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def save(cutout: Cutout, path: Path, **also: float | str) -> None:
    """Writes the pixels as PNG and place and box as JSON beside it."""
    cv2.imwrite(str(path), cutout.bgra)
    facts = {"left": cutout.left, "top": cutout.top, "box": cutout.box, **also}
    path.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")


def load(path: Path) -> Cutout:
    """Reads what `save` wrote."""
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Cutout(read(path), facts["left"], facts["top"], tuple(facts["box"]))


def lay(canvas: Picture, cutout: Cutout, opacity: float = 1.0) -> None:
    """Lays the cut-out over the canvas, clipped at its edges; `opacity` is 0..1."""
    height, width = canvas.shape[:2]
    left, top = max(0, cutout.left), max(0, cutout.top)
    right = min(width, cutout.left + cutout.bgra.shape[1])
    bottom = min(height, cutout.top + cutout.bgra.shape[0])
    if left >= right or top >= bottom:
        return
    rows, columns = (
        slice(top - cutout.top, bottom - cutout.top),
        slice(left - cutout.left, right - cutout.left),
    )
    piece = cutout.bgra[rows, columns].astype(np.float32)
    alpha = piece[..., 3:] * (opacity / 255)
    under = canvas[top:bottom, left:right]
    canvas[top:bottom, left:right] = (under + (piece[..., :3] - under) * alpha + 0.5).astype(
        np.uint8
    )
