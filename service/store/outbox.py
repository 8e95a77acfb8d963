"""The outbox, as a relay sees it: messages that were promised, until they are delivered."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Message
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.store import receipts
from streetwatch.service.store.codec import message_of
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.transactions import writing
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)


class MessageState(StrEnum):
    """Where a message is. `PARKED` waits for a person: sending it again can't help."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this relay may send to a target until its lease runs out.

    Attributes:
        attempts: How often it was taken before, by relays that died too.
        lease_until: From then on another relay may send it.
        known: What the target calls this case; None before its first message.
        is_uncertain: Whether it may have arrived already.
    """

    target: str
    message: Message
    attempts: int
    lease_until: Seconds
    known: Receipt | None = None
    is_uncertain: bool = False


class Outbox:
    """The relay's side of the outbox. Each target has a lane of its own in it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, target: str, *, now: Seconds, lease_s: Seconds) -> Claimed | None:
        """Take a target's next due message, in order for each incident; None when none is due.

        A message whose relay died is taken again when its lease has run out. One that can't be
        read back is parked and the next one taken.

        Raises:
            StorageError: the database refused.
        """
        while (leased := self._leased(target, now, now + lease_s)) is not None:
            row, known = leased
            try:
                message = message_of(
                    key=row.key, occasion=row.occasion, document=json.loads(row.payload)
                )
            except (StorageError, ValueError) as error:
                log.error("outbox.unreadable", key=row.key, reason=str(error))  # noqa: TRY400
                self._set(row, state=MessageState.PARKED, lease_until=0.0, last_error=str(error))
            else:
                lease = now + lease_s
                return Claimed(target, message, row.attempts, lease, known, row.uncertain)
        return None

    def _leased(
        self, target: str, now: Seconds, until: Seconds
    ) -> tuple[sa.Row[Any], Receipt | None] | None:
        due = (
            sa.select(
                outbox.c.position,
                outbox.c.key,
                outbox.c.incident_id,
                outbox.c.occasion,
                # As text: what can't be read must not keep the row from being found.
                sa.cast(outbox.c.payload, sa.Text).label("payload"),
                outbox.c.attempts,
                outbox.c.uncertain,
            )
            .where(
                outbox.c.target == target,
                outbox.c.state == MessageState.PENDING,
                outbox.c.due_at <= now,
                outbox.c.lease_until <= now,
                ~behind(MessageState.PENDING, MessageState.PARKED),
            )
            .order_by(outbox.c.due_at, outbox.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)  # a database with row locks; SQLite has one writer
        )
        with writing(self._engine) as connection:
            row = connection.execute(due).first()
            if row is None:
                return None
            # Until somebody says otherwise it may have arrived: this relay may die any moment.
            taken = {"lease_until": until, "attempts": row.attempts + 1, "uncertain": True}
            here = outbox.c.position == row.position
            connection.execute(sa.update(outbox).where(here).values(taken))
            return row, receipts.known(connection, target, row.incident_id)

    def delivered(self, claimed: Claimed, receipt: Receipt, *, now: Seconds) -> None:
        """Note that the target has the message, whoever says so, and what it calls the case."""
        pending = (*_is(claimed), outbox.c.state == MessageState.PENDING)
        done = {"state": MessageState.DELIVERED, "delivered_at": now, "last_error": None}
        incident_id = claimed.message.case.external_id
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(outbox).where(*pending).values(done | {"uncertain": False})
            )
            receipts.keep(connection, claimed.target, incident_id, receipt, now=now)

    def retry(
        self, claimed: Claimed, *, due_at: Seconds, reason: str, may_have_arrived: bool
    ) -> None:
        """Let the message be sent again later."""
        uncertain = claimed.is_uncertain or may_have_arrived
        again = {"due_at": due_at, "lease_until": 0.0, "last_error": reason}
        self._settle(claimed, again | {"uncertain": uncertain})

    def park(self, claimed: Claimed, *, reason: str, may_have_arrived: bool) -> None:
        """Lay the message aside for a person; later ones of its incident wait behind it."""
        uncertain = claimed.is_uncertain or may_have_arrived
        aside = {"state": MessageState.PARKED, "lease_until": 0.0, "last_error": reason}
        self._settle(claimed, aside | {"uncertain": uncertain})

    def _settle(self, claimed: Claimed, values: dict[str, object]) -> None:
        """Settle a message that is still this relay's: a late word undoes nobody's work."""
        mine = (
            *_is(claimed),
            outbox.c.state == MessageState.PENDING,
            outbox.c.attempts == claimed.attempts + 1,
        )
        with writing(self._engine) as connection:
            connection.execute(sa.update(outbox).where(*mine).values(values))

    def _set(self, row: sa.Row[Any], **values: object) -> None:
        here = outbox.c.position == row.position
        with writing(self._engine) as connection:
            connection.execute(sa.update(outbox).where(here).values(values))


def _is(claimed: Claimed) -> tuple[sa.ColumnElement[bool], ...]:
    return outbox.c.target == claimed.target, outbox.c.key == claimed.message.key


def behind(*states: MessageState) -> sa.ColumnElement[bool]:
    """Tell whether an earlier message of the incident to the target is in one of the states."""
    earlier = outbox.alias("earlier")
    return sa.exists(
        sa.select(earlier.c.key).where(
            earlier.c.incident_id == outbox.c.incident_id,
            earlier.c.target == outbox.c.target,
            earlier.c.position < outbox.c.position,
            earlier.c.state.in_(states),
        )
    )
