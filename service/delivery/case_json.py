"""A case as JSON: the fields of the domain table (docs/reference/case.md)."""

from streetwatch.service.incidents.case import Attachment, Case
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc
from streetwatch.zones.naming import NAMES


def case_json(case: Case) -> dict[str, object]:
    """Return what a platform is told about a case."""
    incident, place = case.incident, case.place
    chinese, english = NAMES[incident.type]
    return {
        "external_id": case.external_id,
        "source": "video",
        "type": incident.type,
        "description": f"{case.site.name} {chinese} / {english}",
        "camera": {"id": case.site.camera_id, "name": case.site.name},
        "zone_id": incident.zone_id,
        "place": None
        if place is None
        else {
            "lon": place.lon,
            "lat": place.lat,
            "crs": place.crs.value,
            "grid_code": place.grid_code,
            "is_measured": case.is_measured,
        },
        "surface": incident.surface,
        "first_seen": utc(incident.first_seen),
        "violation_at": _time(incident.violation_at),
        "warned_at": _time(incident.warned_at),
        "opened_at": _time(incident.opened_at),
        "last_seen": utc(incident.last_seen),
        "cleared_at": _time(incident.cleared_at),
        "disputed_at": _time(incident.disputed_at),
        "observed_s": round(incident.observed_s, 3),
        "unobserved_s": round(incident.unobserved_s, 3),
        "confidence": round(incident.confidence, 4),
        "bbox": [round(value, 1) for value in incident.bbox],
        "seen_by": list(case.seen_by),
        "recurrence_of": incident.recurrence_of,
        "repeat_count": incident.recurrences,
        "versions": {
            "model": incident.versions.model,
            "zone": incident.versions.zone,
            "rule": incident.versions.rule,
        },
        "evidence": [attachment_json(case.external_id, one) for one in case.evidence],
    }


def attachment_json(external_id: str, one: Attachment) -> dict[str, object]:
    """Return what a platform is told about a file of evidence."""
    return {
        "name": one.name,
        "role": one.role,
        "media_type": one.media_type,
        "sha256": one.sha256,
        "captured_at": utc(one.captured_at),
        "url": f"/evidence/{external_id}/{one.name}",
    }


def _time(at: Seconds | None) -> str | None:
    return None if at is None else utc(at)
