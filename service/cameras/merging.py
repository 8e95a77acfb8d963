"""The file's cameras and the console's changes, as one list. Pure but for opening passwords."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from streetwatch.service.cameras.camera import Camera, CameraDocument, camera_of
from streetwatch.service.cameras.checking import checked_camera
from streetwatch.service.cameras.errors import CameraRefusedError, OtherKeyError
from streetwatch.service.cameras.ledger import Act, Record
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)


class Origin(StrEnum):
    """Where what is known of a camera comes from."""

    FILE = "file"  #: `cameras.yaml`
    CONSOLE = "console"  #: made in the console
    CHANGED = "changed"  #: the file's, changed in the console


@dataclass(frozen=True, slots=True)
class Listed:
    """One camera as it is watched, and how it came to be so.

    Attributes:
        camera: As it is watched.
        origin: Where it comes from.
        version: Names what it is now: a change that was made from another one is refused.
        changed_at: When the console changed it last; None: never.
        changed_by: Who did.
    """

    camera: Camera
    origin: Origin
    version: str
    changed_at: Seconds | None = None
    changed_by: str = ""

    @property
    def document(self) -> CameraDocument:
        """As `cameras.yaml` has it, the address without its password."""
        return self.camera.document


def merged(
    file: Iterable[Camera], records: Mapping[str, Record], opened: Callable[[str], str]
) -> dict[str, Listed]:
    """Return the cameras by id: the file's in its order, then the console's own.

    What can't be read any more is left out and logged: it must not keep the others from being
    watched.

    Args:
        file: The cameras of the file.
        records: What the console did.
        opened: Opens an address that was closed.
    """
    of_file = {camera.id: camera for camera in file}
    listed: dict[str, Listed] = {}
    for camera_id in (*of_file, *(one for one in records if one not in of_file)):
        found = _listed(of_file.get(camera_id), records.get(camera_id), opened)
        if found is not None:
            listed[camera_id] = found
    return listed


def _listed(
    camera: Camera | None, record: Record | None, opened: Callable[[str], str]
) -> Listed | None:
    match record:
        case None:
            return None if camera is None else _as_in_the_file(camera, 0)
        case Record(act=Act.REVERTED):
            return None if camera is None else _as_in_the_file(camera, record.revision)
        case Record(act=Act.REMOVED):
            return None
        case _:
            return _as_changed(camera, record, opened)


def _as_in_the_file(camera: Camera, revision: int) -> Listed:
    return Listed(camera, Origin.FILE, _version(revision, camera.document))


def _as_changed(
    camera: Camera | None, record: Record, opened: Callable[[str], str]
) -> Listed | None:
    try:
        source = _source(camera, record, opened)
        if source is None:
            log.warning("camera.gone_from_file", camera=record.camera_id)
            return None
        entry = checked_camera(record.document)
    except (CameraRefusedError, OtherKeyError) as error:
        log.error("camera.unreadable", camera=record.camera_id, reason=str(error))  # noqa: TRY400
        return None
    changed = camera_of(entry, source, record.document)
    return Listed(
        changed,
        Origin.CONSOLE if camera is None else Origin.CHANGED,
        _version(record.revision, changed.document),
        record.changed_at,
        record.changed_by,
    )


def _source(camera: Camera | None, record: Record, opened: Callable[[str], str]) -> Source | None:
    """Return where the pictures come from; None where only the file could say."""
    if record.sealed is None:
        return None if camera is None else camera.source
    written = record.document["source"]
    kind = written["kind"] if isinstance(written, dict) else ""
    return Source(SourceKind(str(kind)), opened(record.sealed))


def _version(revision: int, document: CameraDocument) -> str:
    """Name a camera's state: the file may be another after a restart, at the same revision."""
    known = json.dumps([revision, document], sort_keys=True, ensure_ascii=False)
    return f"{revision}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"
