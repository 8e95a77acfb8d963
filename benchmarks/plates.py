"""Plate recall: of the plates that people drew, how many are covered in the copy that goes out.

The pictures are not ours to give away: what is kept of them is the first half of their SHA-256, by
which they are found again in a folder, and the plates' corners.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from streetwatch.benchmarks.masking import cover_of, share_of
from streetwatch.datasets.yolo_folder import DatasetError, read_picture
from streetwatch.models.intervals import wilson
from streetwatch.vision.masking import Masker, hidden
from streetwatch.vision.picture import size_of
from streetwatch.vision.types import Box

#: So much of a plate's pixels makes it covered: of a plate a letter may be enough.
PLATE_COVERED: Final = 0.95

_NAMED_BY: Final = 16
_PICTURES: Final = {".webp", ".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True)
class PlatedPicture:
    """One picture and the plates in it.

    Attributes:
        part: What it is there for: `chosen_by` the rule was, or `held`.
        picture: The first digits of its file's SHA-256.
        plates: Corners, as shares of its width and height.
    """

    part: str
    picture: str
    plates: tuple[Box, ...]


def read_plates(path: Path) -> list[PlatedPicture]:
    """Read what people drew, a JSON object a line.

    Raises:
        DatasetError: it is not that.
    """
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [
            PlatedPicture(one["part"], one["picture"], tuple(map(tuple, one["plates"])))
            for one in lines
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: no plates can be read from it: {error}") from error


def pictures_in(folder: Path) -> dict[str, Path]:
    """Return every picture under a folder by the first digits of its SHA-256."""
    files = (one for one in folder.rglob("*") if one.suffix.lower() in _PICTURES)
    return {sha256(one.read_bytes()).hexdigest()[:_NAMED_BY]: one for one in files}


def shares_covered(
    plated: Sequence[PlatedPicture],
    files: Mapping[str, Path],
    masker: Masker,
    on_picture: Callable[[], None],
) -> Iterator[tuple[PlatedPicture, list[float], float]]:
    """Yield each picture that is there, how much of each plate is covered, and how much of all."""
    for one in plated:
        if one.picture in files:
            image = read_picture(files[one.picture])
            size = size_of(image)
            boxes = hidden(masker.people_and_vehicles(image), size, spare=None)
            cover = cover_of(image.shape[:2], boxes)
            scale = np.array(size * 2)
            shares = [share_of(cover, tuple(np.array(box) * scale)) for box in one.plates]
            yield one, shares, float(cover.mean())
        on_picture()


def plate_line(part: str, shares: Sequence[float], areas: Sequence[float]) -> dict[str, object]:
    """Return the figures of a part."""
    count, right = len(shares), sum(one >= PLATE_COVERED for one in shares)
    return {
        "part": part,
        "pictures": len(areas),
        "plates": count,
        "covered": round(right / count, 3) if count else None,
        "ci": [round(end, 3) for end in wilson(right, count)],
        "area_covered": round(float(np.mean(areas)), 3) if areas else None,
    }
