"""The outbox: messages that were promised, until they are delivered."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Message
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.codec import message_of
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)


class MessageState(StrEnum):
    """Where a message is. `PARKED` waits for a person: sending it again can't help."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this relay may send until its lease runs out.

    Attributes:
        attempts: How often it was taken before, by relays that died too.
    """

    message: Message
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds.

    Attributes:
        oldest_s: Age of the oldest pending message that does not wait behind a parked one; 0 where
            there is none.
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

        A message whose relay died is taken again when its lease has run out. One that can't be
        read back is parked and the next one taken.

        Raises:
            StorageError: the database refused.
        """
        while (row := self._leased(now, now + lease_s)) is not None:
            try:
                message = message_of(
                    key=row.key, occasion=row.occasion, document=json.loads(row.payload)
                )
            except (StorageError, ValueError) as error:
                log.error("outbox.unreadable", key=row.key, reason=str(error))  # noqa: TRY400
                self.park(row.key, reason=str(error))
            else:
                return Claimed(message, row.attempts)
        return None

    def _leased(self, now: Seconds, until: Seconds) -> sa.Row[Any] | None:
        due = (
            sa.select(
                outbox.c.key,
                outbox.c.occasion,
                # As text: what can't be read must not keep the row from being found.
                sa.cast(outbox.c.payload, sa.Text).label("payload"),
                outbox.c.attempts,
            )
            .where(
                outbox.c.state == MessageState.PENDING,
                outbox.c.due_at <= now,
                outbox.c.lease_until <= now,
                ~_behind(MessageState.PENDING, MessageState.PARKED),
            )
            .order_by(outbox.c.due_at, outbox.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)  # a database with row locks; SQLite has one writer
        )
        with writing(self._engine) as connection:
            row = connection.execute(due).first()
            if row is not None:
                connection.execute(
                    sa.update(outbox)
                    .where(outbox.c.key == row.key)
                    .values(lease_until=until, attempts=row.attempts + 1)
                )
        return row

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
        """Count the messages.

        Raises:
            StorageError: the database refused.
        """
        states = sa.select(outbox.c.state, sa.func.count().label("number")).group_by(outbox.c.state)
        oldest = sa.select(sa.func.min(outbox.c.queued_at)).where(
            outbox.c.state == MessageState.PENDING, ~_behind(MessageState.PARKED)
        )
        with reading(self._engine) as connection:
            count = {row.state: row.number for row in connection.execute(states)}
            since = connection.execute(oldest).scalar_one()
        return Backlog(
            pending=count.get(MessageState.PENDING, 0),
            parked=count.get(MessageState.PARKED, 0),
            delivered=count.get(MessageState.DELIVERED, 0),
            oldest_s=0.0 if since is None else max(now - since, 0.0),
        )

    def _set(self, key: str, **values: object) -> None:
        """Settle a message that is pending still: what came of it stands, whoever says it late."""
        pending = (outbox.c.key == key, outbox.c.state == MessageState.PENDING)
        with writing(self._engine) as connection:
            connection.execute(sa.update(outbox).where(*pending).values(**values))


def _behind(*states: MessageState) -> sa.ColumnElement[bool]:
    """Tell whether an earlier message of the same incident is in one of the states."""
    earlier = outbox.alias("earlier")
    return sa.exists(
        sa.select(earlier.c.key).where(
            earlier.c.incident_id == outbox.c.incident_id,
            earlier.c.position < outbox.c.position,
            earlier.c.state.in_(states),
        )
    )
