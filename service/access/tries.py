"""Wrong passwords and codes are counted, and who was wrong too often waits."""

from typing import Final

import sqlalchemy as sa

from streetwatch.service.access.errors import MustWaitError
from streetwatch.service.access.rules import (
    LOCK_S,
    WRONG_FOR_A_NAME,
    WRONG_FROM_AN_ADDRESS,
    waits_s,
)
from streetwatch.service.store.access_schema import access_failure
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.transactions import locked
from streetwatch.vision.types import Seconds

#: A name that nobody has may be a password that was typed in the wrong place.
UNKNOWN: Final = "unknown"


def begin(connection: sa.Connection, key: str, address: str, *, now: Seconds) -> list[int]:
    """Count a try as wrong before it is looked at: many at once are no more than their number.

    Returns:
        What `was_right` wants to know.

    Raises:
        MustWaitError: too many were wrong, for this name or from this address.
    """
    locked(connection, "access")
    waits = max(
        waits_s(_failures(connection, who, now), most=most, now=now)
        for who, most in (
            (_of_name(key), WRONG_FOR_A_NAME),
            (_of_address(address), WRONG_FROM_AN_ADDRESS),
        )
    )
    if waits > 0:
        raise MustWaitError(waits)
    connection.execute(sa.delete(access_failure).where(access_failure.c.at <= now - LOCK_S))
    rows = [{"who": who, "at": now} for who in (_of_name(key), _of_address(address))]
    counted = sa.insert(access_failure).returning(access_failure.c.position)
    return list(connection.scalars(counted, rows))


def was_right(connection: sa.Connection, key: str, tries: list[int]) -> None:
    """Take back what was counted: it was no guess."""
    forget(connection, key)
    mine = access_failure.c.position.in_(tries)
    connection.execute(sa.delete(access_failure).where(mine))


def was_wrong(
    connection: sa.Connection, key: str | None, address: str, what: str, *, now: Seconds
) -> None:
    """Write down a wrong password or code.

    Args:
        connection: In a transaction.
        key: Of the user; None where there is none of that name.
        address: Where it came from.
        what: `user.refused`, `user.refused_code`.
        now: The time.
    """
    count = 0 if key is None else len(_failures(connection, _of_name(key), now))
    facts = {"locked": count >= WRONG_FOR_A_NAME}
    noted(connection, Deed(what, key or UNKNOWN, address=address, facts=facts), now=now)


def forget(connection: sa.Connection, key: str) -> None:
    """Let somebody try anew."""
    connection.execute(sa.delete(access_failure).where(access_failure.c.who == _of_name(key)))


def code_of(key: str) -> str:
    """Return what somebody's codes are counted by: the right password takes none of them back."""
    return f"{key}\ncode"  # no name has a line break


def _of_name(key: str) -> str:
    return f"name {key}"


def _of_address(address: str) -> str:
    return f"from {address}"


def _failures(connection: sa.Connection, who: str, now: Seconds) -> list[Seconds]:
    question = (
        sa.select(access_failure.c.at)
        .where(access_failure.c.who == who, access_failure.c.at > now - LOCK_S)
        .limit(WRONG_FROM_AN_ADDRESS + 1)
        .order_by(access_failure.c.at.desc())
    )
    return list(connection.scalars(question))
