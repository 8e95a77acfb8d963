"""The manifest: what every file of an incident's evidence is, and what was judged by what."""

import json
from collections.abc import Iterable

from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.incident import Incident
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import local, utc
from streetwatch.zones.zone import Zone

FORMAT = "streetwatch-evidence/1"


def manifest(
    incident: Incident,
    *,
    site: Site,
    zone: Zone,
    attachments: Iterable[Attachment],
    missing: Iterable[str],
) -> bytes:
    """Write the manifest as JSON.

    Args:
        incident: As it was when its evidence was sealed.
        site: The camera.
        zone: As it was drawn when the incident was judged.
        attachments: All files but the manifest.
        missing: What should have been there and is not, each with the reason.
    """
    rule = zone.rule(incident.type)
    document = {
        "format": FORMAT,
        "incident": incident.id,
        "camera": {"id": site.camera_id, "name": site.name},
        "zone": {"id": zone.id, "version": incident.versions.zone, "polygon": zone.polygon},
        "rule": {"type": incident.type, "version": incident.versions.rule, "dwell_s": rule.dwell_s},
        "model": incident.versions.model,
        "first_seen": _moment(incident.first_seen),
        "violation_at": _moment(incident.violation_at or incident.first_seen),
        **({"warned_at": _moment(incident.warned_at)} if incident.warned_at else {}),
        "last_seen": _moment(incident.last_seen),
        "observed_s": round(incident.observed_s, 3),
        "unobserved_s": round(incident.unobserved_s, 3),
        "confidence": round(incident.confidence, 4),
        "bbox": [round(value, 1) for value in incident.bbox],
        "files": [_file(attachment) for attachment in attachments],
        "missing": list(missing),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _moment(at: Seconds) -> dict[str, str]:
    return {"utc": utc(at), "local": local(at)}


def _file(attachment: Attachment) -> dict[str, object]:
    return {
        "name": attachment.name,
        "role": attachment.role,
        "media_type": attachment.media_type,
        "sha256": attachment.sha256,
        "captured_at": _moment(attachment.captured_at),
    }
