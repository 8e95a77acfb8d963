"""Deletes rows that have no files, once they are old enough: messages, looks, counts, the log."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.retention import DAY_S, Kind, Periods
from streetwatch.service.store.audit import Audit, old_entries
from streetwatch.service.store.crowds import forget_crowds
from streetwatch.service.store.looked import forget_looked, old_looked
from streetwatch.service.store.schema import notice, outbox, presence
from streetwatch.service.store.transactions import reading, writing
from streetwatch.service.store.zone_counts import forget_counts, old_counts
from streetwatch.service.upkeep.deletion import Deleted, written_down
from streetwatch.service.upkeep.due import brought, delivered
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Messages that go in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class AgedRows:
    """What the daily job deletes of rows alone, each kind in transactions of its own.

    Attributes:
        cameras: Tells which are watched.
    """

    engine: sa.Engine
    periods: Periods
    cameras: Callable[[], frozenset[str]]

    def run(self, *, now: Seconds) -> Iterator[Deleted]:
        """Delete what is due, and yield each deletion when it is done."""
        yield from self._messages(now)
        yield from self._notices(now)
        yield from self._presences(now)
        yield from self._looked(now)
        yield from self._counts(now)
        yield from self._audit(now)

    def plan(self, *, now: Seconds) -> Iterator[Deleted]:
        """Yield what a run would delete, and delete nothing."""
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

    def _messages(self, now: Seconds) -> Iterator[Deleted]:
        some = delivered(now - self.periods.delivered_s).limit(_BATCH)
        while True:
            with writing(self.engine) as connection:
                positions = connection.execute(some).scalars().all()
                if not positions:
                    return
                connection.execute(sa.delete(outbox).where(outbox.c.position.in_(positions)))
                gone = self._message_deletion(len(positions))
                written_down(connection, gone, now, done_at=now)
            yield gone

    def _notices(self, now: Seconds) -> Iterator[Deleted]:
        old = sa.delete(notice).where(brought(now - self.periods.delivered_s))
        with writing(self.engine) as connection:
            count = connection.execute(old).rowcount
            if not count:
                return
            gone = self._message_deletion(count, "notices")
            written_down(connection, gone, now, done_at=now)
        yield gone

    def _message_deletion(self, count: int, what: str = "messages") -> Deleted:
        age = _days(self.periods.delivered_s)
        return Deleted(Kind.MESSAGES, f"{count} {what}", f"delivered {age} ago or more")

    def _looked(self, now: Seconds) -> Iterator[Deleted]:
        with writing(self.engine) as connection:
            count = forget_looked(connection, before=now - self.periods.looked_s)
            if not count:
                return
            gone = self._looked_deletion(count)
            written_down(connection, gone, now, done_at=now)
        yield gone

    def _looked_deletion(self, count: int) -> Deleted:
        age = _days(self.periods.looked_s)
        return Deleted(Kind.LOOKED, f"{count} days of zones", f"looked at {age} ago or more")

    def _counts(self, now: Seconds) -> Iterator[Deleted]:
        before = now - self.periods.counts_s
        with writing(self.engine) as connection:
            count = forget_counts(connection, before=before)
            if not count + forget_crowds(connection, before=before):
                return
            gone = self._counts_deletion(count)
            written_down(connection, gone, now, done_at=now)
        yield gone

    def _counts_deletion(self, count: int) -> Deleted:
        age = _days(self.periods.counts_s)
        return Deleted(Kind.COUNTS, f"{count} hours of zones", f"counted {age} ago or more")

    def _audit(self, now: Seconds) -> Iterator[Deleted]:
        audit = Audit(self.engine)
        gone = audit.prune(before=now - self.periods.audit_s, now=now)
        if gone:
            yield self._audit_deletion(gone)
        # Whoever keeps the service's log elsewhere can prove by this that nothing was cut off.
        log.info("audit.head", head=str(audit.head()))

    def _audit_deletion(self, count: int) -> Deleted:
        age = _days(self.periods.audit_s)
        return Deleted(Kind.AUDIT, f"{count} entries", f"written {age} ago or more")

    def _presences(self, now: Seconds) -> Iterator[Deleted]:
        with writing(self.engine) as connection:
            absent = self._absent(connection, now)
            for gone in absent:
                connection.execute(sa.delete(presence).where(presence.c.camera_id == gone.name))
                written_down(connection, gone, now, done_at=now)
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


def _days(period_s: Seconds) -> str:
    return f"{period_s / DAY_S:g} d"


def _last_look(document: Any) -> Seconds:  # noqa: ANN401 -- of whatever version
    """Return when a camera was last looked at; what can't be read was long ago."""
    kept = document.get("presence") if isinstance(document, dict) else None
    return float((kept or {}).get("last_look") or 0.0)
