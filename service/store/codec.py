"""Values to columns and documents, and back exactly. What can't be read says which and why."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from streetwatch.service.incidents.case import Attachment, Case, Message, Occasion
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident
from streetwatch.zones.presence import Presence, Remembered

T = TypeVar("T")
Row = Mapping[Any, Any]

#: Raise it when a presence of before can't mean the same any more.
PRESENCE_VERSION = 1

_INCIDENT = TypeAdapter(Incident)
_ATTACHMENT = TypeAdapter(Attachment)
_CASE = TypeAdapter(Case)
_OCCASION = TypeAdapter(Occasion)
_PRESENCE = TypeAdapter(Remembered)


def incident_row(incident: Incident) -> dict[str, Any]:
    """Return the columns of an incident."""
    row: dict[str, Any] = _INCIDENT.dump_python(incident, mode="json")
    return row


def incident_of(row: Row) -> Incident:
    """Read an incident back.

    Raises:
        StorageError: the row holds none.
    """
    return _read(_INCIDENT, dict(row), f"incident {row['id']}")


def attachment_row(one: Attachment) -> dict[str, Any]:
    """Return the columns of one file of evidence."""
    return asdict(one)


def attachment_of(row: Row) -> Attachment:
    """Read one file of evidence back.

    Raises:
        StorageError: the row holds none.
    """
    return _read(_ATTACHMENT, dict(row), f"evidence {row['name']}")


def message_document(message: Message) -> dict[str, Any]:
    """Return what a message says, as JSON; its key and occasion are columns."""
    document: dict[str, Any] = _CASE.dump_python(message.case, mode="json")
    return document


def message_of(*, key: str, occasion: str, document: object) -> Message:
    """Read a message back.

    Raises:
        StorageError: the document holds none.
    """
    case = _read(_CASE, document, f"message {key}")
    return Message(key, _read(_OCCASION, occasion, f"occasion of message {key}"), case)


def presence_document(presence: Presence) -> dict[str, Any]:
    """Return a presence as JSON that names its version."""
    return {
        "version": PRESENCE_VERSION,
        "presence": _PRESENCE.dump_python(presence.remembered(), mode="json"),
    }


def presence_of(document: object, *, camera_id: str) -> Presence:
    """Read a presence back.

    Raises:
        StorageError: the document holds none, or one of a version that means something else.
    """
    what = f"presence of camera {camera_id}"
    if not isinstance(document, dict) or document.get("version") != PRESENCE_VERSION:
        raise StorageError(f"the {what} is not of version {PRESENCE_VERSION}")
    return Presence.of(_read(_PRESENCE, document.get("presence"), what))


def _read(adapter: TypeAdapter[T], value: object, what: str) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "as a whole"
        raise StorageError(
            f"the database holds an unreadable {what} ({where}: {first['msg']})"
        ) from error
