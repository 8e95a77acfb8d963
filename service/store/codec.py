"""Values to rows and documents, and back exactly. What can't be read back says which and why."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from streetwatch.service.incidents.case import Attachment, Message
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident
from streetwatch.zones.presence import Presence

T = TypeVar("T")
Row = Mapping[str, Any]

#: Raise it when a presence of before can't mean the same any more.
PRESENCE_VERSION = 1


class _KeptPresence(BaseModel):
    version: int
    presence: Presence


_INCIDENT = TypeAdapter(Incident)
_ATTACHMENT = TypeAdapter(Attachment)
_MESSAGE = TypeAdapter(Message)


def incident_row(incident: Incident) -> dict[str, Any]:
    """Return the columns of an incident."""
    columns = asdict(incident)
    versions = columns.pop("versions")
    columns |= {f"{name}_version": version for name, version in versions.items()}
    return columns | {
        "state": incident.state.value,
        "anchor": list(incident.anchor),
        "bbox": list(incident.bbox),
    }


def incident_of(row: Row) -> Incident:
    """Read an incident back.

    Raises:
        StorageError: the row holds none.
    """
    columns = dict(row)
    names = ("model", "zone", "rule")
    columns["versions"] = {name: columns.pop(f"{name}_version") for name in names}
    return _read(_INCIDENT, columns, f"incident {row['id']}")


def attachment_of(row: Row) -> Attachment:
    """Read one file of evidence back.

    Raises:
        StorageError: the row holds none.
    """
    return _read(_ATTACHMENT, dict(row), f"evidence {row['name']}")


def message_text(message: Message) -> str:
    """Return a message as JSON."""
    return _MESSAGE.dump_json(message).decode()


def message_of(text: str, *, key: str) -> Message:
    """Read a message back.

    Raises:
        StorageError: the text is none.
    """
    try:
        return _MESSAGE.validate_json(text, strict=True)
    except ValidationError as error:
        raise _unreadable(f"message {key}", error) from error


def presence_text(presence: Presence) -> str:
    """Return a presence as JSON that names its version."""
    return _KeptPresence(version=PRESENCE_VERSION, presence=presence).model_dump_json()


def presence_of(text: str, *, camera_id: str) -> Presence:
    """Read a presence back.

    Raises:
        StorageError: the text is none, or of a version that means something else.
    """
    try:
        kept = _KeptPresence.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise _unreadable(f"presence of camera {camera_id}", error) from error
    if kept.version != PRESENCE_VERSION:
        raise StorageError(
            f"the presence of camera {camera_id} is of version {kept.version}, "
            f"not {PRESENCE_VERSION}"
        )
    return kept.presence


def _read(adapter: TypeAdapter[T], columns: dict[str, Any], what: str) -> T:
    try:
        return adapter.validate_python(columns)
    except ValidationError as error:
        raise _unreadable(what, error) from error


def _unreadable(what: str, error: ValidationError) -> StorageError:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "as a whole"
    return StorageError(f"the database holds an unreadable {what} ({where}: {first['msg']})")
