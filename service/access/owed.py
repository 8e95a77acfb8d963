"""Codes that are good for nothing, since who owes them has left the provider meanwhile."""

import sqlalchemy as sa

from streetwatch.service.access.factor import TICKET_S
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.store.access_schema import access_sign_on
from streetwatch.vision.types import Seconds


def give_up(connection: sa.Connection, key: str, *, now: Seconds) -> None:
    """Take no code any more that a user was asked for until now by the provider's word."""
    hashed = _kept(key)
    old = access_sign_on.c.state_hash == hashed
    connection.execute(sa.delete(access_sign_on).where(old))
    row = {"state_hash": hashed, "expires_at": now + TICKET_S}
    connection.execute(sa.insert(access_sign_on).values(row))


def is_given_up(connection: sa.Connection, key: str, *, until: Seconds) -> bool:
    """Tell whether a user left after they were asked for a code that is good until some time."""
    this = access_sign_on.c.state_hash == _kept(key)
    left_until = connection.scalar(sa.select(access_sign_on.c.expires_at).where(this))
    return left_until is not None and left_until >= until


def _kept(key: str) -> str:
    return token_hash(f"left {key}")
