"""What is there of a case's evidence: read from the folder, for the reel."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from streetwatch.service.cameras import Camera
from streetwatch.service.console.review.reel import Files
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.track_file import NAME as TRACK
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.types import Size
from streetwatch.zones.polygon import Polygon

_OURS: Final = "/evidence/"


def files_of(case: Mapping[str, Any], evidence: EvidenceStore, cameras: Iterable[Camera]) -> Files:
    """Read what the reel of a case needs; what can't be read is not there.

    Args:
        case: As the desk answers it.
        evidence: Where its files are.
        cameras: As they are drawn now.
    """
    named: dict[str, Path] = {}
    present: set[str] = set()
    for url in (one["url"] for one in case.get("evidence") or ()):
        path = _path(url, evidence) if url.startswith(_OURS) else None
        if path is not None:
            named[path.name] = path
            present.add(url)
        elif not url.startswith(_OURS):
            present.add(url)  # it is kept elsewhere: the browser will see
    return Files(
        present=frozenset(present),
        manifest=_json(named.get("manifest.json")),
        track=_json(named.get(TRACK)),
        size=_size(named.get("threshold.jpg")),
        zone=_zone(case, cameras),
    )


def _path(url: str, evidence: EvidenceStore) -> Path | None:
    """Return where a file of evidence lies; None where it can't be had."""
    folder, _, name = url.removeprefix(_OURS).partition("/")
    try:
        return evidence.fetched(folder, name)
    except (ValueError, StorageError):
        return None


def _json(path: Path | None) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _size(path: Path | None) -> Size | None:
    """Read a still's size from its first bytes."""
    if path is None:
        return None
    try:
        with Image.open(path) as image:
            return image.size
    except (OSError, UnidentifiedImageError):
        return None


def _zone(case: Mapping[str, Any], cameras: Iterable[Camera]) -> Polygon:
    camera_id = (case.get("camera") or {}).get("id")
    zones = [zone for one in cameras if one.id == camera_id for zone in one.zones]
    return next((zone.polygon for zone in zones if zone.id == case.get("zone_id")), ())
