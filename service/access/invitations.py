"""Links with which somebody chooses a password: each for one use, for a day."""

import sqlalchemy as sa

from streetwatch.service.access.rules import LINK_S
from streetwatch.service.access.secrets import new_token, token_hash
from streetwatch.service.store.access_schema import access_link
from streetwatch.vision.types import Seconds


def linked(connection: sa.Connection, key: str | None, now: Seconds) -> str:
    """Return the token of a new link; None: of the first admin's. An earlier one is dead."""
    whose = access_link.c.user_key.is_(None) if key is None else access_link.c.user_key == key
    connection.execute(sa.delete(access_link).where(whose | (access_link.c.expires_at <= now)))
    token = new_token()
    connection.execute(
        sa.insert(access_link).values(
            token_hash=token_hash(token), user_key=key, expires_at=now + LINK_S
        )
    )
    return token


def alive(token: str, now: Seconds) -> tuple[sa.ColumnElement[bool], ...]:
    """Return which row is that of a link which is still good."""
    return access_link.c.token_hash == token_hash(token), access_link.c.expires_at > now
