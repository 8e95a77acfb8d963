"""API tokens: what programs show instead of a password. Only their hashes are kept."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.access.errors import BadNameError, NameTakenError, NoSuchTokenError
from streetwatch.service.access.role import Account, Right, Role
from streetwatch.service.access.rules import is_name
from streetwatch.service.access.secrets import new_token, token_hash
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.access_schema import access_token
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds

#: Tells what it is where it turns up: in a log, in a repository, on a screen.
PREFIX: Final = "swt_"

#: A token that was revoked elsewhere is good here for so long at most.
KNOWN_S: Final[Seconds] = 5.0

#: `used_at` is written at most so often.
USED_EVERY_S: Final[Seconds] = 60.0

_ID_LETTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Token:
    """A token as everybody may see it.

    Attributes:
        id: The beginning of its hash; names it where two had one name.
        rights: Those that it is limited to; None: all of its role.
        expires_at: None: never.
    """

    id: str
    name: str
    role: Role
    rights: tuple[Right, ...] | None
    reach: Reach
    created_at: Seconds
    created_by: str
    expires_at: Seconds | None
    used_at: Seconds | None
    revoked_at: Seconds | None

    def is_good(self, now: Seconds) -> bool:
        """Tell whether it still lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def account(self) -> Account:
        """Who asks with it."""
        only = None if self.rights is None else frozenset(self.rights)
        return Account(f"token:{self.name}", self.role, self.reach, only)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a new token is to be good for."""

    name: str
    role: Role
    rights: tuple[Right, ...] | None = None
    reach: Reach = EVERYWHERE
    expires_at: Seconds | None = None


class Tokens:
    """The tokens in the database. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known: dict[str, tuple[Seconds, Token]] = {}
        self._lock = threading.Lock()

    def add(self, grant: Grant, *, by: str, now: Seconds) -> tuple[Token, str]:
        """Make a token; return it, and what its program shows: nobody can read that again.

        Raises:
            BadNameError: no token can be called so.
            NameTakenError: one that is good still is.
        """
        if not is_name(grant.name):
            raise BadNameError
        secret = PREFIX + new_token()
        with writing(self._engine) as connection:
            locked(connection, "access")
            for one in _named(connection, grant.name):
                if one.is_good(now):
                    raise NameTakenError(grant.name)
            row = _row(grant, secret, by, now)
            connection.execute(sa.insert(access_token).values(row))
        return _token(row), secret

    def all(self) -> tuple[Token, ...]:
        """Return them, the newest first."""
        newest = access_token.c.created_at.desc()
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(access_token).order_by(newest, access_token.c.id))
            return tuple(map(_token, rows.mappings()))

    def revoke(self, name: str, *, now: Seconds) -> Token:
        """Let a token in no more; one that is dead already stays as it is.

        Args:
            name: Or its id.
            now: The time.

        Raises:
            NoSuchTokenError: there is none.
        """
        with writing(self._engine) as connection:
            known = _named(connection, name)
            if not known:
                raise NoSuchTokenError(name)
            dead = sa.update(access_token).where(access_token.c.id == known[0].id)
            connection.execute(
                dead.where(access_token.c.revoked_at.is_(None)).values(revoked_at=now)
            )
        self.forget()
        return known[0]

    def who(self, secret: str, *, now: Seconds) -> Account | None:
        """Return who shows a token, and note that it was used; None: it is good for nothing."""
        key = token_hash(secret)
        with self._lock:
            at, token = self._known.get(key, (0.0, None))
        if token is None or not 0 <= now - at < KNOWN_S:
            token = self._asked(key, now)
            with self._lock:
                self._known = {
                    one: (at, it) for one, (at, it) in self._known.items() if now - at < KNOWN_S
                }
                if token is not None:
                    self._known[key] = (now, token)
        return None if token is None or not token.is_good(now) else token.account

    def forget(self) -> None:
        """Hold nothing in memory any more: a token was revoked."""
        with self._lock:
            self._known.clear()

    def _asked(self, key: str, now: Seconds) -> Token | None:
        this = access_token.c.token_hash == key
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(access_token).where(this)).mappings().first()
        token = None if row is None else _token(row)
        if token is not None and token.is_good(now) and now - (token.used_at or 0) >= USED_EVERY_S:
            with writing(self._engine) as connection:
                connection.execute(sa.update(access_token).where(this).values(used_at=now))
        return token


def _named(connection: sa.Connection, name: str) -> list[Token]:
    """Return the tokens of a name or an id, the good ones first."""
    column = access_token.c
    wanted = sa.select(access_token).where(sa.or_(column.name == name.strip(), column.id == name))
    rows = connection.execute(wanted.order_by(column.created_at.desc())).mappings()
    return sorted(map(_token, rows), key=lambda one: one.revoked_at is not None)


def _row(grant: Grant, secret: str, by: str, now: Seconds) -> dict[str, Any]:
    kept = token_hash(secret)
    return {
        "id": kept[:_ID_LETTERS],
        "name": grant.name.strip(),
        "role": grant.role.value,
        "rights": None if grant.rights is None else sorted(grant.rights),
        "cameras": sorted(grant.reach.cameras),
        "grids": list(grant.reach.grids),
        "token_hash": kept,
        "created_at": now,
        "created_by": by,
        "expires_at": grant.expires_at,
        "used_at": None,
        "revoked_at": None,
    }


def _token(row: Mapping[Any, Any]) -> Token:
    names = ("created_at", "created_by", "expires_at", "used_at", "revoked_at")
    return Token(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        rights=None if row["rights"] is None else tuple(map(Right, row["rights"])),
        reach=Reach.of(row["cameras"], row["grids"]),
        **{name: row[name] for name in names},
    )
