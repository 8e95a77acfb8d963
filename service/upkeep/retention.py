"""Deletes what has been kept long enough: files and rows together, each deletion written down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.incidents.chain import RecordKind
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.retention import (
    DAY_S,
    Decision,
    Delete,
    Keep,
    Kind,
    Periods,
    Subject,
    decide,
    decide_by_hand,
)
from streetwatch.service.store.audit import Audit, Deed, noted, old_entries
from streetwatch.service.store.audit_chain import Fact
from streetwatch.service.store.chains import chain_end, links_of, put_link
from streetwatch.service.store.crowds import forget_crowds
from streetwatch.service.store.looked import forget_looked, old_looked
from streetwatch.service.store.schema import (
    deletion,
    incident,
    notice,
    outbox,
    presence,
)
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.service.store.zone_counts import forget_counts, old_counts
from streetwatch.service.upkeep.dead_looks import forget_dead_looks
from streetwatch.service.upkeep.due import brought, delivered, due, subject_of
from streetwatch.service.upkeep.traces import files_in, forget
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: A file that nobody has touched for so long is not being written any more.
SETTLED_S: Seconds = 600.0

#: Messages that go in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Deleted:
    """One deletion, or one that a dry run would have made."""

    kind: Kind
    name: str
    reason: str
    files: tuple[dict[str, str], ...] = ()

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "reason": self.reason,
            "files": list(self.files),
        }


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
        yield from self._messages(now)
        yield from self._notices(now)
        yield from self._presences(now)
        yield from self._looked(now)
        yield from self._counts(now)
        yield from self._audit(now)
        forget_dead_looks(self.engine, self.evidence, before=now - SETTLED_S)

    def plan(self, *, now: Seconds) -> Iterator[Deleted]:
        """Yield what a run would delete, and delete nothing."""
        for name in due(self.engine, now=now, periods=self.periods):
            with reading(self.engine) as connection:
                gone = self._decided(connection, name, self._by_age(now), to_delete=False)
            if gone is not None:
                yield gone
        with reading(self.engine) as connection:
            question = delivered(now - self.periods.delivered_s).subquery()
            count = connection.execute(
                sa.select(sa.func.count()).select_from(question)
            ).scalar_one()
            told = sa.select(sa.func.count()).where(brought(now - self.periods.delivered_s))
            notices = connection.execute(told).scalar_one()
            absent = self._absent(connection, now)
            looks = connection.execute(old_looked(now - self.periods.looked_s)).scalar_one()
            counts = connection.execute(old_counts(now - self.periods.counts_s)).scalar_one()
            entries = connection.execute(old_entries(now - self.periods.audit_s)).scalar_one()
        if count:
            yield self._message_deletion(count)
        if notices:
            yield self._message_deletion(notices, "notices")
        yield from absent
        if looks:
            yield self._looked_deletion(looks)
        if counts:
            yield self._counts_deletion(counts)
        if entries:
            yield self._audit_deletion(entries)

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
            position = _write_down(connection, gone, now)
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

    def _messages(self, now: Seconds) -> Iterator[Deleted]:
        some = delivered(now - self.periods.delivered_s).limit(_BATCH)
        while True:
            with writing(self.engine) as connection:
                positions = connection.execute(some).scalars().all()
                if not positions:
                    return
                connection.execute(sa.delete(outbox).where(outbox.c.position.in_(positions)))
                gone = self._message_deletion(len(positions))
                _write_down(connection, gone, now, done_at=now)
            yield gone

    def _notices(self, now: Seconds) -> Iterator[Deleted]:
        old = sa.delete(notice).where(brought(now - self.periods.delivered_s))
        with writing(self.engine) as connection:
            count = connection.execute(old).rowcount
            if not count:
                return
            gone = self._message_deletion(count, "notices")
            _write_down(connection, gone, now, done_at=now)
        yield gone

    def _message_deletion(self, count: int, what: str = "messages") -> Deleted:
        age = f"{self.periods.delivered_s / DAY_S:g} d"
        return Deleted(Kind.MESSAGES, f"{count} {what}", f"delivered {age} ago or more")

    def _looked(self, now: Seconds) -> Iterator[Deleted]:
        with writing(self.engine) as connection:
            count = forget_looked(connection, before=now - self.periods.looked_s)
            if not count:
                return
            gone = self._looked_deletion(count)
            _write_down(connection, gone, now, done_at=now)
        yield gone

    def _looked_deletion(self, count: int) -> Deleted:
        age = f"{self.periods.looked_s / DAY_S:g} d"
        return Deleted(Kind.LOOKED, f"{count} days of zones", f"looked at {age} ago or more")

    def _counts(self, now: Seconds) -> Iterator[Deleted]:
        before = now - self.periods.counts_s
        with writing(self.engine) as connection:
            count = forget_counts(connection, before=before)
            if not count + forget_crowds(connection, before=before):
                return
            gone = self._counts_deletion(count)
            _write_down(connection, gone, now, done_at=now)
        yield gone

    def _counts_deletion(self, count: int) -> Deleted:
        age = f"{self.periods.counts_s / DAY_S:g} d"
        return Deleted(Kind.COUNTS, f"{count} hours of zones", f"counted {age} ago or more")

    def _audit(self, now: Seconds) -> Iterator[Deleted]:
        audit = Audit(self.engine)
        gone = audit.prune(before=now - self.periods.audit_s, now=now)
        if gone:
            yield self._audit_deletion(gone)
        # Whoever keeps the service's log elsewhere can prove by this that nothing was cut off.
        log.info("audit.head", head=str(audit.head()))

    def _audit_deletion(self, count: int) -> Deleted:
        age = f"{self.periods.audit_s / DAY_S:g} d"
        return Deleted(Kind.AUDIT, f"{count} entries", f"written {age} ago or more")

    def _presences(self, now: Seconds) -> Iterator[Deleted]:
        with writing(self.engine) as connection:
            absent = self._absent(connection, now)
            for gone in absent:
                connection.execute(sa.delete(presence).where(presence.c.camera_id == gone.name))
                _write_down(connection, gone, now, done_at=now)
        yield from absent

    def _absent(self, connection: sa.Connection, now: Seconds) -> tuple[Deleted, ...]:
        others = presence.c.camera_id.not_in(self.cameras())
        rows = connection.execute(sa.select(presence).where(others)).all()
        before = now - self.periods.candidate_s
        reason = "the camera is no longer watched"
        return tuple(
            Deleted(Kind.PRESENCE, row.camera_id, reason)
            for row in rows
            if _last_look(row.state) <= before
        )


def _last_look(document: Any) -> Seconds:  # noqa: ANN401 -- of whatever version
    """Return when a camera was last looked at; what can't be read was long ago."""
    kept = document.get("presence") if isinstance(document, dict) else None
    return float((kept or {}).get("last_look") or 0.0)


def _write_down(
    connection: sa.Connection, gone: Deleted, now: Seconds, *, done_at: Seconds | None = None
) -> int:
    row = {
        "kind": gone.kind.value,
        "name": gone.name,
        "reason": gone.reason,
        "files": list(gone.files),
        "begun_at": now,
        "done_at": done_at,
    }
    if gone.kind is Kind.EVIDENCE:
        facts: dict[str, Fact] = {"reason": gone.reason, "files": len(gone.files)}
        noted(connection, Deed("evidence.deleted", on=gone.name, facts=facts), now=now)
    position: int = connection.execute(
        sa.insert(deletion).values(row).returning(deletion.c.position)
    ).scalar_one()
    return position
