"""What reviewers do to incidents: rejections taken back, places muted. A transaction each."""

from collections.abc import Iterator
from dataclasses import replace

from streetwatch.service.incidents import lifecycle
from streetwatch.service.incidents.incident import Incident, incident_id
from streetwatch.service.incidents.ports import Store, Transaction
from streetwatch.vision.types import Seconds


def take_back(name: str, *, store: Store) -> None:
    """Let an incident whose rejection was taken back go on. An unknown one is left."""
    with store.transaction() as transaction:
        rejected = tuple(_with_views(name, transaction))
    gone = {one.id: _gone_at(one, store) for one in rejected}
    with store.transaction() as transaction:
        for one in _with_views(name, transaction):
            transaction.put_incident(lifecycle.unrejected(one, gone.get(one.id)))


def mute(name: str, until: Seconds | None, *, store: Store) -> None:
    """Let nothing be filed at an incident's place until a moment; None: let it be filed again."""
    with store.transaction() as transaction:
        for one in _with_views(name, transaction):
            transaction.put_incident(replace(one, muted_until=until))


def _with_views(name: str, transaction: Transaction) -> Iterator[Incident]:
    """Yield an incident and what other cameras see of it."""
    case = transaction.incident(name)
    if case is not None:
        yield case
        yield from () if case.lon is None else transaction.views(case.id)[1:]


def _gone_at(incident: Incident, store: Store) -> Seconds | None:
    """Return the last look at a place where an incident no longer stands; None where it does."""
    presence = store.presence(incident.camera_id)
    here = {incident_id(incident.camera_id, stay.key) for stay in presence.stays}
    return None if incident.id in here else presence.last_look
