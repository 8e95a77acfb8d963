"""The store of incidents in SQL."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Attachment, Message
from streetwatch.service.incidents.chain import End, Link
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.platform import Standing
from streetwatch.service.incidents.views import STANDING, place_of
from streetwatch.service.store import chains, codec, receipts
from streetwatch.service.store.engine import open_engine
from streetwatch.service.store.leases import Lease, fenced
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.place_history import overlaps, place_history
from streetwatch.service.store.schema import attachment, incident, outbox, presence, receipt
from streetwatch.service.store.transactions import locked, reading
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.footprint import iou
from streetwatch.zones.ground import MapPoint, distance_m
from streetwatch.zones.presence import Presence

log = structlog.get_logger(__name__)


def open_store(url: str, *, idle_s: Seconds | None = None) -> "SqlStore":
    """Open the store at a database's address, made and migrated where needed.

    Args:
        url: As SQLAlchemy has it; `sqlite://` is a database in memory, of this process only.
        idle_s: As for `open_engine`.

    Raises:
        InputError: it can't be opened or written to; says where and how to mend it.
    """
    return SqlStore(open_engine(url, idle_s=idle_s))


class SqlStore:
    """Incidents and what belongs to them. Usable from any thread.

    Args:
        engine: Of a database that is migrated to this version: see `open_engine`.
        lease: Of the camera that is written for; None where one process watches all.
    """

    def __init__(self, engine: sa.Engine, lease: Lease | None = None) -> None:
        self.engine = engine
        self._lease = lease

    def fenced(self, lease: Lease) -> "SqlStore":
        """Return the same store for whoever has a camera: refused when another has it by now."""
        return SqlStore(self.engine, lease)

    @contextmanager
    def transaction(self) -> Iterator["SqlTransaction"]:
        """Begin a transaction: committed at the end of the block, undone by an exception.

        Raises:
            LeaseLostError: the camera that is written for is another node's by now.
            StorageError: the database refused; nothing of the block was kept.
        """
        with fenced(self.engine, self._lease) as connection:
            yield SqlTransaction(connection)

    def presence(self, camera_id: str) -> Presence:
        """Return what was at its place on a camera when it was last stored; else nothing.

        One that can't be read (of another version) is nothing too, with a warning.
        """
        wanted = sa.select(presence.c.state).where(presence.c.camera_id == camera_id)
        with reading(self.engine) as connection:
            document = connection.execute(wanted).scalar_one_or_none()
        if document is None:
            return Presence()
        try:
            return codec.presence_of(document, camera_id=camera_id)
        except StorageError as error:
            log.warning("presence.unreadable", camera=camera_id, reason=str(error))
            return Presence()

    def incidents(self, *, camera_id: str | None = None) -> tuple[Incident, ...]:
        """Return all incidents, in order of `violation_at`, candidates last."""
        wanted = sa.select(incident).order_by(
            incident.c.violation_at.is_(None),
            incident.c.violation_at,
            incident.c.first_seen,
            incident.c.id,
        )
        if camera_id is not None:
            wanted = wanted.where(incident.c.camera_id == camera_id)
        with reading(self.engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(codec.incident_of(row) for row in rows)

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""
        with reading(self.engine) as connection:
            return SqlTransaction(connection).incident(incident_id)

    def views(self, case_id: str) -> tuple[Incident, ...]:
        """Return all cameras' incidents of a case: its own, then the others'."""
        with reading(self.engine) as connection:
            return SqlTransaction(connection).views(case_id)

    def evidence(self, incident_id: str) -> tuple[Attachment, ...]:
        """Return the incident's evidence that is there, in the order it was added."""
        with reading(self.engine) as connection:
            all_of_it = SqlTransaction(connection).attachments(incident_id)
        return tuple(one for one in all_of_it if not one.is_awaited)

    def unsealed(self, camera_id: str) -> tuple[Incident, ...]:
        """Return a camera's incidents, not closed yet, whose evidence is or may be incomplete.

        Those that were filed, and those that were warned of and that another camera may file.
        """
        manifest = sa.exists(
            sa.select(attachment.c.name).where(
                attachment.c.incident_id == incident.c.id, attachment.c.role == "manifest"
            )
        )
        is_lost = sa.and_(incident.c.state == State.WARNED, incident.c.left_at.is_not(None))
        wanted = sa.select(incident).where(
            incident.c.camera_id == camera_id,
            sa.or_(incident.c.opened_at.is_not(None), is_lost),
            incident.c.state != State.CLOSED,
            ~manifest,
        )
        with reading(self.engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(codec.incident_of(row) for row in rows)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


class SqlTransaction:
    """All of it happens, or none of it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none; no other writer has it until the end."""
        locked(self._connection, f"incident {incident_id}")
        wanted = sa.select(incident).where(incident.c.id == incident_id)
        row = self._connection.execute(wanted).mappings().one_or_none()
        return None if row is None else codec.incident_of(row)

    def put_incident(self, one: Incident, /) -> None:
        """Insert or replace the incident."""
        locked(self._connection, f"incident {one.id}")
        row = codec.incident_row(one)
        # A key that is set anew, even to itself, is looked for in every table that refers to it.
        facts = {name: value for name, value in row.items() if name != "id"}
        again = sa.update(incident).where(incident.c.id == one.id).values(facts)
        if not self._connection.execute(again).rowcount:
            self._connection.execute(sa.insert(incident).values(row))

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
        rows = self._connection.execute(ended.where(*overlaps(near))).all()
        anchors = np.array([row.anchor for row in rows], np.float32).reshape(-1, 4)
        here = iou(anchors, np.array([near], np.float32))[:, 0] >= least_iou
        return self.incident(rows[int(here.argmax())].id) if here.any() else None

    def standing_near(
        self, place: MapPoint, *, violation_type: str, within_m: float
    ) -> tuple[Incident, ...]:
        """Return the incidents of a type that were told, stand, and are at most so far away.

        No other writer finds or opens one there until the transaction ends.
        """
        locked(self._connection, f"places of {violation_type}")
        low, high = place.moved((-within_m, -within_m)), place.moved((within_m, within_m))
        wanted = sa.select(incident).where(
            incident.c.type == violation_type,
            incident.c.state.in_(STANDING),
            incident.c.lat.between(low.lat, high.lat),
            incident.c.lon.between(low.lon, high.lon),
        )
        found = [codec.incident_of(row) for row in self._connection.execute(wanted).mappings()]
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
        rows = self._connection.execute(wanted).mappings()
        return tuple(codec.incident_of(row) for row in rows)

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """Return the incident's evidence, awaited copies too, in the order it was added."""
        columns = [attachment.c[name] for name in Attachment.__dataclass_fields__]
        wanted = (
            sa.select(*columns)
            .where(attachment.c.incident_id == incident_id)
            .order_by(attachment.c.position)
        )
        rows = self._connection.execute(wanted).mappings().all()
        return tuple(codec.attachment_of(row) for row in rows)

    def put_attachments(self, incident_id: str, attachments: Iterable[Attachment]) -> None:
        """Add or replace evidence by name; a replaced file keeps its place in the order."""
        known = {one.name: place for place, one in enumerate(self.attachments(incident_id))}
        for one in attachments:
            row = codec.attachment_row(one)
            if one.name in known:
                self._connection.execute(
                    sa.update(attachment)
                    .where(attachment.c.incident_id == incident_id, attachment.c.name == one.name)
                    .values(row)
                )
                continue
            known[one.name] = len(known)
            added = row | {"incident_id": incident_id, "position": known[one.name]}
            self._connection.execute(sa.insert(attachment).values(added))

    def chain_end(self, camera_id: str) -> End:
        """Return where a camera's chain goes on; no other writer adds to it until the end."""
        return chains.chain_end(self._connection, camera_id)

    def put_link(self, link: Link, /) -> None:
        """Add a record to its camera's chain."""
        chains.put_link(self._connection, link)

    def put_presence(self, camera_id: str, state: Presence, /) -> None:
        """Keep what is at its place on a camera, for the next start."""
        locked(self._connection, f"presence {camera_id}")
        row = {"camera_id": camera_id, "state": codec.presence_document(state)}
        same = presence.c.camera_id == camera_id
        if not self._connection.execute(sa.update(presence).where(same).values(row)).rowcount:
            self._connection.execute(sa.insert(presence).values(row))

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
        return frozenset(self._connection.execute(wanted).scalars())

    def enqueue(self, message: Message, *, targets: Iterable[str], at: Seconds) -> None:
        """Promise a message to targets. What was promised before is not promised twice."""
        same = sa.select(outbox.c.target).where(outbox.c.key == message.key)
        incident_id = message.case.external_id
        known = self._connection.execute(same.where(outbox.c.incident_id == incident_id)).scalars()
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
            self._connection.execute(sa.insert(outbox).values(row | {"target": target}))

    def standing(self, target: str, incident_id: str) -> Standing | None:
        """Return how a case stands on a target, None where that was told nothing of it."""
        return receipts.standing(self._connection, target, incident_id)

    def put_standing(self, target: str, incident_id: str, standing: Standing, /) -> None:
        """Note how a case stands on a target."""
        receipts.put_standing(self._connection, target, incident_id, standing)
