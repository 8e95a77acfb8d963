"""How somebody gets in: with a password, or a link for one use, or by a provider's word."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from streetwatch.service.access import tries
from streetwatch.service.access.errors import (
    DeadLinkError,
    DeadTicketError,
    NoSuchUserError,
    PasswordsOffError,
    WrongCodeError,
    WrongPasswordError,
)
from streetwatch.service.access.factor import new_ticket
from streetwatch.service.access.invitations import alive, linked
from streetwatch.service.access.owed import is_given_up
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import (
    folded,
)
from streetwatch.service.access.second_factor import SecondFactor
from streetwatch.service.access.secrets import chosen_hash, is_password
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.users import add
from streetwatch.service.store.access_schema import (
    access_link,
    access_session,
    access_user,
)
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds

#: What is hashed in vain is cut: a password of a megabyte would cost the server, not its sender.
_TRIED_AT_MOST: Final = 1024


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in.

    Attributes:
        token: Of their session.
        codes: For when they lose their second factor, where they have just set it up.
    """

    token: str
    codes: tuple[str, ...] = ()


class Door:
    """Lets people in. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        sessions: Begun for whoever is let in.
        factor: What is wanted beside the password.
        only: The one user who may sign in with a password; empty: everybody.
    """

    def __init__(
        self, engine: sa.Engine, sessions: Sessions, factor: SecondFactor, only: str = ""
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._factor = factor
        self._only = folded(only)

    @property
    def takes_passwords(self) -> bool:
        """Whether everybody may sign in with one."""
        return not self._only

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
            PasswordsOffError: nobody of this name may sign in with one.
            CodeNeededError: it is right, and a code is wanted too.
        """
        self._refuse_off(name)
        key = self._known(name, password, address=address, now=now)
        return self._past_password(key, address=address, now=now)

    def proved(self, key: str, proof: str, *, asks: bool, address: str, now: Seconds) -> str:
        """Return a token for whom the identity provider has proved.

        Args:
            key: Of the user.
            proof: The provider's word, closed: the session keeps it.
            asks: Whether a second factor is asked for here.
            address: Where the request comes from.
            now: The time.

        Raises:
            CodeNeededError: a code is wanted too.
        """
        with writing(self._engine) as connection:
            if asks:
                self._factor.ask(connection, key, now=now, proof=proof)
            deed = Deed("user.signed_in", key, address=address, facts={"by": "provider"})
            noted(connection, deed, now=now)
            return self._entered(connection, key, now, proof)

    def with_code(self, shown: str, code: str, *, address: str, now: Seconds) -> Entered:
        """Let somebody in who knows the password and the code.

        Args:
            shown: The ticket that the password gave them.
            code: As typed.
            address: Where the request comes from.
            now: The time.

        Raises:
            DeadTicketError: too long after the password, or after they left their provider.
            MustWaitError: too many codes were wrong.
            WrongCodeError: this one is.
        """
        ticket = self._factor.shown(shown, now=now)
        key, guessed = ticket.key, tries.code_of(ticket.key)
        with writing(self._engine) as connection:
            trying = tries.begin(connection, guessed, address, now=now)
        try:
            with writing(self._engine) as connection:
                if ticket.proof and is_given_up(connection, key, until=ticket.until):
                    raise DeadTicketError
                codes, facts = self._factor.used(connection, ticket, code, now=now)
                tries.was_right(connection, guessed, trying)
                if ticket.proof:
                    facts |= {"by": "provider"}
                deed = Deed("user.signed_in", key, address=address, facts=facts)
                noted(connection, deed, now=now)
                return Entered(self._entered(connection, key, now, ticket.proof), codes)
        except WrongCodeError:
            with writing(self._engine) as connection:
                tries.was_wrong(connection, key, address, "user.refused_code", now=now)
            raise

    def without_factor(self, name: str, code: str, *, address: str, now: Seconds) -> None:
        """Take off somebody's second factor, who shows a code of it.

        Raises:
            FactorNeededError: their role wants one.
            MustWaitError: too many codes were wrong.
            WrongCodeError: this one is.
        """
        self._factor.refuse_needed(name)
        ticket = new_ticket(folded(name), sets_up=False, now=now)
        shown = self._factor.cipher.ticket(ticket)
        self._sessions.end(self.with_code(shown, code, address=address, now=now).token)
        self._factor.take_off(name, by=folded(name), address=address, now=now)

    def change(self, name: str, old: str, new: str, *, address: str, now: Seconds) -> str:
        """Replace somebody's password; ends every session of theirs, returns a new one's token.

        Raises:
            MustWaitError: the old one was wrong too often.
            WrongPasswordError: the old one is wrong.
            WeakPasswordError: the new one could be guessed.
        """
        key = self._known(name, old, address=address, now=now)
        hashed = chosen_hash(new, name=name)
        with writing(self._engine) as connection:
            noted(connection, Deed("user.changed_password", key, address=address), now=now)
            self._choose(connection, key, hashed)
            return self._entered(connection, key, now)

    def first_link(self, *, now: Seconds) -> str | None:
        """Return the token with which the first admin is made; None where there is a user."""
        with writing(self._engine) as connection:
            locked(connection, "access")
            if connection.execute(sa.select(access_user.c.key).limit(1)).first() is not None:
                return None
            return linked(connection, None, now)

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
            return linked(connection, key, now)

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
                .where(*alive(token, now))
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
            PasswordsOffError: nobody of this name may sign in with one; the link lives on.
            CodeNeededError: the password is chosen, and a code is wanted too.
        """
        name = self.meant(token, now=now) or name
        self._refuse_off(name)
        hashed = chosen_hash(password, name=name)
        with writing(self._engine) as connection:
            locked(connection, "access")
            row = connection.execute(
                sa.delete(access_link).where(*alive(token, now)).returning(access_link.c.user_key)
            ).first()
            if row is None:
                raise DeadLinkError
            key = row.user_key or add(connection, name, Role.ADMIN, now=now)
            tries.forget(connection, key)
            facts = {"first_admin": row.user_key is None}
            deed = Deed("user.chose_password", key, address=address, facts=facts)
            noted(connection, deed, now=now)
            self._choose(connection, key, hashed)
        return self._past_password(key, address=address, now=now)

    def _choose(self, connection: sa.Connection, key: str, hashed: str) -> None:
        user = sa.update(access_user).where(access_user.c.key == key)
        connection.execute(user.values(password_hash=hashed))
        connection.execute(sa.delete(access_session).where(access_session.c.user_key == key))
        self._sessions.forget()

    def _refuse_off(self, name: str) -> None:
        if self._only and folded(name) != self._only:
            raise PasswordsOffError

    def _entered(self, connection: sa.Connection, key: str, now: Seconds, proof: str = "") -> str:
        user = sa.update(access_user).where(access_user.c.key == key)
        connection.execute(user.values(signed_in_at=now))
        return self._sessions.begin(connection, key, now=now, proof=proof)

    def _known(self, name: str, password: str, *, address: str, now: Seconds) -> str:
        """Return the key of whoever knows the password."""
        key = folded(name)[:_TRIED_AT_MOST]
        with writing(self._engine) as connection:
            trying = tries.begin(connection, key, address, now=now)
        with reading(self._engine) as connection:
            kept = connection.scalar(
                sa.select(access_user.c.password_hash).where(
                    access_user.c.key == key, access_user.c.disabled_at.is_(None)
                )
            )
        right = is_password(password[:_TRIED_AT_MOST], kept)
        with writing(self._engine) as connection:
            if right:
                tries.was_right(connection, key, trying)
            else:
                known = key if kept else None
                tries.was_wrong(connection, known, address, "user.refused", now=now)
        if not right:
            raise WrongPasswordError
        return key

    def _past_password(self, key: str, *, address: str, now: Seconds) -> str:
        """Let somebody in who knows the password, if that is all that is wanted of them."""
        with writing(self._engine) as connection:
            self._factor.ask(connection, key, now=now)
            noted(connection, Deed("user.signed_in", key, address=address), now=now)
            return self._entered(connection, key, now)
