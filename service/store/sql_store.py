"""The store of incidents in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.store import codec
from streetwatch.service.store.engine import open_engine
from streetwatch.service.store.leases import Lease, fenced
from streetwatch.service.store.schema import attachment, incident, presence
from streetwatch.service.store.sql_transaction import SqlTransaction
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds
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
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin a transaction: committed at the end of the block, undone by an exception.

        Raises:
            LeaseLostError: the camera that is written for is another node's by now.
            StorageError: the database refused; nothing of the block was kept.
        """
        with fenced(self.engine, self._lease) as connection:
            transaction = SqlTransaction(connection)
            yield transaction
            transaction.write()

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
        wanted = sa.select(incident).where(incident.c.id == incident_id)
        with reading(self.engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        return codec.incident_of(row) if row else None

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
