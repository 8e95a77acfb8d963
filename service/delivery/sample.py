"""A case that never was: shows what a platform would be sent."""

from streetwatch.service.incidents.case import Attachment, Case, Message, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.zones.place import Place
from streetwatch.zones.rules import ViolationType

#: 2026-07-01 12:00 in China: the day the city's new event codes came into force.
_NOON = 1782878400.0

_ROLES = ("first_seen", "threshold", "close_up", "zone_overlay")

#: No incident has this id: ids are hexadecimal.
EXTERNAL_ID = "sample" + "0" * 20


def sample_message(
    kind: ViolationType = ViolationType.ILLEGAL_PARKING_MOTOR,
    occasion: Occasion = Occasion.OPENED,
) -> Message:
    """Return a message about a sample case of a type."""
    incident = Incident(
        id=EXTERNAL_ID,
        camera_id="sample",
        zone_id="sample",
        type=kind.value,
        state=State.OPEN,
        first_seen=_NOON - 300.0,
        last_seen=_NOON,
        observed_s=290.0,
        unobserved_s=10.0,
        anchor=(100.0, 100.0, 200.0, 180.0),
        bbox=(100.0, 100.0, 200.0, 180.0),
        confidence=0.9,
        versions=Versions("sample", "sample", "sample"),
        violation_at=_NOON,
    )
    place = Place(116.404, 39.915, grid_code="110101001001001")
    evidence = tuple(
        Attachment(f"{role}.jpg", role, "image/jpeg", "0" * 64, _NOON) for role in _ROLES
    )
    return message(occasion, Case(incident, Site("sample", "示例 sample", place), evidence))
