"""The track as a file of evidence: small, read by those who review a case."""

import json
from collections.abc import Mapping
from typing import Any, Final

from streetwatch.service.incidents.track import Placed, Sight, Span, Track
from streetwatch.vision.types import Size

FORMAT: Final = "streetwatch-track/1"

NAME: Final = "track.json"


def track_json(track: Track, size: Size) -> bytes:
    """Write a track: times are seconds since `from`, which is since the epoch.

    Args:
        track: Of one stay.
        size: Width and height of the pictures that its boxes are of.
    """
    start = track.spans[0].since if track.spans else track.boxes[0].at
    document = {
        "format": FORMAT,
        "size": list(size),
        "from": round(start, 3),
        "spans": [
            [round(one.since - start, 2), round(one.until - start, 2), one.sight.value]
            for one in track.spans
        ],
        "boxes": [
            [round(one.at - start, 2), *(round(value, 1) for value in one.box)]
            for one in track.boxes
        ],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def read_track(document: Mapping[str, Any]) -> tuple[tuple[Span, ...], tuple[Placed, ...], Size]:
    """Read a track back.

    Raises:
        ValueError: it is none, or of a format that is not known here.
    """
    if document.get("format") != FORMAT:
        raise ValueError(f"not a track of {FORMAT}")
    try:
        start, (width, height) = float(document["from"]), document["size"]
        spans = tuple(
            Span(start + since, start + until, Sight(sight))
            for since, until, sight in document["spans"]
        )
        boxes = tuple(
            Placed(start + at, (x1, y1, x2, y2)) for at, x1, y1, x2, y2 in document["boxes"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a track: {error}") from error
    return spans, boxes, (int(width), int(height))
