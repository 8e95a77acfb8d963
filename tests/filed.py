"""Incidents, evidence and messages whose details do not matter to the test that asks for them."""

from dataclasses import replace
from typing import Any

from streetwatch.service.incidents.case import Attachment, Case, Message, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.zones.place import Place

NOON = 1795406400.0  # 2026-11-23 12:00 in China

_SITE = Site("kerb", "人民路东口", Place(121.47, 31.23, grid_code="310101001001001"))

_INCIDENT = Incident(
    id="a" * 26,
    camera_id="kerb",
    zone_id="carriageway",
    type="illegal_parking_motor",
    state=State.OPEN,
    first_seen=NOON - 60.0,
    last_seen=NOON,
    observed_s=58.5,
    unobserved_s=1.5,
    anchor=(100.0, 100.0, 200.0, 180.0),
    bbox=(101.0, 100.0, 201.0, 180.0),
    confidence=0.77,
    versions=Versions("street-1", "0f0f", "1e1e"),
    violation_at=NOON,
    opened_at=NOON,
)


def an_incident(**changes: Any) -> Incident:  # noqa: ANN401 -- any field
    """An open incident, a car at the kerb."""
    return replace(_INCIDENT, **changes)


def evidence(name: str = "threshold.jpg", **changes: Any) -> Attachment:  # noqa: ANN401
    """A still."""
    role = name.split(".", maxsplit=1)[0]
    return replace(Attachment(name, role, "image/jpeg", "ab" * 32, NOON), **changes)


def a_message(
    incident: Incident | None = None,
    occasion: Occasion = Occasion.OPENED,
    files: tuple[Attachment, ...] = (),
) -> Message:
    """What the platform is told about an incident."""
    return message(occasion, Case(incident or _INCIDENT, _SITE, files or (evidence(),)))


def promise(
    store: SqlStore, *messages: Message, at: float = NOON, targets: tuple[str, ...] = (DESK,)
) -> None:
    """Store the incidents of the messages and promise the messages, in one transaction."""
    with store.transaction() as transaction:
        for one in messages:
            transaction.put_incident(one.case.incident)
            transaction.enqueue(one, targets=targets, at=at)
