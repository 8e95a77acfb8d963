"""The life of an incident as total functions: a state in, a state out, no clock."""

from dataclasses import replace
from typing import assert_never

from streetwatch.service.incidents.incident import Incident, State, Versions, incident_id
from streetwatch.vision.types import Seconds
from streetwatch.zones.stay import Stay


def born(stay: Stay, *, camera_id: str, versions: Versions, earlier: Incident | None) -> Incident:
    """Return the candidate that a stay becomes.

    Args:
        stay: Seen long enough to be worth remembering.
        camera_id: The camera that sees it.
        versions: Of the model, zone and rule that judged.
        earlier: The latest incident at this place, if one was filed there before.
    """
    return Incident(
        id=incident_id(camera_id, stay.key),
        camera_id=camera_id,
        zone_id=stay.zone_id,
        type=stay.type,
        state=State.CANDIDATE,
        first_seen=stay.first_seen,
        last_seen=stay.last_seen,
        observed_s=stay.observed_s,
        unobserved_s=stay.unobserved_s,
        anchor=stay.anchor,
        bbox=stay.box,
        confidence=stay.confidence,
        versions=versions,
        recurrence_of=earlier.id if earlier else None,
        recurrences=earlier.recurrences + 1 if earlier else 0,
    )


def seen(incident: Incident, stay: Stay) -> Incident:
    """Fold what the stay has become into its incident; a violation opens a candidate."""
    match incident.state:
        case State.CANDIDATE | State.OPEN:
            opens = stay.violation_at is not None
            return replace(
                incident,
                state=State.OPEN if opens else State.CANDIDATE,
                violation_at=stay.violation_at,
                last_seen=stay.last_seen,
                observed_s=stay.observed_s,
                unobserved_s=stay.unobserved_s,
                bbox=stay.box,
                confidence=stay.confidence,
            )
        case State.CLEARED | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def left(incident: Incident, at: Seconds) -> Incident:
    """Return the incident after its object was found to be gone."""
    match incident.state:
        case State.CANDIDATE:
            return replace(incident, state=State.CLOSED, closed_at=at)
        case State.OPEN:
            return replace(incident, state=State.CLEARED, cleared_at=at)
        case State.CLEARED | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def closed(incident: Incident, at: Seconds) -> Incident:
    """Return the incident after the case platform closed its case."""
    match incident.state:
        case State.OPEN | State.CLEARED:
            return replace(incident, state=State.CLOSED, closed_at=at)
        case State.CANDIDATE | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)
