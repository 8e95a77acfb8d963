"""The life of an incident as total functions: a state in, a state out, no clock."""

from dataclasses import replace
from typing import assert_never

from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import Incident, State, Versions, incident_id
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Surface
from streetwatch.zones.stay import Stay


def born(
    stay: Stay,
    *,
    camera_id: str,
    versions: Versions,
    earlier: Incident | None,
    surface: Surface | None = None,
) -> Incident:
    """Return the candidate that a stay becomes.

    Args:
        stay: Seen long enough to be worth remembering.
        camera_id: The camera that sees it.
        versions: Of the model, zone and rule that judged.
        earlier: The latest incident at this place, if one was told there before.
        surface: Of its zone.
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
        surface=surface,
    )


def seen(incident: Incident, stay: Stay, *, soft_start_s: Seconds = 0.0) -> Incident:
    """Fold what the stay has become into its incident.

    A violation opens a candidate; with a soft start it is warned of first, and opens when it is
    seen to stand on `soft_start_s` later, at an hour at which its rule applies.
    """
    match incident.state:
        case State.CANDIDATE:
            return _matured(_following(incident, stay), soft_start_s)
        case State.WARNED:
            after = _following(incident, stay)
            counts = stay.observed_s > incident.observed_s
            return (
                opened(after, after.last_seen)
                if counts and _is_over(after, soft_start_s)
                else after
            )
        case State.OPEN:
            return _following(incident, stay)
        case State.CLEARED | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def _following(incident: Incident, stay: Stay) -> Incident:
    return replace(
        incident,
        violation_at=stay.violation_at,
        last_seen=stay.last_seen,
        observed_s=stay.observed_s,
        unobserved_s=stay.unobserved_s,
        bbox=stay.box,
        confidence=stay.confidence,
    )


def _matured(incident: Incident, soft_start_s: Seconds) -> Incident:
    if incident.violation_at is None:
        return incident
    if soft_start_s > 0:
        return replace(incident, state=State.WARNED, warned_at=incident.last_seen)
    return opened(incident, incident.last_seen)


def opened(incident: Incident, at: Seconds) -> Incident:
    """Return the incident as it is filed."""
    return replace(incident, state=State.OPEN, opened_at=at)


def _is_over(incident: Incident, soft_start_s: Seconds) -> bool:
    """Tell whether those who were warned have had their time when it was last seen."""
    return incident.warned_at is None or incident.last_seen >= incident.warned_at + soft_start_s


def left(incident: Incident, at: Seconds) -> Incident:
    """Return the incident after its object was found to be gone."""
    match incident.state:
        case State.CANDIDATE:
            return replace(incident, state=State.CLOSED, closed_at=at)
        case State.WARNED | State.OPEN:
            return replace(incident, state=State.CLEARED, cleared_at=at)
        case State.CLEARED | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def closed(incident: Incident, at: Seconds, *, rejected: bool = False) -> Incident:
    """Return the incident after the case platform closed its case, or rejected it."""
    match incident.state:
        case State.WARNED | State.OPEN | State.CLEARED:
            rejected_at = at if rejected else None
            return replace(incident, state=State.CLOSED, closed_at=at, rejected_at=rejected_at)
        case State.CANDIDATE | State.CLOSED:
            return incident
        case _:
            assert_never(incident.state)


def unrejected(incident: Incident, gone_at: Seconds | None) -> Incident:
    """Return the incident after its rejection was taken back, as if there had been none.

    Args:
        incident: Rejected or not.
        gone_at: When it was found to be gone meanwhile; None: it stands.
    """
    if incident.state is not State.CLOSED or incident.rejected_at is None:
        return incident
    cleared_at = incident.cleared_at if incident.cleared_at is not None else gone_at
    stands = State.WARNED if incident.opened_at is None else State.OPEN
    state = stands if cleared_at is None else State.CLEARED
    return replace(incident, state=state, cleared_at=cleared_at, closed_at=None, rejected_at=None)


def disputed(
    incident: Incident, stay: Stay, *, patience_s: Seconds, soft_start_s: Seconds = 0.0
) -> Incident:
    """Return an incident whose case was closed, open again if its object stands on.

    Once: a platform that closes it again has seen it. A rejected one is not disputed. One that
    was closed while it was only warned of was never filed: it is now, which is no dispute.

    Args:
        incident: Closed or not.
        stay: What it is about, as it stands now.
        patience_s: Seen so long after the closing: whoever cleared it has had the time to.
        soft_start_s: What those who were warned have.
    """
    if incident.state is not State.CLOSED or incident.violation_at is None:
        return incident
    if incident.closed_at is None or stay.last_seen < incident.closed_at + patience_s:
        return incident
    after = _following(incident, stay)
    if incident.opened_at is None and not _is_over(after, soft_start_s):
        return incident
    again = reopened(after, stay.last_seen)
    return incident if again == after else again


def reopened(incident: Incident, at: Seconds) -> Incident:
    """Return an incident whose case was closed, open again if it may be: disputed, or now filed."""
    if incident.state is not State.CLOSED or incident.rejected_at is not None:
        return incident
    if incident.disputed_at is not None:
        return incident
    if incident.opened_at is None:
        return opened(incident, at)
    return replace(incident, state=State.OPEN, disputed_at=at)


def occasion(before: Incident | None, after: Incident) -> Occasion | None:
    """Return why the platform is told of a new state; None where it is not."""
    match after.state:
        case State.CANDIDATE | State.CLOSED:
            return None
        case State.WARNED:
            return Occasion.WARNED
        case State.OPEN:
            was_filed = before is not None and before.opened_at is not None
            return Occasion.DISPUTED if was_filed else Occasion.OPENED
        case State.CLEARED:
            return Occasion.CLEARED
        case _:
            assert_never(after.state)


def is_muted(earlier: Incident | None, at: Seconds, *, mute_s: Seconds) -> bool:
    """Tell whether nothing is to be filed at a place: it was rejected there, or people said so."""
    if earlier is None:
        return False
    if earlier.muted_until is not None and at < earlier.muted_until:
        return True
    return earlier.rejected_at is not None and at < earlier.rejected_at + mute_s
