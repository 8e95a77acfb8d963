"""Deletes what has been kept long enough: files and rows together, each deletion written down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.incidents.chain import RecordKind
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.retention import (
    Decision,
    Delete,
    Keep,
    Kind,
    Periods,
    Subject,
    decide,
    decide_by_hand,
)
from streetwatch.service.store.chains import chain_end, links_of, put_link
from streetwatch.service.store.schema import deletion, incident
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.service.upkeep.aged_rows import AgedRows
from streetwatch.service.upkeep.dead_looks import forget_dead_looks
from streetwatch.service.upkeep.deletion import Deleted, written_down
from streetwatch.service.upkeep.due import due, subject_of
from streetwatch.service.upkeep.traces import files_in, forget
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: A file that nobody has touched for so long is not being written any more.
SETTLED_S: Seconds = 600.0


@dataclass(frozen=True, slots=True)
class Retention:
    """The job. It may be killed at any moment and run by several processes at once.

    A deletion is written down in the transaction that deletes the rows, then the files go, then it
    is ended. Whatever dies in between, no row is left that names a file which is gone, and the
    next run deletes the files that are left.

    Attributes:
        cameras: Tells which are watched.
        signer: Signs what is written down of manifests that go.
    """

    engine: sa.Engine
    evidence: EvidenceStore
    periods: Periods
    cameras: Callable[[], frozenset[str]]
    signer: Signer

    def run(self, *, now: Seconds, clock: Callable[[], Seconds] | None = None) -> Iterator[Deleted]:
        """Delete what is due, and yield each deletion when it is done.

        Args:
            now: What is due is decided for this moment.
            clock: When each deletion has ended; left out, `now`.

        Raises:
            StorageError: the database or the disk refused; what was deleted until then is.
        """
        ends = clock or (lambda: now)
        self._resume(ends)
        self.evidence.sweep(before=now - SETTLED_S)
        for name in due(self.engine, now=now, periods=self.periods):
            gone = self._evidence(name, now, ends, self._by_age(now))
            if gone is not None:
                yield gone
        yield from self._aged.run(now=now)
        forget_dead_looks(self.engine, self.evidence, before=now - SETTLED_S)

    def plan(self, *, now: Seconds) -> Iterator[Deleted]:
        """Yield what a run would delete, and delete nothing."""
        for name in due(self.engine, now=now, periods=self.periods):
            with reading(self.engine) as connection:
                gone = self._decided(connection, name, self._by_age(now), to_delete=False)
            if gone is not None:
                yield gone
        yield from self._aged.plan(now=now)

    @property
    def _aged(self) -> AgedRows:
        return AgedRows(self.engine, self.periods, self.cameras)

    def _resume(self, ends: Callable[[], Seconds]) -> None:
        """Delete the files that a killed process has left."""
        unfinished = sa.select(deletion.c.position, deletion.c.name).where(
            deletion.c.done_at.is_(None)
        )
        with reading(self.engine) as connection:
            left = connection.execute(unfinished).all()
        for row in left:
            self._finish(row.position, row.name, ends)

    def _finish(self, position: int, name: str, ends: Callable[[], Seconds]) -> None:
        self.evidence.remove(name)
        done = sa.update(deletion).where(deletion.c.position == position)
        with writing(self.engine) as connection:
            connection.execute(done.values(done_at=ends()))

    def delete(self, name: str, *, why: str, now: Seconds) -> Deleted:
        """Delete an incident's evidence before its time, as somebody asks for.

        Args:
            name: Of the incident, or of a report of others.
            why: Stands in the deletion, the case's history and the camera's chain.
            now: When.

        Raises:
            InputError: it is held, its case has not ended, or there is none.
            StorageError: the database or the disk refused.
        """

        def by_hand(subject: Subject) -> Decision:
            decision = decide_by_hand(subject, why=why)
            if isinstance(decision, Keep):
                raise InputError(f"{name}: stays: {decision.reason}")
            return decision

        gone = self._evidence(name, now, lambda: now, by_hand)
        if gone is None:
            raise InputError(f"{name}: no evidence of it is kept here")
        return gone

    def _by_age(self, now: Seconds) -> Callable[[Subject], Decision]:
        return lambda subject: decide(subject, now=now, periods=self.periods)

    def _evidence(
        self,
        name: str,
        now: Seconds,
        ends: Callable[[], Seconds],
        decided: Callable[[Subject], Decision],
    ) -> Deleted | None:
        with writing(self.engine) as connection:
            locked(connection, f"incident {name}")
            locked(connection, "desk")  # whoever writes into the book has it to themselves
            gone = self._decided(connection, name, decided, to_delete=True)
            if gone is None:
                return None
            forget(connection, name, gone.reason, now)
            self._leave_records(connection, gone, now)
            if gone.kind is Kind.CANDIDATE:
                connection.execute(sa.delete(incident).where(incident.c.id == name))
            position = written_down(connection, gone, now)
        self._finish(position, name, ends)
        log.info("retention.deleted", kind=gone.kind.value, name=name, reason=gone.reason)
        return gone

    def _leave_records(self, connection: sa.Connection, gone: Deleted, now: Seconds) -> None:
        """Add a signed record of each manifest that goes to its camera's chain."""
        for link in links_of(connection, gone.name):
            if link.kind is not RecordKind.MANIFEST:
                continue
            end = chain_end(connection, link.camera_id)
            body = manifests.deletion(link, reason=gone.reason, at=now, signer=self.signer, end=end)
            record = manifests.linked(
                body,
                RecordKind.DELETION,
                camera_id=link.camera_id,
                incident_id=gone.name,
                signer=self.signer,
                end=end,
                at=now,
            )
            put_link(connection, record)

    def _decided(
        self,
        connection: sa.Connection,
        name: str,
        decided: Callable[[Subject], Decision],
        *,
        to_delete: bool,
    ) -> Deleted | None:
        subject = subject_of(connection, name, to_delete=to_delete)
        if subject is None:
            return None
        decision = decided(subject)
        if not isinstance(decision, Delete):
            return None
        files = files_in(connection, name)
        if decision.kind is Kind.EVIDENCE and not files:
            return None  # pictures that lie elsewhere are not ours
        return Deleted(decision.kind, name, decision.reason, files)
