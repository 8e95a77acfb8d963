"""Cells as a picture: PNG, for a report or a message."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from PIL import Image, ImageDraw

from streetwatch.service.foresight.cells import Cell

_SIDE: Final = 900
_AROUND: Final = 40
_INK, _PAPER, _CLAIMED = (30, 36, 44), (255, 255, 255), (200, 30, 20)
_DOT: Final = 9

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Shade:
    """How a cell is drawn.

    Attributes:
        cell: Which.
        depth: 0 to 1: how deep its colour is.
        is_claimed: Drawn with a strong outline.
    """

    cell: Cell
    depth: float
    is_claimed: bool = False


def as_png(shades: Sequence[Shade], caption: str) -> bytes:
    """Draw cells; north is up.

    Args:
        shades: What is drawn; what is claimed is drawn last.
        caption: Below it; letters of ASCII, which every machine can draw.
    """
    picture = Image.new("RGB", (_SIDE, _SIDE + _AROUND), _PAPER)
    pen = ImageDraw.Draw(picture)
    points = [at for one in shades for at in _corners(one.cell)]  # none: an empty picture
    for one in sorted(shades, key=lambda shade: shade.is_claimed):
        _draw(pen, [_placed(at, points) for at in _corners(one.cell)], one)
    pen.text((_AROUND, _SIDE + 8), caption.encode("ascii", "replace").decode(), fill=_INK)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _corners(cell: Cell) -> Sequence[tuple[float, float]]:
    return cell.ring or ((cell.lon, cell.lat),)


def _placed(at: tuple[float, float], points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    west, south = min(lon for lon, _ in points), min(lat for _, lat in points)
    narrow = cos(radians(south))
    width = (max(lon for lon, _ in points) - west) * narrow
    height = max(lat for _, lat in points) - south
    scale = (_SIDE - 2 * _AROUND) / max(width, height, 1e-6)
    return (
        _AROUND + (at[0] - west) * narrow * scale,
        _SIDE - _AROUND - (at[1] - south) * scale,
    )


def _draw(pen: ImageDraw.ImageDraw, corners: Sequence[tuple[float, float]], one: Shade) -> None:
    outline, width = (_CLAIMED, 4) if one.is_claimed else ((150, 156, 164), 1)
    if len(corners) > 2:
        pen.polygon(list(corners), fill=_colour(one.depth), outline=outline, width=width)
        return
    x, y = corners[0]
    box = (x - _DOT, y - _DOT, x + _DOT, y + _DOT)
    pen.ellipse(box, fill=_colour(one.depth), outline=outline, width=width)


def _colour(depth: float) -> Colour:
    """Return white for 0, deep orange for 1."""
    part = min(max(depth, 0.0), 1.0)
    return 255 - round(30 * part), 250 - round(150 * part), 240 - round(215 * part)
