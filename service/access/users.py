"""The users in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.access.errors import (
    BadNameError,
    LastAdminError,
    LimitedAdminError,
    NameTakenError,
    NoSuchUserError,
)
from streetwatch.service.access.role import Account, Role
from streetwatch.service.access.rules import folded, is_name
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.access_schema import access_link, access_session, access_user
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in, once a password was chosen.

    Attributes:
        has_password: Whether the link to choose one was used.
        signed_in_at: The last time.
        issuer: The identity provider that they may sign in at; empty: none.
    """

    name: str
    role: Role
    has_password: bool
    created_at: Seconds
    disabled_at: Seconds | None
    signed_in_at: Seconds | None
    reach: Reach = EVERYWHERE
    has_factor: bool = False
    issuer: str = ""

    @property
    def account(self) -> Account:
        """Who it is, as pages and histories have it."""
        return Account(self.name, self.role, self.reach)


class Users:
    """Who may sign in. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> tuple[User, ...]:
        """Return them by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(access_user).order_by(access_user.c.key))
            return tuple(_user(row) for row in rows.mappings())

    def named(self, name: str) -> User:
        """Return one.

        Raises:
            NoSuchUserError: nobody is called so.
        """
        with reading(self._engine) as connection:
            return _user(_row(connection, name))

    def add(
        self,
        name: str,
        role: Role,
        *,
        now: Seconds,
        reach: Reach = EVERYWHERE,
        issuer: str = "",
    ) -> User:
        """Add somebody, who gets a link to choose a password, or signs in at a provider.

        Raises:
            BadNameError: nobody can be called so.
            NameTakenError: somebody is.
            LimitedAdminError: an admin sees everything.
        """
        if role is Role.ADMIN and not reach.is_whole:
            raise LimitedAdminError(name)
        with writing(self._engine) as connection:
            key = add(connection, name, role, now=now)
            _limit(connection, key, reach)
            if issuer:
                change(connection, key, issuer=issuer)
        return self.named(name)

    def give(self, name: str, role: Role) -> None:
        """Give somebody another role; what they have open ends.

        Raises:
            NoSuchUserError: nobody is called so.
            LastAdminError: nobody would be one.
            LimitedAdminError: an admin sees everything.
        """
        with writing(self._engine) as connection:
            locked(connection, "access")
            row = _row(connection, name)
            if role is not Role.ADMIN:
                _not_the_last(connection, row)
            elif row["cameras"] or row["grids"]:
                raise LimitedAdminError(row["name"])
            change(connection, row["key"], role=role.value)

    def limit(self, name: str, reach: Reach) -> None:
        """Limit somebody to a part of the city, or to none; what they have open ends.

        Raises:
            NoSuchUserError: nobody is called so.
            LimitedAdminError: an admin sees everything.
        """
        with writing(self._engine) as connection:
            locked(connection, "access")
            row = _row(connection, name)
            if row["role"] == Role.ADMIN.value and not reach.is_whole:
                raise LimitedAdminError(row["name"])
            _limit(connection, row["key"], reach)

    def sign_on(self, name: str, issuer: str) -> None:
        """Let somebody sign in at a provider, or at none; who they were there is forgotten.

        Raises:
            NoSuchUserError: nobody is called so.
        """
        with writing(self._engine) as connection:
            locked(connection, "access")
            key = _row(connection, name)["key"]
            change(connection, key, issuer=issuer or None, subject=None)

    def disable(self, name: str, *, now: Seconds) -> None:
        """Let somebody in no more; the name stays, since histories have it.

        Raises:
            NoSuchUserError: nobody is called so.
            LastAdminError: nobody would be one.
        """
        with writing(self._engine) as connection:
            locked(connection, "access")
            row = _row(connection, name)
            _not_the_last(connection, row)
            change(connection, row["key"], disabled_at=now)
            _forget_links(connection, row["key"])

    def enable(self, name: str) -> None:
        """Let somebody in again.

        Raises:
            NoSuchUserError: nobody is called so.
        """
        with writing(self._engine) as connection:
            change(connection, _row(connection, name)["key"], disabled_at=None)


def add(connection: sa.Connection, name: str, role: Role, *, now: Seconds) -> str:
    """Add somebody inside a transaction; return the key."""
    if not is_name(name):
        raise BadNameError
    key = folded(name)
    locked(connection, "access")
    taken = sa.select(access_user.c.key).where(access_user.c.key == key)
    if connection.execute(taken).first() is not None:
        raise NameTakenError(name)
    # Whoever has the first admin's link comes too late now.
    connection.execute(sa.delete(access_link).where(access_link.c.user_key.is_(None)))
    connection.execute(
        sa.insert(access_user).values(key=key, name=name.strip(), role=role.value, created_at=now)
    )
    return key


def change(connection: sa.Connection, key: str, **columns: object) -> None:
    """Change somebody, and end what is open: it would go on as what it was."""
    connection.execute(sa.update(access_user).where(access_user.c.key == key).values(**columns))
    connection.execute(sa.delete(access_session).where(access_session.c.user_key == key))


def _row(connection: sa.Connection, name: str) -> Mapping[Any, Any]:
    question = sa.select(access_user).where(access_user.c.key == folded(name))
    row = connection.execute(question).mappings().first()
    if row is None:
        raise NoSuchUserError(name)
    return row


def _not_the_last(connection: sa.Connection, row: Mapping[Any, Any]) -> None:
    others = sa.select(access_user.c.key).where(
        access_user.c.role == Role.ADMIN.value,
        access_user.c.disabled_at.is_(None),
        access_user.c.key != row["key"],
    )
    if row["role"] == Role.ADMIN.value and connection.execute(others).first() is None:
        raise LastAdminError(row["name"])


def _limit(connection: sa.Connection, key: str, reach: Reach) -> None:
    change(connection, key, cameras=sorted(reach.cameras), grids=list(reach.grids))


def _forget_links(connection: sa.Connection, key: str) -> None:
    connection.execute(sa.delete(access_link).where(access_link.c.user_key == key))


def _user(row: Mapping[Any, Any]) -> User:
    return User(
        name=row["name"],
        role=Role(row["role"]),
        has_password=row["password_hash"] is not None,
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
        signed_in_at=row["signed_in_at"],
        reach=Reach.of(row["cameras"], row["grids"]),
        has_factor=row["totp_sealed"] is not None,
        issuer=row["issuer"] or "",
    )
