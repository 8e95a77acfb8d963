"""The manifest: what every file of an incident's evidence is, and what was judged by what."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from streetwatch.service.evidence.keys import ALGORITHM, Signer
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.chain import End, Link, RecordKind
from streetwatch.service.incidents.incident import Incident
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import local, utc
from streetwatch.zones.zone import Zone

FORMAT: Final = "streetwatch-evidence/2"

#: Written by versions before 0.2: not signed, in no chain.
FORMAT_OF_BEFORE: Final = "streetwatch-evidence/1"

DELETION_FORMAT: Final = "streetwatch-deletion/1"

#: Pictures that a case has when it is opened.
_OF_A_CASE: Final = frozenset({"first_seen", "threshold", "close_up", "zone_overlay"})

NAME: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"


@dataclass(frozen=True, slots=True)
class EvidenceSeal:
    """What a camera's evidence is sealed with.

    Attributes:
        signer: Signs.
        software: Name and version of what wrote it.
        model: What sees for the camera now, as incidents name it.
        model_sha256: Of the file of that model.
        clock_offset: Tells how far the camera's own clock is ahead of ours; None: it did not say.
    """

    signer: Signer
    software: str
    model: str
    model_sha256: str
    clock_offset: Callable[[], Seconds | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence of an incident but for its manifest.

    Attributes:
        site: The camera.
        zone: As it was drawn when the incident was judged.
        added: The files that were written last.
        missing: What should have been there and is not, each with the reason.
    """

    site: Site
    zone: Zone
    added: tuple[Attachment, ...]
    missing: tuple[str, ...]


def manifest(
    incident: Incident,
    gathered: Gathered,
    *,
    attachments: Iterable[Attachment],
    seal: EvidenceSeal,
    end: End,
) -> bytes:
    """Write the manifest as JSON.

    Args:
        incident: As it was when its evidence was sealed.
        gathered: What it is of.
        attachments: All files but the manifest.
        seal: What it is signed with.
        end: Where its camera's chain goes on.
    """
    files = tuple(attachments)
    site, zone, versions = gathered.site, gathered.zone, incident.versions
    rule = zone.rule(incident.type)
    offset_s = seal.clock_offset()
    document = {
        "format": FORMAT,
        "incident": incident.id,
        "camera": {
            "id": site.camera_id,
            "name": site.name,
            "clock_offset_s": None if offset_s is None else round(offset_s, 3),
        },
        "zone": {"id": zone.id, "version": versions.zone, "polygon": zone.polygon},
        "rule": {"type": incident.type, "version": versions.rule, "dwell_s": rule.dwell_s},
        "model": versions.model,
        "model_sha256": seal.model_sha256 if versions.model == seal.model else None,
        "software": seal.software,
        "first_seen": _moment(incident.first_seen),
        "violation_at": _moment(incident.violation_at or incident.first_seen),
        **({"warned_at": _moment(incident.warned_at)} if incident.warned_at else {}),
        "last_seen": _moment(incident.last_seen),
        "observed_s": round(incident.observed_s, 3),
        "unobserved_s": round(incident.unobserved_s, 3),
        "confidence": round(incident.confidence, 4),
        "bbox": [round(value, 1) for value in incident.bbox],
        "files": [_file(attachment) for attachment in files],
        "missing": [*gathered.missing, *_lost(files)],
        "chain": _chain(site.camera_id, end),
        "signed_with": {"algorithm": ALGORITHM, "key": seal.signer.public.id},
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _lost(files: Iterable[Attachment]) -> Iterator[str]:
    """Say which pictures that every case has there are no copies of."""
    for role in sorted(_OF_A_CASE - {one.role for one in files}):
        yield f"{role}: its original was lost before it was masked"


def deletion(link: Link, *, reason: str, at: Seconds, signer: Signer, end: End) -> bytes:
    """Write the record of a manifest that goes: what it was stays provable.

    Args:
        link: The manifest's place in the chain.
        reason: Why it goes.
        at: When.
        signer: Signs.
        end: Where the chain goes on.
    """
    document = {
        "format": DELETION_FORMAT,
        "incident": link.incident_id,
        "removed": {
            "position": link.position,
            "sha256": link.sha256,
            "previous": link.previous,
            "public_key": link.public_key,
            "signature": link.signature,
        },
        "reason": reason,
        "at": utc(at),
        "chain": _chain(link.camera_id, end),
        "signed_with": {"algorithm": ALGORITHM, "key": signer.public.id},
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def linked(  # noqa: PLR0913 -- a record and its place
    content: bytes,
    kind: RecordKind,
    *,
    camera_id: str,
    incident_id: str,
    signer: Signer,
    end: End,
    at: Seconds,
) -> Link:
    """Sign a record and return it as the next of its camera's chain."""
    return Link(
        camera_id=camera_id,
        position=end.position,
        kind=kind,
        incident_id=incident_id,
        sha256=hashlib.sha256(content).hexdigest(),
        previous=end.previous,
        public_key=signer.public.raw.hex(),
        signature=signer.sign(content).hex(),
        at=at,
        body=content.decode() if kind is RecordKind.DELETION else None,
    )


def _chain(camera_id: str, end: End) -> dict[str, object]:
    return {"camera": camera_id, "position": end.position, "previous": end.previous}


def _moment(at: Seconds) -> dict[str, str]:
    return {"utc": utc(at), "local": local(at)}


def _file(attachment: Attachment) -> dict[str, object]:
    return {
        "name": attachment.name,
        "role": attachment.role,
        "media_type": attachment.media_type,
        "sha256": attachment.sha256,
        "original_sha256": attachment.original_sha256,
        "captured_at": _moment(attachment.captured_at),
    }
