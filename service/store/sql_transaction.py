"""One transaction of the store of incidents in SQL."""

from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa

from streetwatch.service.incidents.case import Attachment, Message
from streetwatch.service.incidents.chain import End, Link
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.platform import Standing
from streetwatch.service.incidents.views import STANDING, place_of
from streetwatch.service.store import chains, codec, receipts
from streetwatch.service.store.held_incidents import HeldIncidents
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.place_history import overlaps, place_history
from streetwatch.service.store.schema import attachment, incident, outbox, presence, receipt
from streetwatch.service.store.transactions import locked
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.footprint import iou
from streetwatch.zones.ground import MapPoint, distance_m
from streetwatch.zones.presence import Presence


class SqlTransaction:
    """All of it happens, or none of it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._incidents = HeldIncidents(connection)

    def hold_incidents(self, incident_ids: Iterable[str]) -> None:
        """Read incidents, and the cases that they are views of, at once, for `incident`."""
        self._incidents.hold(incident_ids)

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none; no other writer has it until the end."""
        return self._incidents.one(incident_id)

    def put_incident(self, one: Incident, /) -> None:
        """Insert or replace the incident."""
        self._incidents.put(one)

    def write(self) -> None:
        """Write all that was put: for whoever began the transaction, at its end."""
        self._incidents.write()

    def _current(self) -> sa.Connection:
        """Return the database with all in it that was put: nothing else is asked or written."""
        self._incidents.write()
        return self._connection

    def latest_filed_at(  # noqa: PLR0913 -- what makes a place
        self,
        *,
        camera_id: str,
        zone_id: str,
        violation_type: str,
        near: Box,
        least_iou: float,
        since: Seconds,
    ) -> Incident | None:
        """Return the latest incident told at this place since then, if it has ended."""
        ended = place_history(
            camera_id=camera_id, zone_id=zone_id, violation_type=violation_type, since=since
        )
        rows = self._current().execute(ended.where(*overlaps(near))).all()
        anchors = np.array([row.anchor for row in rows], np.float32).reshape(-1, 4)
        here = iou(anchors, np.array([near], np.float32))[:, 0] >= least_iou
        return self.incident(rows[int(here.argmax())].id) if here.any() else None

    def standing_near(
        self, place: MapPoint, *, violation_type: str, within_m: float
    ) -> tuple[Incident, ...]:
        """Return the incidents of a type that were told, stand, and are at most so far away.

        No other writer finds or opens one there until the transaction ends.
        """
        locked(self._current(), f"places of {violation_type}")
        low, high = place.moved((-within_m, -within_m)), place.moved((within_m, within_m))
        wanted = sa.select(incident).where(
            incident.c.type == violation_type,
            incident.c.state.in_(STANDING),
            incident.c.lat.between(low.lat, high.lat),
            incident.c.lon.between(low.lon, high.lon),
        )
        found = [codec.incident_of(row) for row in self._current().execute(wanted).mappings()]
        return tuple(
            one
            for one in found
            if (there := place_of(one)) and distance_m(place, there) <= within_m
        )

    def views(self, case_id: str) -> tuple[Incident, ...]:
        """Return all cameras' incidents of a case: its own, then the others'."""
        wanted = (
            sa.select(incident)
            .where(sa.or_(incident.c.id == case_id, incident.c.duplicate_of == case_id))
            .order_by(incident.c.id != case_id, incident.c.id)
        )
        rows = self._current().execute(wanted).mappings()
        return tuple(codec.incident_of(row) for row in rows)

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """Return the incident's evidence, awaited copies too, in the order it was added."""
        columns = [attachment.c[name] for name in Attachment.__dataclass_fields__]
        wanted = (
            sa.select(*columns)
            .where(attachment.c.incident_id == incident_id)
            .order_by(attachment.c.position)
        )
        rows = self._current().execute(wanted).mappings().all()
        return tuple(codec.attachment_of(row) for row in rows)

    def put_attachments(self, incident_id: str, attachments: Iterable[Attachment]) -> None:
        """Add or replace evidence by name; a replaced file keeps its place in the order."""
        known = {one.name: place for place, one in enumerate(self.attachments(incident_id))}
        for one in attachments:
            row = codec.attachment_row(one)
            if one.name in known:
                self._current().execute(
                    sa.update(attachment)
                    .where(attachment.c.incident_id == incident_id, attachment.c.name == one.name)
                    .values(row)
                )
                continue
            known[one.name] = len(known)
            added = row | {"incident_id": incident_id, "position": known[one.name]}
            self._current().execute(sa.insert(attachment).values(added))

    def chain_end(self, camera_id: str) -> End:
        """Return where a camera's chain goes on; no other writer adds to it until the end."""
        return chains.chain_end(self._current(), camera_id)

    def put_link(self, link: Link, /) -> None:
        """Add a record to its camera's chain."""
        chains.put_link(self._current(), link)

    def put_presence(self, camera_id: str, state: Presence, /) -> None:
        """Keep what is at its place on a camera, for the next start."""
        locked(self._current(), f"presence {camera_id}")
        row = {"camera_id": camera_id, "state": codec.presence_document(state)}
        same = presence.c.camera_id == camera_id
        if not self._current().execute(sa.update(presence).where(same).values(row)).rowcount:
            self._current().execute(sa.insert(presence).values(row))

    def told(self, incident_id: str) -> frozenset[str]:
        """Return the targets that were promised something about the incident.

        Those that have it are known by their receipts: delivered messages are not kept for ever.
        """
        wanted = sa.union(
            *(
                sa.select(table.c.target).where(table.c.incident_id == incident_id)
                for table in (outbox, receipt)
            )
        )
        return frozenset(self._current().execute(wanted).scalars())

    def enqueue(self, message: Message, *, targets: Iterable[str], at: Seconds) -> None:
        """Promise a message to targets. What was promised before is not promised twice."""
        same = sa.select(outbox.c.target).where(outbox.c.key == message.key)
        incident_id = message.case.external_id
        known = self._current().execute(same.where(outbox.c.incident_id == incident_id)).scalars()
        fresh = set(targets) - set(known)
        row = {
            "key": message.key,
            "incident_id": incident_id,
            "occasion": message.occasion,
            "payload": codec.message_document(message),
            "state": MessageState.PENDING,
            "attempts": 0,
            "queued_at": at,
            "due_at": at,
            "lease_until": 0.0,
            "uncertain": False,
        }
        for target in sorted(fresh):
            self._current().execute(sa.insert(outbox).values(row | {"target": target}))

    def standing(self, target: str, incident_id: str) -> Standing | None:
        """Return how a case stands on a target, None where that was told nothing of it."""
        return receipts.standing(self._current(), target, incident_id)

    def put_standing(self, target: str, incident_id: str, standing: Standing, /) -> None:
        """Note how a case stands on a target."""
        receipts.put_standing(self._current(), target, incident_id, standing)
