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
from streetwatch.service.store.audit import Deed, noted
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
        key = self._known(name, password, address=address, now=now)
        with writing(self._engine) as connection:
            noted(connection, Deed("user.signed_in", key, address=address), now=now)
            return self._entered(connection, key, now)

    def change(self, name: str, old: str, new: str, *, address: str, now: Seconds) -> str:
        """Replace somebody's password; ends every session of theirs, returns a new one's token.

        Raises:
            MustWaitError: the old one was wrong too often.
            WrongPasswordError: the old one is wrong.
            WeakPasswordError: the new one could be guessed.
        """
        key = self._known(name, old, address=address, now=now)
        _strong(new, name)
        hashed = password_hash(new)
        with writing(self._engine) as connection:
            noted(connection, Deed("user.changed_password", key, address=address), now=now)
            return self._chosen(connection, key, hashed, now)

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

    def use(self, token: str, name: str, password: str, *, now: Seconds, address: str = "") -> str:
        """Choose a password with a link, which is dead then; return the token of a session.

        Args:
            token: Of the link.
            name: Of the first admin; of others it stands with the link.
            password: The one that is chosen.
            now: The time.
            address: Where the request comes from.

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
            facts = {"first_admin": row.user_key is None}
            deed = Deed("user.chose_password", key, address=address, facts=facts)
            noted(connection, deed, now=now)
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

    def _known(self, name: str, password: str, *, address: str, now: Seconds) -> str:
        """Return the key of whoever knows the password."""
        key = folded(name)[:_TRIED_AT_MOST]
        trying = self._begin(key, address, now)
        with reading(self._engine) as connection:
            kept = connection.scalar(
                sa.select(access_user.c.password_hash).where(
                    access_user.c.key == key, access_user.c.disabled_at.is_(None)
                )
            )
        right = is_password(password[:_TRIED_AT_MOST], kept)
        with writing(self._engine) as connection:
            if right:
                _forget_failures(connection, [_of_name(key)])
                mine = access_failure.c.position.in_(trying)
                connection.execute(sa.delete(access_failure).where(mine))
            else:
                _note_refusal(connection, key if kept else "", address, now)
        if not right:
            raise WrongPasswordError
        return key

    def _begin(self, key: str, address: str, now: Seconds) -> list[int]:
        """Count a try as wrong before it is looked at: many at once are no more than their number.

        Raises:
            MustWaitError: too many were wrong.
        """
        with writing(self._engine) as connection:
            locked(connection, "access")
            _refuse_too_many(connection, key, address, now)
            old = sa.delete(access_failure).where(access_failure.c.at <= now - LOCK_S)
            connection.execute(old)
            rows = [{"who": who, "at": now} for who in (_of_name(key), _of_address(address))]
            counted = sa.insert(access_failure).returning(access_failure.c.position)
            return list(connection.scalars(counted, rows))


def _refuse_too_many(connection: sa.Connection, key: str, address: str, now: Seconds) -> None:
    waits = max(
        waits_s(_failures(connection, who, now), most=most, now=now)
        for who, most in (
            (_of_name(key), WRONG_FOR_A_NAME),
            (_of_address(address), WRONG_FROM_AN_ADDRESS),
        )
    )
    if waits > 0:
        raise MustWaitError(waits)


def _note_refusal(connection: sa.Connection, key: str, address: str, now: Seconds) -> None:
    """Write down a wrong password; an unknown name is not told, for it may be a password too."""
    is_last = len(_failures(connection, _of_name(key), now)) >= WRONG_FOR_A_NAME
    facts = {"locked": bool(key) and is_last}
    noted(connection, Deed("user.refused", key or "unknown", address=address, facts=facts), now=now)


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
