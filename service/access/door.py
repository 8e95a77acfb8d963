"""How somebody gets in: with a password, or with a link that is good for one use."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from streetwatch.service.access.errors import (
    DeadLinkError,
    MustWaitError,
    NoSuchUserError,
    WeakPasswordError,
    WrongPasswordError,
)
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import (
    LINK_S,
    LOCK_S,
    WRONG_FOR_A_NAME,
    WRONG_FROM_AN_ADDRESS,
    folded,
    waits_s,
    weakness,
)
from streetwatch.service.access.secrets import is_password, new_token, password_hash, token_hash
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.users import add
from streetwatch.service.store.access_schema import (
    access_failure,
    access_link,
    access_session,
    access_user,
)
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds

#: What is hashed in vain is cut: a password of a megabyte would cost the server, not its sender.
_TRIED_AT_MOST: Final = 1024


class Door:
    """Lets people in. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        sessions: Begun for whoever is let in.
    """

    def __init__(self, engine: sa.Engine, sessions: Sessions) -> None:
        self._engine = engine
        self._sessions = sessions

    def sign_in(self, name: str, password: str, *, address: str, now: Seconds) -> str:
        """Return a token for whoever knows the password.

        Args:
            name: Of the user, as typed.
            password: As typed.
            address: Where the request comes from.
            now: The time.

        Raises:
            MustWaitError: too many were wrong, for this name or from this address.
            WrongPasswordError: it is wrong, or there is no such user.
        """
        key = folded(name)[:_TRIED_AT_MOST]
        self._may_try(key, address, now)
        with reading(self._engine) as connection:
            kept = connection.scalar(
                sa.select(access_user.c.password_hash).where(
                    access_user.c.key == key, access_user.c.disabled_at.is_(None)
                )
            )
        if not is_password(password[:_TRIED_AT_MOST], kept):
            self._failed(key, address, now)
            raise WrongPasswordError
        with writing(self._engine) as connection:
            _forget_failures(connection, [_of_name(key)])
            return self._entered(connection, key, now)

    def change(self, name: str, old: str, new: str, *, address: str, now: Seconds) -> str:
        """Replace somebody's password; ends every session of theirs, returns a new one's token.

        Raises:
            MustWaitError: the old one was wrong too often.
            WrongPasswordError: the old one is wrong.
            WeakPasswordError: the new one could be guessed.
        """
        self._sessions.end(self.sign_in(name, old, address=address, now=now))
        _strong(new, name)
        hashed = password_hash(new)
        with writing(self._engine) as connection:
            return self._chosen(connection, folded(name), hashed, now)

    def first_link(self, *, now: Seconds) -> str | None:
        """Return the token with which the first admin is made; None where there is a user."""
        with writing(self._engine) as connection:
            locked(connection, "access")
            if connection.execute(sa.select(access_user.c.key).limit(1)).first() is not None:
                return None
            return _linked(connection, None, now)

    def link(self, name: str, *, now: Seconds) -> str:
        """Return the token with which somebody chooses a password; an earlier one is dead.

        Raises:
            NoSuchUserError: nobody is called so, or they are let in no more.
        """
        key = folded(name)
        with writing(self._engine) as connection:
            question = sa.select(access_user.c.key).where(
                access_user.c.key == key, access_user.c.disabled_at.is_(None)
            )
            if connection.execute(question).first() is None:
                raise NoSuchUserError(name)
            return _linked(connection, key, now)

    def meant(self, token: str, *, now: Seconds) -> str | None:
        """Return whose password a link is to choose; None: the first admin's, who has no name yet.

        Raises:
            DeadLinkError: it is good for nothing any more.
        """
        with reading(self._engine) as connection:
            question: sa.Select[str | None] = (
                sa.select(access_user.c.name)
                .select_from(access_link)
                .outerjoin(access_user)
                .where(*_alive(token, now))
            )
            names = connection.scalars(question).all()
        if not names:
            raise DeadLinkError
        return names[0]

    def use(self, token: str, name: str, password: str, *, now: Seconds) -> str:
        """Choose a password with a link, which is dead then; return the token of a session.

        Args:
            token: Of the link.
            name: Of the first admin; of others it stands with the link.
            password: The one that is chosen.
            now: The time.

        Raises:
            DeadLinkError: the link is good for nothing any more.
            WeakPasswordError: the password could be guessed; the link lives on.
            BadNameError: nobody can be called so; the link lives on.
            NameTakenError: somebody is; the link lives on.
        """
        _strong(password, self.meant(token, now=now) or name)
        hashed = password_hash(password)
        with writing(self._engine) as connection:
            locked(connection, "access")
            row = connection.execute(
                sa.delete(access_link).where(*_alive(token, now)).returning(access_link.c.user_key)
            ).first()
            if row is None:
                raise DeadLinkError
            key = row.user_key or add(connection, name, Role.ADMIN, now=now)
            _forget_failures(connection, [_of_name(key)])
            return self._chosen(connection, key, hashed, now)

    def _chosen(self, connection: sa.Connection, key: str, hashed: str, now: Seconds) -> str:
        user = sa.update(access_user).where(access_user.c.key == key)
        connection.execute(user.values(password_hash=hashed))
        connection.execute(sa.delete(access_session).where(access_session.c.user_key == key))
        self._sessions.forget()
        return self._entered(connection, key, now)

    def _entered(self, connection: sa.Connection, key: str, now: Seconds) -> str:
        user = sa.update(access_user).where(access_user.c.key == key)
        connection.execute(user.values(signed_in_at=now))
        return self._sessions.begin(connection, key, now=now)

    def _may_try(self, key: str, address: str, now: Seconds) -> None:
        with reading(self._engine) as connection:
            waits = (
                waits_s(_failures(connection, _of_name(key), now), most=WRONG_FOR_A_NAME, now=now),
                waits_s(
                    _failures(connection, _of_address(address), now),
                    most=WRONG_FROM_AN_ADDRESS,
                    now=now,
                ),
            )
        if max(waits) > 0:
            raise MustWaitError(max(waits))

    def _failed(self, key: str, address: str, now: Seconds) -> None:
        with writing(self._engine) as connection:
            old = sa.delete(access_failure).where(access_failure.c.at <= now - LOCK_S)
            connection.execute(old)
            rows = [{"who": who, "at": now} for who in (_of_name(key), _of_address(address))]
            connection.execute(sa.insert(access_failure), rows)


def _strong(password: str, name: str) -> None:
    weak = weakness(password, name=name)
    if weak is not None:
        raise WeakPasswordError(weak)


def _linked(connection: sa.Connection, key: str | None, now: Seconds) -> str:
    whose = access_link.c.user_key.is_(None) if key is None else access_link.c.user_key == key
    connection.execute(sa.delete(access_link).where(whose | (access_link.c.expires_at <= now)))
    token = new_token()
    connection.execute(
        sa.insert(access_link).values(
            token_hash=token_hash(token), user_key=key, expires_at=now + LINK_S
        )
    )
    return token


def _alive(token: str, now: Seconds) -> tuple[sa.ColumnElement[bool], ...]:
    return access_link.c.token_hash == token_hash(token), access_link.c.expires_at > now


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


def _forget_failures(connection: sa.Connection, whose: Iterable[str]) -> None:
    connection.execute(sa.delete(access_failure).where(access_failure.c.who.in_(list(whose))))
