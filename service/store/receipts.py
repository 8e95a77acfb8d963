"""What the targets call our cases, how those stand there, and which are to be asked about."""

from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.platform import PlatformState, Receipt, Standing
from streetwatch.service.store.schema import incident, receipt
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A case that stands open with us, and what its target called it and last said of it."""

    incident_id: str
    receipt: Receipt
    state: PlatformState


class Receipts:
    """The receipts of all targets."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def incident_of(self, target: str, number: str) -> str | None:
        """Return the incident whose case has this number on a target."""
        wanted = sa.select(receipt.c.incident_id).where(
            receipt.c.target == target, receipt.c.number == number
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted.limit(1)).scalar_one_or_none()

    def name(self, target: str, incident_id: str, given: Receipt) -> None:
        """Note what a target calls a case; what it has been called before stays where it is."""
        with writing(self._engine) as connection:
            connection.execute(_renamed(target, incident_id, given))

    def to_ask(
        self, target: str, *, now: Seconds, every_s: Seconds, limit: int
    ) -> tuple[Unsettled, ...]:
        """Take the cases that were asked about longest ago, and at least `every_s` ago.

        Taking counts as asking: a target that does not answer is asked about others first. Closed
        incidents are not asked about any more until their platform is told something new.
        """
        is_due = (receipt.c.target == target, receipt.c.asked_at <= now - every_s)
        has_name = sa.or_(receipt.c.number.is_not(None), receipt.c.token.is_not(None))
        oldest = (
            sa.select(receipt)
            .where(*is_due, has_name)
            .order_by(receipt.c.asked_at, receipt.c.incident_id)
            .limit(limit)
        )
        with writing(self._engine) as connection:
            connection.execute(sa.update(receipt).where(*is_due, _closed()).values(asked_at=None))
            rows = connection.execute(oldest).all()
            taken = receipt.c.incident_id.in_([row.incident_id for row in rows])
            connection.execute(
                sa.update(receipt).where(receipt.c.target == target, taken).values(asked_at=now)
            )
        return tuple(
            Unsettled(row.incident_id, Receipt(row.number, row.token), PlatformState(row.state))
            for row in rows
        )


def known(connection: sa.Connection, target: str, incident_id: str) -> Receipt | None:
    """Return what a target calls a case, None where it was told nothing of it."""
    wanted = sa.select(receipt.c.number, receipt.c.token).where(*_here(target, incident_id))
    row = connection.execute(wanted).one_or_none()
    return None if row is None else Receipt(row.number, row.token)


def keep(
    connection: sa.Connection, target: str, incident_id: str, given: Receipt, *, now: Seconds
) -> None:
    """Keep what a target that was just told something calls the case."""
    locked(connection, f"receipt {target} {incident_id}")
    again = _renamed(target, incident_id, given).values(asked_at=now)
    if connection.execute(again).rowcount:
        return
    connection.execute(
        sa.insert(receipt).values(
            target=target,
            incident_id=incident_id,
            number=given.number,
            token=given.token,
            state=Standing().state,
            said_at=Standing().said_at,
            asked_at=now,
        )
    )


def standing(connection: sa.Connection, target: str, incident_id: str) -> Standing | None:
    """Return how a case stands on a target, None where that was told nothing of it."""
    wanted = sa.select(receipt.c.state, receipt.c.said_at).where(*_here(target, incident_id))
    row = connection.execute(wanted.with_for_update()).one_or_none()
    return None if row is None else Standing(PlatformState(row.state), row.said_at)


def put_standing(
    connection: sa.Connection, target: str, incident_id: str, now_stands: Standing
) -> None:
    """Note how a case stands on a target."""
    values = {"state": now_stands.state, "said_at": now_stands.said_at}
    connection.execute(sa.update(receipt).where(*_here(target, incident_id)).values(values))


def _here(target: str, incident_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return receipt.c.target == target, receipt.c.incident_id == incident_id


def _renamed(target: str, incident_id: str, given: Receipt) -> sa.Update:
    return (
        sa.update(receipt)
        .where(*_here(target, incident_id))
        .values(
            number=sa.func.coalesce(sa.literal(given.number, sa.String), receipt.c.number),
            token=sa.func.coalesce(sa.literal(given.token, sa.String), receipt.c.token),
        )
    )


def _closed() -> sa.ColumnElement[bool]:
    same = (incident.c.id == receipt.c.incident_id, incident.c.state == State.CLOSED)
    return sa.exists(sa.select(incident.c.id).where(*same))
