"""Use cases: what a case platform says of a case closes its incident. A transaction each."""

from streetwatch.service.incidents import lifecycle
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.platform import Heard, PlatformState, Standing
from streetwatch.service.incidents.ports import Store, Transaction
from streetwatch.vision.types import Seconds


def close(incident_id: str, *, rejected: bool, store: Store, at: Seconds) -> None:
    """Close the incident whose case the platform closed or rejected. An unknown one is left."""
    with store.transaction() as transaction:
        incident = transaction.incident(incident_id)
        if incident is not None:
            _closed(incident, transaction, at, rejected=rejected)


def hear(
    said: Standing, *, target: str, incident_id: str, store: Store, at: Seconds
) -> tuple[Heard, Incident | None]:
    """Take in what a target says about a case: news that it is at its end closes the incident.

    Returns:
        What became of it, and the incident as it is now.
    """
    with store.transaction() as transaction:
        incident = transaction.incident(incident_id)
        before = transaction.standing(target, incident_id)
        if incident is None or before is None:
            return Heard.UNKNOWN, None
        if not said.follows(before):
            return Heard.OLD, incident
        transaction.put_standing(target, incident_id, said)
        if said.state is PlatformState.OPEN:
            return Heard.KEPT, incident
        rejected = said.state is PlatformState.REJECTED
        after = _closed(incident, transaction, at, rejected=rejected)
    return Heard.KEPT if after == incident else Heard.MOVED, after


def _closed(
    incident: Incident, transaction: Transaction, at: Seconds, *, rejected: bool
) -> Incident:
    """Close an incident, and what other cameras see of it."""
    after = lifecycle.closed(incident, at, rejected=rejected)
    if after != incident:
        transaction.put_incident(after)
    for view in () if incident.lon is None else transaction.views(incident.id)[1:]:
        transaction.put_incident(lifecycle.closed(view, at, rejected=rejected))
    return after
