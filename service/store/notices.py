"""Notices: what a webhook is told, promised with the case's history until it is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import notice
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice that may be sent until its lease runs out.

    Attributes:
        key: The same however often it is sent.
        attempts: How often it was taken before.
    """

    key: str
    body: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice as people see it."""

    key: str
    case_number: str
    body: Mapping[str, Any]
    state: str
    attempts: int
    promised_at: Seconds
    due_at: Seconds
    delivered_at: Seconds | None
    last_error: str | None


def promise_notice(
    connection: sa.Connection, key: str, case_number: str, body: Mapping[str, Any], *, at: Seconds
) -> None:
    """Promise a notice, in the transaction that writes down why."""
    row = {
        "key": key,
        "case_number": case_number,
        "body": dict(body),
        "state": MessageState.PENDING,
        "attempts": 0,
        "promised_at": at,
        "due_at": at,
    }
    connection.execute(sa.insert(notice).values(row))


class Notices:
    """The sender's side of the notices."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, *, now: Seconds, lease_s: Seconds) -> ClaimedNotice | None:
        """Take the next due notice; it is due again when the lease has run out.

        Raises:
            StorageError: the database refused.
        """
        due = (
            sa.select(notice.c.key, notice.c.body, notice.c.attempts)
            .where(notice.c.state == MessageState.PENDING, notice.c.due_at <= now)
            .order_by(notice.c.due_at, notice.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with writing(self._engine) as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            taken = {"due_at": now + lease_s, "attempts": row.attempts + 1}
            connection.execute(sa.update(notice).where(notice.c.key == row.key).values(taken))
        return ClaimedNotice(row.key, row.body, row.attempts)

    def delivered(self, key: str, *, now: Seconds) -> None:
        """Note that it was taken."""
        done = {"state": MessageState.DELIVERED, "delivered_at": now, "last_error": None}
        self._set(key, MessageState.PENDING, done)

    def retry(self, key: str, *, due_at: Seconds, reason: str) -> None:
        """Let it be sent again later."""
        self._set(key, MessageState.PENDING, {"due_at": due_at, "last_error": reason})

    def park(self, key: str, *, reason: str) -> None:
        """Lay it aside for a person."""
        self._set(key, MessageState.PENDING, {"state": MessageState.PARKED, "last_error": reason})

    def resend(self, *, now: Seconds) -> int:
        """Send again what was laid aside; return how many there were."""
        again = {"state": MessageState.PENDING, "due_at": now, "attempts": 0}
        parked = sa.update(notice).where(notice.c.state == MessageState.PARKED).values(again)
        with writing(self._engine) as connection:
            return connection.execute(parked).rowcount

    def latest(self, *, state: MessageState | None, limit: int) -> tuple[ListedNotice, ...]:
        """Return the latest notices."""
        columns = [notice.c[name] for name in ListedNotice.__dataclass_fields__]
        where = () if state is None else (notice.c.state == state,)
        newest = notice.c.position.desc()
        query = sa.select(*columns).where(*where).order_by(newest).limit(limit)
        with reading(self._engine) as connection:
            return tuple(ListedNotice(*row) for row in connection.execute(query))

    def _set(self, key: str, state: MessageState, values: Mapping[str, Any]) -> None:
        here = (notice.c.key == key, notice.c.state == state)
        with writing(self._engine) as connection:
            connection.execute(sa.update(notice).where(*here).values(dict(values)))
