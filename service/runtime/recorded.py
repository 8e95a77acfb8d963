"""Looks as lines of JSON, a look a line: written by a service, read by a replay."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.outside import grey
from streetwatch.vision.types import Detections, Look, View

#: A view is small: a picture as the detector is shown it.
_MOST_PIXELS = 4_000_000


@dataclass(frozen=True, slots=True)
class Restart:
    """The process ends here: what was not stored is lost."""


def recorded_looks(lines: Iterable[str], *, name: str) -> Iterator[Look | Restart]:
    """Read looks, a JSON object a line.

    Args:
        lines: As CONTRACTS' `replay --detections` has them.
        name: Of the file, for errors.

    Raises:
        InputError: a line is not a look; says which and what is wrong with it.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _step(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{name}:{number}: not a look ({_reason(error)}): write "
                '{"at": 12.0, "width": 640, "height": 360, "detections": [{"label": "car", '
                '"confidence": 0.7, "xyxy": [x1, y1, x2, y2]}]} or {"restart": true}'
            ) from error


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _step(line: Mapping[str, Any]) -> Look | Restart:
    if not isinstance(line, dict):
        raise TypeError("a JSON object is wanted")
    if line.get("restart") is True:
        return Restart()
    at, width, height = float(line["at"]), int(line["width"]), int(line["height"])
    if not np.isfinite(at) or width <= 0 or height <= 0:
        raise ValueError("at must be a number of seconds, width and height pixels above 0")
    return Look(at, (width, height), _detections(line["detections"]), _view(line.get("view")))


def _view(png: str | None) -> View | None:
    """Read a look's view from base64 of a grey PNG."""
    if png is None:
        return None
    try:
        return grey(b64decode(png), most_pixels=_MOST_PIXELS)
    except ValueError as error:
        raise ValueError(f"view must be a PNG in base64, or left out: {error}") from None


def look_line(look: Look) -> str:
    """Write a look as `recorded_looks` reads it, with its view; boxes to a hundredth of a pixel."""
    seen = look.detections
    rows = zip(seen.labels, seen.confidence.tolist(), seen.xyxy.tolist(), strict=True)
    line: dict[str, object] = {
        "at": look.at,
        "width": look.size[0],
        "height": look.size[1],
        "detections": [
            {
                "label": label,
                "confidence": round(sure, 4),
                "xyxy": [round(value, 2) for value in box],
            }
            for label, sure, box in rows
        ],
    }
    if look.view is not None:
        png = cv2.imencode(".png", look.view, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1]
        line["view"] = b64encode(png.tobytes()).decode()
    return json.dumps(line) + "\n"


def _detections(rows: list[Mapping[str, Any]]) -> Detections:
    unknown = [row["label"] for row in rows if row["label"] not in CLASS_ID]
    if unknown:
        raise ValueError(f"label {unknown[0]!r} is not one of {', '.join(CLASS_ID)}")
    xyxy = np.array([row["xyxy"] for row in rows], np.float32).reshape(-1, 4)
    confidence = np.array([row["confidence"] for row in rows], np.float32)
    if not (np.isfinite(xyxy).all() and np.isfinite(confidence).all()):
        raise ValueError("xyxy and confidence must be numbers")
    return Detections(
        xyxy, confidence, np.array([CLASS_ID[row["label"]] for row in rows], np.int64)
    )
