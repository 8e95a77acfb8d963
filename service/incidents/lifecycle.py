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
        recurrence_of=earlier.case_id if earlier else None,
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


def closed(incident: Incident, at: Seconds, *, rejected: bool = False) -> Incident:
    """Return the incident after the case platform closed its case, or rejected it."""
    match incident.state:
        case State.OPEN | State.CLEARED:
            rejected_at = at if rejected else None
            return replace(incident, state=State.CLOSED, closed_at=at, rejected_at=rejected_at)
        case State.CANDIDATE | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def disputed(incident: Incident, stay: Stay, *, patience_s: Seconds) -> Incident:
    """Return an incident whose case was closed, open again if its object stands on.

    Once: a platform that closes it again has seen it. A rejected one is not disputed.

    Args:
        incident: Closed or not.
        stay: What it is about, as it stands now.
        patience_s: Seen so long after the closing: whoever cleared it has had the time to.
    """
    after = reopened(incident, stay.last_seen)
    if incident.closed_at is None or stay.last_seen < incident.closed_at + patience_s:
        return incident
    return incident if after == incident else seen(after, stay)


def reopened(incident: Incident, at: Seconds) -> Incident:
    """Return an incident whose case was closed, open again if it may be disputed."""
    if incident.state is not State.CLOSED or incident.violation_at is None:
        return incident
    if incident.rejected_at is not None or incident.disputed_at is not None:
        return incident
    return replace(incident, state=State.OPEN, disputed_at=at)


def is_muted(earlier: Incident | None, at: Seconds, *, mute_s: Seconds) -> bool:
    """Tell whether nothing is to be filed at a place, since it was rejected there a while ago."""
    if earlier is None or earlier.rejected_at is None:
        return False
    return at < earlier.rejected_at + mute_s
