"""What platforms are told about a case, in their coordinates and with addresses they can reach."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from streetwatch.service.config.target_values import MapCrs
from streetwatch.service.delivery.case_json import attachment_json, case_json
from streetwatch.service.delivery.coordinates import on_map
from streetwatch.service.evidence.links import Links
from streetwatch.service.incidents.case import Attachment, Case, Message
from streetwatch.zones.naming import NAMES

#: A ten-millionth of a degree is a centimetre.
_DIGITS = 7


class EvidenceFiles(Protocol):
    """Where the bytes of evidence are."""

    def read(self, incident_id: str, name: str) -> bytes:
        """Return a file.

        Raises:
            StorageError: it can't be read.
        """


@dataclass(frozen=True, slots=True)
class View:
    """How a platform sees us.

    Attributes:
        crs: The coordinates that it wants.
        public_url: Where it reaches the evidence; None where it can't.
        links: Seals addresses, so that it needs no token; None: it must have one.
    """

    crs: MapCrs = MapCrs.WGS84
    public_url: str | None = None
    links: Links | None = None

    def address(self, case: Case, one: Attachment) -> str:
        """Return where a file of evidence is fetched."""
        path = f"/evidence/{case.external_id}/{one.name}"
        if self.public_url is None:
            return path
        return f"{self.public_url}{self.links.sealed(path) if self.links else path}"


def case_message(message: Message, view: View) -> dict[str, object]:
    """Return a message as JSON: the case (docs/reference/case.md), the occasion and the key."""
    told = case_json(message.case)
    told["place"] = _place(message.case, view)
    told["evidence"] = [_file(one, message.case, view) for one in message.case.evidence]
    return {"occasion": message.occasion.value, "key": message.key, **told}


def template_fields(
    message: Message,
    view: View,
    *,
    number: str | None,
    base64: Callable[[Attachment], str] | None = None,
) -> dict[str, object]:
    """Return what a template may name: the message, and what platforms often want beside it.

    Args:
        message: What is told.
        view: How the platform sees us.
        number: What it called the case before.
        base64: Returns a picture's bytes as text, where they are wanted.
    """
    told = case_message(message, view)
    place = message.case.place
    chinese, english = NAMES[message.case.incident.type]
    point = on_map(place, view.crs) if place else None
    return told | {
        "lon": round(point.lon, _DIGITS) if point else None,
        "lat": round(point.lat, _DIGITS) if point else None,
        "grid_code": place.grid_code if place else None,
        "type_zh": chinese,
        "type_en": english,
        "number": number,
        "pictures": [
            _file(one, message.case, view) | ({"base64": base64(one)} if base64 else {})
            for one in pictures(message.case)
        ],
    }


def pictures(case: Case) -> list[Attachment]:
    """Return the stills of a case."""
    return [one for one in case.evidence if one.media_type.startswith("image/")]


def _place(case: Case, view: View) -> dict[str, object] | None:
    place = case.place
    if place is None:
        return None
    point = on_map(place, view.crs)
    return {
        "lon": round(point.lon, _DIGITS),
        "lat": round(point.lat, _DIGITS),
        "crs": view.crs.value,
        "grid_code": place.grid_code,
    }


def _file(one: Attachment, case: Case, view: View) -> dict[str, object]:
    return attachment_json(case.external_id, one) | {"url": view.address(case, one)}
