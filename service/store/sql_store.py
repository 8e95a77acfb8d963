"""The store of incidents in SQL."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Attachment, Message
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.store import codec
from streetwatch.service.store.case_book import SqlCaseBook
from streetwatch.service.store.outbox import SqlOutbox, promise
from streetwatch.service.store.tables import attachment, incident, presence
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.footprint import iou
from streetwatch.zones.presence import Presence

log = structlog.get_logger(__name__)


class SqlStore:
    """Incidents, presence, outbox and desk cases of one database. Usable from any thread.

    Args:
        engine: Of a database that is migrated to this version: see `open_store`.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.outbox = SqlOutbox(engine)
        self.case_book = SqlCaseBook(engine)

    @contextmanager
    def transaction(self) -> Iterator["SqlTransaction"]:
        """Begin a transaction: committed at the end of the block, undone by an exception.

        Raises:
            StorageError: the database refused; nothing of the block was kept.
        """
        with writing(self._engine) as connection:
            yield SqlTransaction(connection)

    def presence(self, camera_id: str) -> Presence:
        """Return what was at its place on a camera when it was last stored; else nothing.

        One that can't be read (of another version) is nothing too, with a warning.
        """
        wanted = sa.select(presence.c.document).where(presence.c.camera_id == camera_id)
        with reading(self._engine) as connection:
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
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(codec.incident_of(row) for row in rows)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


class SqlTransaction:
    """All of it happens, or none of it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""
        wanted = sa.select(incident).where(incident.c.id == incident_id)
        row = self._connection.execute(wanted).mappings().one_or_none()
        return None if row is None else codec.incident_of(row)

    def put_incident(self, value: Incident, /) -> None:
        """Insert or replace the incident."""
        self._put(incident, codec.incident_row(value), "id")

    def latest_filed_at(
        self,
        *,
        camera_id: str,
        zone_id: str,
        violation_type: str,
        near: Box,
        least_iou: float,
    ) -> Incident | None:
        """Return the latest incident that was filed at this place and has ended."""
        ended = (
            sa.select(incident.c.id, incident.c.anchor)
            .where(
                incident.c.camera_id == camera_id,
                incident.c.zone_id == zone_id,
                incident.c.type == violation_type,
                incident.c.state.in_((State.CLEARED.value, State.CLOSED.value)),
                incident.c.violation_at.is_not(None),
            )
            .order_by(incident.c.violation_at.desc(), incident.c.id)
        )
        rows = self._connection.execute(ended).all()
        anchors = np.array([row.anchor for row in rows], np.float32).reshape(-1, 4)
        here = iou(anchors, np.array([near], np.float32))[:, 0] >= least_iou
        return self.incident(rows[int(here.argmax())].id) if here.any() else None

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """Return the incident's evidence, in the order it was added."""
        columns = [attachment.c[name] for name in Attachment.__dataclass_fields__]
        wanted = (
            sa.select(*columns)
            .where(attachment.c.incident_id == incident_id)
            .order_by(attachment.c.id)
        )
        rows = self._connection.execute(wanted).mappings().all()
        return tuple(codec.attachment_of(row) for row in rows)

    def put_attachments(self, incident_id: str, attachments: Iterable[Attachment]) -> None:
        """Add or replace evidence by name; a replaced one keeps its place in the order."""
        for one in attachments:
            row = asdict(one) | {"incident_id": incident_id}
            self._put(attachment, row, "incident_id", "name")

    def put_presence(self, camera_id: str, value: Presence, /) -> None:
        """Keep what is at its place on a camera, for the next start."""
        document = codec.presence_text(value)
        self._put(presence, {"camera_id": camera_id, "document": document}, "camera_id")

    def enqueue(self, message: Message, *, at: Seconds) -> None:
        """Promise a message. A key that was promised before is not promised twice."""
        promise(self._connection, message, at=at)

    def _put(self, table: sa.Table, row: dict[str, object], *identity: str) -> None:
        """Update, else insert: every database has both, and a transaction has one writer."""
        same = [table.c[name] == row[name] for name in identity]
        if not self._connection.execute(sa.update(table).where(*same).values(row)).rowcount:
            self._connection.execute(sa.insert(table).values(row))
