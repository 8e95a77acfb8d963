"""A case: what is told to the city's case platform about an incident, and how it is addressed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from streetwatch.service.incidents.copying import Copying
from streetwatch.service.incidents.incident import Incident
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place


class Occasion(StrEnum):
    """Why the platform is told."""

    WARNED = "warned"  #: soft start: those concerned are warned, nothing is filed yet
    OPENED = "opened"
    EVIDENCE = "evidence"  #: the clip and the manifest are complete
    CLEARED = "cleared"
    DISPUTED = "disputed"  #: its case was closed, and it stands on


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of evidence.

    Attributes:
        name: File name inside the incident's evidence folder.
        role: `first_seen`, `warned`, `threshold`, `latest`, `zone_overlay`, `clip`, `manifest` ...
        media_type: As in HTTP.
        sha256: Of the file's bytes, hex; empty while its masked copy is awaited.
        captured_at: Capture time of the picture or of the clip's start, seconds since the epoch.
        original_sha256: Of the sealed original, hex; None where the file is the original itself.
        copying: How its copy is made, as long as that is awaited.
    """

    name: str
    role: str
    media_type: str
    sha256: str
    captured_at: Seconds
    original_sha256: str | None = None
    copying: Copying | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether there is only its original yet."""
        return not self.sha256

    def made(self, sha256: str) -> "Attachment":
        """Return it as it is when its copy is there."""
        return replace(self, sha256=sha256, copying=None)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A picture whose masked copy is to be made."""

    incident_id: str
    attachment: Attachment


def is_sealed(attachments: Iterable[Attachment]) -> bool:
    """Tell whether an incident's evidence is complete."""
    return any(attachment.role == "manifest" for attachment in attachments)


@dataclass(frozen=True, slots=True)
class Site:
    """The camera as the case platform knows it.

    Attributes:
        place: Where the case is on the map.
        is_measured: Whether that is where the ground of its zone lies, and not the camera.
    """

    camera_id: str
    name: str
    place: Place | None
    is_measured: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a platform is told: the incident, where it is, and the evidence.

    Attributes:
        seen_by: Other cameras that saw it too.
    """

    incident: Incident
    site: Site
    evidence: tuple[Attachment, ...]
    seen_by: tuple[str, ...] = ()

    @property
    def external_id(self) -> str:
        """Our name for the case, the same in every message about it."""
        return self.incident.id

    @property
    def is_measured(self) -> bool:
        """Whether `place` is where it or the ground of its zone lies, and not the camera."""
        return self.incident.lon is not None or self.site.is_measured

    @property
    def place(self) -> Place | None:
        """Where it is: its own place where its camera can tell, else the camera's."""
        incident, known = self.incident, self.site.place
        if incident.lon is None or incident.lat is None:
            return known
        if known is None:
            return Place(incident.lon, incident.lat)
        return Place(incident.lon, incident.lat, known.crs, known.grid_code)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one platform, once.

    Attributes:
        key: Idempotency key: the same however often the message is built or sent.
        occasion: Why.
        case: As it was when the message was written.
    """

    key: str
    occasion: Occasion
    case: Case


def message(occasion: Occasion, case: Case, *, view: str = "") -> Message:
    """Write a message; one occasion of one incident has one key.

    Args:
        occasion: Why.
        case: As it is now.
        view: The incident of another camera whose pictures it brings, and its state.
    """
    name = f"{case.external_id}/{occasion}{f'/{view}' if view else ''}"
    return Message(hashlib.sha256(name.encode()).hexdigest()[:32], occasion, case)
