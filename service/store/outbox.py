"""The outbox, as a relay sees it: messages that were promised, until they are delivered."""

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.case import Attachment, Message, Occasion
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.store import receipts
from streetwatch.service.store.awaited import IS_AWAITED
from streetwatch.service.store.codec import attachment_of, message_document, message_of
from streetwatch.service.store.schema import attachment, outbox
from streetwatch.service.store.transactions import writing
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: So long a message waits for the masked copies of its pictures; then it goes without those that
#: are not there, and another brings them, which waits as long again.
COPIES_S: Seconds = 60.0


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
        read back is parked and the next one taken. One whose pictures are not masked yet waits
        for `COPIES_S`, then goes without them.

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
                message = self._with_copies(message, row, now)
                return Claimed(target, message, row.attempts, lease, known, row.uncertain)
        return None

    def _with_copies(self, message: Message, row: sa.Row[Any], now: Seconds) -> Message:
        """Return a message with the pictures that are masked by now; another brings the others."""
        case = message.case
        if not any(one.is_awaited for one in case.evidence):
            return message
        with writing(self._engine) as connection:
            known = _files(connection, case.external_id)
            if any(known[one.name].is_awaited for one in case.evidence if one.name in known):
                _promise_again(connection, row, message, now)
        there = [known.get(one.name, one) if one.is_awaited else one for one in case.evidence]
        evidence = tuple(one for one in there if not one.is_awaited)
        return replace(message, case=replace(case, evidence=evidence))

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
                outbox.c.target,
            )
            .where(
                outbox.c.target == target,
                outbox.c.state == MessageState.PENDING,
                outbox.c.due_at <= now,
                outbox.c.lease_until <= now,
                ~behind(MessageState.PENDING, MessageState.PARKED),
                sa.or_(outbox.c.queued_at <= now - COPIES_S, ~_waits()),
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


def _waits() -> sa.ColumnElement[bool]:
    """Tell whether a masked copy of the incident's pictures is awaited."""
    mine = attachment.c.incident_id == outbox.c.incident_id
    return sa.exists(sa.select(attachment.c.name).where(mine, IS_AWAITED))


def _files(connection: sa.Connection, incident_id: str) -> dict[str, Attachment]:
    columns = [attachment.c[name] for name in Attachment.__dataclass_fields__]
    mine = sa.select(*columns).where(attachment.c.incident_id == incident_id)
    rows = connection.execute(mine).mappings().all()
    return {row["name"]: attachment_of(row) for row in rows}


def _promise_again(
    connection: sa.Connection, row: sa.Row[Any], message: Message, now: Seconds
) -> None:
    """Promise a target another message, with the pictures that this one goes without."""
    key = hashlib.sha256(f"{message.key}/copies".encode()).hexdigest()[:32]
    is_known = sa.select(outbox.c.position).where(
        outbox.c.target == row.target, outbox.c.key == key
    )
    if message.occasion is Occasion.EVIDENCE or connection.execute(is_known).first() is not None:
        return
    log.warning("outbox.without_pictures", incident=message.case.external_id, target=row.target)
    again = {
        "target": row.target,
        "key": key,
        "incident_id": message.case.external_id,
        "occasion": Occasion.EVIDENCE,
        "payload": message_document(message),
        "state": MessageState.PENDING,
        "attempts": 0,
        "queued_at": now,
        "due_at": now,
        "lease_until": 0.0,
        "uncertain": False,
    }
    connection.execute(sa.insert(outbox).values(again))


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
