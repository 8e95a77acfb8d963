"""Who is signed in: a random token in a cookie, its hash in the database."""

import threading
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.access.role import Account, Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.access.secrets import new_token, token_hash
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.access_schema import access_session, access_user
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds

#: A page asks for many pictures a second: for so long an answer holds, here in memory.
KNOWN_S: Final[Seconds] = 5.0

#: `seen_at` is written at most so often.
SEEN_EVERY_S: Final[Seconds] = 60.0


class Sessions:
    """Who is signed in. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        limits: How long somebody stays signed in.
    """

    def __init__(self, engine: sa.Engine, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits
        self._known: dict[str, tuple[Seconds, Account]] = {}
        self._lock = threading.Lock()

    def who(self, token: str, *, now: Seconds) -> Account | None:
        """Return who a token stands for, and note that they were seen; None: sign in."""
        key = token_hash(token)
        with self._lock:
            at, account = self._known.get(key, (0.0, None))
        if account is not None and 0 <= now - at < KNOWN_S:
            return account
        account = self._asked(key, now)
        with self._lock:
            self._known = {
                one: (at, who) for one, (at, who) in self._known.items() if now - at < KNOWN_S
            }
            if account is not None:
                self._known[key] = (now, account)
        return account

    def is_open(self, key: str, *, now: Seconds) -> bool:
        """Tell whether the session of a token's hash goes on; does not count as being seen."""
        with reading(self._engine) as connection:
            row = connection.execute(_question(key)).first()
        return row is not None and not self._over(row, now)

    def _asked(self, key: str, now: Seconds) -> Account | None:
        with reading(self._engine) as connection:
            row = connection.execute(_question(key)).first()
        if row is None or self._over(row, now):
            return None
        if now - row.seen_at >= SEEN_EVERY_S:
            seen = sa.update(access_session).where(access_session.c.token_hash == key)
            with writing(self._engine) as connection:
                connection.execute(seen.values(seen_at=now))
        return Account(row.name, Role(row.role), Reach.of(row.cameras, row.grids))

    def _over(self, row: "sa.Row[Any]", now: Seconds) -> bool:
        return self._limits.ended(created_at=row.created_at, seen_at=row.seen_at, now=now)

    def end(self, token: str) -> None:
        """Sign out."""
        key = token_hash(token)
        with writing(self._engine) as connection:
            connection.execute(sa.delete(access_session).where(access_session.c.token_hash == key))
        self.forget()

    def forget(self) -> None:
        """Hold nothing in memory any more: somebody was changed."""
        with self._lock:
            self._known.clear()

    def proof(self, token: str) -> str:
        """Return the provider's word by which a session began, closed; '' where there was none."""
        this = access_session.c.token_hash == token_hash(token)
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(access_session.c.proof_closed).where(this)) or ""

    def begin(
        self, connection: sa.Connection, user_key: str, *, now: Seconds, proof: str = ""
    ) -> str:
        """Sign somebody in inside a transaction, drop what is over, return the token."""
        over = sa.or_(
            access_session.c.seen_at <= now - self._limits.idle_s,
            access_session.c.created_at <= now - self._limits.whole_s,
        )
        connection.execute(sa.delete(access_session).where(over))
        token = new_token()
        connection.execute(
            sa.insert(access_session).values(
                token_hash=token_hash(token),
                user_key=user_key,
                created_at=now,
                seen_at=now,
                proof_closed=proof or None,
            )
        )
        return token


def _question(key: str) -> "sa.Select[Any]":
    return (
        sa.select(
            access_user.c.name,
            access_user.c.role,
            access_user.c.cameras,
            access_user.c.grids,
            access_session.c.created_at,
            access_session.c.seen_at,
        )
        .join_from(access_session, access_user)
        .where(access_session.c.token_hash == key, access_user.c.disabled_at.is_(None))
    )
