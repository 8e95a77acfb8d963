"""The outbox, as people see it: what is under way, what is parked, and how to send it again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.service.store.outbox import MessageState, behind
from streetwatch.service.store.schema import outbox, receipt
from streetwatch.service.store.transactions import counted, reading, writing
from streetwatch.vision.types import Seconds

#: What waits is counted to the last one, what is done with up to this.
_EVERY = 2**31 - 1
_ENOUGH = 50_000


class NoSuchDeliveryError(StreetwatchError):
    """Nothing of this key was promised to this target."""


class DeliveredAlreadyError(StreetwatchError):
    """The target has it: sending it again could file it twice."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one target.

    Attributes:
        number: What the target calls the case, if it has said so.
        attempts: How often it was sent, as far as anybody knows.
        is_uncertain: Whether it may have arrived though it is not delivered.
        reason: Why it was not delivered; None where nothing went wrong.
    """

    target: str
    key: str
    incident_id: str
    occasion: Occasion
    state: MessageState
    number: str | None
    attempts: int
    queued_at: Seconds
    due_at: Seconds
    delivered_at: Seconds | None
    is_uncertain: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries are asked for; None does not filter."""

    state: MessageState | None = None
    target: str | None = None
    incident_id: str | None = None

    def where(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions."""
        columns = {
            outbox.c.state: self.state,
            outbox.c.target: self.target,
            outbox.c.incident_id: self.incident_id,
        }
        return [column == value for column, value in columns.items() if value is not None]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some of the deliveries, newest first, and how many there are, counted up to `COUNTED`."""

    deliveries: tuple[Delivery, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds, for one target or for all.

    Attributes:
        delivered: Counted up to 50,000 for each target.
        oldest_s: Age of the oldest pending message that does not wait behind a parked one; 0 where
            there is none.
    """

    pending: int = 0
    parked: int = 0
    delivered: int = 0
    oldest_s: Seconds = 0.0


@dataclass(frozen=True, slots=True)
class Backlogs:
    """What the outbox holds for each target that it was ever told of."""

    by_target: Mapping[str, Backlog] = field(default_factory=dict)

    @property
    def total(self) -> Backlog:
        """All targets together; the age is the oldest of all."""
        every = self.by_target.values()
        return Backlog(
            pending=sum(one.pending for one in every),
            parked=sum(one.parked for one in every),
            delivered=sum(one.delivered for one in every),
            oldest_s=max((one.oldest_s for one in every), default=0.0),
        )


class Deliveries:
    """People's side of the outbox."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def page(self, wanted: Wanted, *, limit: int, offset: int) -> DeliveryPage:
        """Return deliveries, newest first.

        Raises:
            StorageError: the database refused.
        """
        newest = (
            _with_number()
            .where(*wanted.where())
            .order_by(outbox.c.position.desc())
            .limit(limit)
            .offset(offset)
        )
        count = counted(outbox, wanted.where())
        with reading(self._engine) as connection:
            rows = connection.execute(newest).all()
            total = connection.execute(count).scalar_one()
        return DeliveryPage(tuple(_delivery(row) for row in rows), total)

    def one(self, target: str, key: str) -> Delivery:
        """Return a delivery.

        Raises:
            NoSuchDeliveryError: there is no such one.
        """
        wanted = _with_number().where(outbox.c.target == target, outbox.c.key == key)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NoSuchDeliveryError(f"nothing of key {key!r} was promised to target {target!r}")
        return _delivery(row)

    def resend(self, target: str, key: str, *, now: Seconds) -> Delivery:
        """Let a message be sent now: parked, or waiting for its time.

        Raises:
            NoSuchDeliveryError: there is no such one.
            DeliveredAlreadyError: the target has it.
        """
        here = (outbox.c.target == target, outbox.c.key == key)
        if not self._wake(now, *here, outbox.c.state != MessageState.DELIVERED):
            self.one(target, key)
            raise DeliveredAlreadyError(
                f"target {target} has message {key} already: there is nothing to send"
            )
        return self.one(target, key)

    def drain(self, target: str | None, *, parked: bool, now: Seconds) -> int:
        """Let everything that waits for its time be sent now; return how many messages that is.

        Args:
            target: Only to this one; None for all.
            parked: What is parked too.
            now: Seconds since the epoch.
        """
        states = [MessageState.PENDING] + [MessageState.PARKED] * parked
        later = sa.or_(outbox.c.state == MessageState.PARKED, outbox.c.due_at > now)
        return self._wake(now, *Wanted(target=target).where(), outbox.c.state.in_(states), later)

    def backlogs(self, *, now: Seconds) -> Backlogs:
        """Count the messages of each target.

        Raises:
            StorageError: the database refused.
        """
        with reading(self._engine) as connection:
            return Backlogs(
                {target: _backlog(connection, target, now) for target in _targets(connection)}
            )

    def _wake(self, now: Seconds, *where: sa.ColumnElement[bool]) -> int:
        """Make messages due; a lease that runs is left alone: somebody is sending it."""
        due = {"state": MessageState.PENDING, "due_at": now}
        with writing(self._engine) as connection:
            return connection.execute(sa.update(outbox).where(*where).values(due)).rowcount


def _targets(connection: sa.Connection) -> Iterator[str]:
    """Yield every target that was ever told something, each found by one step in the index."""
    last = ""
    while True:
        following = sa.select(sa.func.min(outbox.c.target)).where(outbox.c.target > last)
        found = connection.execute(following).scalar_one()
        if found is None:
            return
        last = found
        yield found


def _backlog(connection: sa.Connection, target: str, now: Seconds) -> Backlog:
    def count(state: MessageState, limit: int) -> int:
        where = (outbox.c.target == target, outbox.c.state == state)
        return connection.execute(counted(outbox, where, limit=limit)).scalar_one()

    oldest = sa.select(sa.func.min(outbox.c.queued_at)).where(
        outbox.c.target == target,
        outbox.c.state == MessageState.PENDING,
        ~behind(MessageState.PARKED),
    )
    since = connection.execute(oldest).scalar_one()
    return Backlog(
        pending=count(MessageState.PENDING, _EVERY),
        parked=count(MessageState.PARKED, _EVERY),
        delivered=count(MessageState.DELIVERED, _ENOUGH),
        oldest_s=0.0 if since is None else max(now - since, 0.0),
    )


def _with_number() -> sa.Select[Any]:
    same = sa.and_(
        receipt.c.target == outbox.c.target, receipt.c.incident_id == outbox.c.incident_id
    )
    return sa.select(outbox, receipt.c.number).select_from(outbox.outerjoin(receipt, same))


def _delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        target=row.target,
        key=row.key,
        incident_id=row.incident_id,
        occasion=Occasion(row.occasion),
        state=MessageState(row.state),
        number=row.number,
        attempts=row.attempts,
        queued_at=row.queued_at,
        due_at=row.due_at,
        delivered_at=row.delivered_at,
        is_uncertain=row.uncertain,
        reason=row.last_error,
    )
