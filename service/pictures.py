"""Pictures from files, and what a model sees in each."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Detections, Image, Sees

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def pictures(paths: Iterable[Path]) -> list[Path]:
    """Return the files named and the pictures in the folders named, in order.

    Raises:
        InputError: a path is not there, or a folder holds no picture.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
            if not inside:
                raise InputError(
                    f"{path}: no picture in this folder ({', '.join(sorted(SUFFIXES))})"
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise InputError(f"{path}: no such file or folder: check the path")
    return found


def lines(
    files: Iterable[Path], detector: Sees, *, confidence: float | None
) -> Iterator[dict[str, object]]:
    """Yield a line for each picture, as the contract of `streetwatch detect` has it."""
    for file in files:
        image = _read(file)
        yield (
            {"image": str(file), "error": "not a picture that can be read"}
            if image is None
            else _line(file, image, detector.detect(image, confidence=confidence))
        )


def _read(file: Path) -> Image | None:
    """Read pixels as stored: no rotation by EXIF."""
    try:
        content = np.frombuffer(file.read_bytes(), np.uint8)
    except OSError:
        return None
    if not content.size:
        return None
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(content, flags)
    return None if image is None else np.asarray(image, np.uint8)


def _line(file: Path, image: Image, seen: Detections) -> dict[str, object]:
    height, width = image.shape[:2]
    rows = zip(seen.labels, seen.confidence.tolist(), seen.xyxy.tolist(), strict=True)
    return {
        "image": str(file),
        "width": width,
        "height": height,
        "detections": [
            {
                "label": label,
                "confidence": round(confidence, 4),
                "xyxy": [round(value, 1) for value in xyxy],
            }
            for label, confidence, xyxy in rows
        ],
    }
