"""The outbox: messages that were promised, until they are delivered."""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from streetwatch.service.incidents.case import Message
from streetwatch.service.store.codec import message_of
from streetwatch.service.store.engine import plain_refusals
from streetwatch.service.store.schema import outbox
from streetwatch.vision.types import Seconds


class MessageState(StrEnum):
    """Where a message is. `PARKED` waits for a person: sending it again can't help."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this relay may send until its lease runs out.

    Attributes:
        attempts: How often it was sent before.
    """

    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds.

    Attributes:
        oldest_s: Age of the oldest pending message; 0 where there is none.
    """

    pending: int
    parked: int
    delivered: int
    oldest_s: Seconds


class Outbox:
    """The relay's side of the outbox."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, *, now: Seconds, lease_s: Seconds) -> Claimed | None:
        """Take the next due message, in order for each incident; None when nothing is due.

        A message whose relay died is taken again when its lease has run out.
        """
        due = (
            sa.select(outbox)
            .where(
                outbox.c.state == MessageState.PENDING,
                outbox.c.due_at <= now,
                outbox.c.lease_until <= now,
                ~_has_earlier(outbox),
            )
            .order_by(outbox.c.due_at, outbox.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with plain_refusals(), self._engine.begin() as connection:
            row = connection.execute(due).mappings().first()
            if row is None:
                return None
            connection.execute(
                sa.update(outbox)
                .where(outbox.c.key == row["key"])
                .values(lease_until=now + lease_s, attempts=row["attempts"] + 1)
            )
        message = message_of(key=row["key"], occasion=row["occasion"], document=row["payload"])
        return Claimed(message, row["attempts"])

    def delivered(self, key: str, *, now: Seconds) -> None:
        """Note that the platform has the message."""
        self._set(key, state=MessageState.DELIVERED, delivered_at=now, last_error=None)

    def retry(self, key: str, *, due_at: Seconds, reason: str) -> None:
        """Let the message be sent again later."""
        self._set(key, due_at=due_at, lease_until=0.0, last_error=reason)

    def park(self, key: str, *, reason: str) -> None:
        """Lay the message aside for a person; later ones of its incident wait behind it."""
        self._set(key, state=MessageState.PARKED, last_error=reason)

    def backlog(self, *, now: Seconds) -> Backlog:
        """Count the messages."""
        query = sa.select(outbox.c.state, sa.func.count(), sa.func.min(outbox.c.queued_at))
        with plain_refusals(), self._engine.begin() as connection:
            rows = connection.execute(query.group_by(outbox.c.state)).all()
        count = {state: number for state, number, _ in rows}
        oldest = {state: queued_at for state, _, queued_at in rows}
        return Backlog(
            pending=count.get(MessageState.PENDING, 0),
            parked=count.get(MessageState.PARKED, 0),
            delivered=count.get(MessageState.DELIVERED, 0),
            oldest_s=max(now - oldest.get(MessageState.PENDING, now), 0.0),
        )

    def _set(self, key: str, **values: object) -> None:
        with plain_refusals(), self._engine.begin() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.key == key).values(**values))


def _has_earlier(later: sa.Table) -> sa.ColumnElement[bool]:
    """Tell whether an earlier message of the same incident is not delivered yet."""
    earlier = outbox.alias("earlier")
    return sa.exists(
        sa.select(earlier.c.key).where(
            earlier.c.incident_id == later.c.incident_id,
            earlier.c.position < later.c.position,
            earlier.c.state != MessageState.DELIVERED,
        )
    )
