"""Who needs a second factor, who has one, and what is handed out between password and code."""

from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.access import factor
from streetwatch.service.access.errors import CodeNeededError, FactorNeededError
from streetwatch.service.access.factor import Cipher, Ticket, new_ticket
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import folded
from streetwatch.service.store.access_schema import access_user
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.audit_chain import Fact
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The second factor of a service's users.

    Attributes:
        engine: Of a database that is migrated to this version.
        cipher: Closes what must not be read.
        needed: Roles that can't do without one.
    """

    engine: sa.Engine
    cipher: Cipher
    needed: frozenset[Role] = frozenset()

    def ask(self, connection: sa.Connection, key: str, *, now: Seconds, proof: str = "") -> None:
        """Let nobody go on who owes a code.

        Args:
            connection: In a transaction.
            key: Of the user.
            now: The time.
            proof: The provider's word, closed, where that stands for the password.

        Raises:
            CodeNeededError: it is wanted; with what to show beside it.
        """
        if factor.has_one(connection, key):
            ticket = new_ticket(key, sets_up=False, now=now, proof=proof)
            raise CodeNeededError(self.cipher.ticket(ticket))
        if _role(connection, key) in self.needed:
            raise self._offer(connection, key, now, proof)

    def offer(self, name: str, *, now: Seconds) -> CodeNeededError | None:
        """Return what sets up a factor for somebody; None: they have one."""
        with reading(self.engine) as connection:
            key = folded(name)
            return None if factor.has_one(connection, key) else self._offer(connection, key, now)

    def shown(self, text: str, *, now: Seconds) -> Ticket:
        """Return the ticket that somebody shows.

        Raises:
            DeadTicketError: it is none of ours, or its time is over.
        """
        return self.cipher.shown(text, now=now)

    def again(self, text: str, *, now: Seconds) -> CodeNeededError:
        """Return what to ask for again, after a wrong code.

        Raises:
            DeadTicketError: the ticket's time is over.
        """
        ticket = self.shown(text, now=now)
        if not ticket.secret:
            return CodeNeededError(text)
        return CodeNeededError(text, ticket.address(ticket.key), ticket.secret)

    def used(
        self, connection: sa.Connection, ticket: Ticket, code: str, *, now: Seconds
    ) -> tuple[tuple[str, ...], dict[str, Fact]]:
        """Use a code; return the recovery codes of a new factor, and what the log is told.

        Raises:
            WrongCodeError: it is good for nothing.
            DeadTicketError: somebody has set up another factor meanwhile.
        """
        if ticket.secret:
            codes = factor.set_up(connection, self.cipher, ticket, code, now=now)
            return codes, {"factor": "set up"}
        by_recovery = factor.use(connection, self.cipher, ticket.key, code, now=now)
        return (), {"factor": "recovery code" if by_recovery else "app"}

    def take_off(self, name: str, *, by: str, address: str = "", now: Seconds) -> None:
        """Let somebody sign in without a factor, who has lost it: they set up another if needed."""
        key = folded(name)
        with writing(self.engine) as connection:
            factor.take_off(connection, key)
            deed = Deed("user.factor_taken_off", by, on=name, address=address)
            noted(connection, deed, now=now)

    def refuse_needed(self, name: str) -> None:
        """Let nobody take off a factor of their own that their role wants.

        Raises:
            FactorNeededError: it does.
        """
        with reading(self.engine) as connection:
            if _role(connection, folded(name)) in self.needed:
                raise FactorNeededError(name)

    def _offer(
        self, connection: sa.Connection, key: str, now: Seconds, proof: str = ""
    ) -> CodeNeededError:
        ticket = new_ticket(key, sets_up=True, now=now, proof=proof)
        name = connection.scalar(sa.select(access_user.c.name).where(access_user.c.key == key))
        closed = self.cipher.ticket(ticket)
        return CodeNeededError(closed, ticket.address(name or key), ticket.secret)


def _role(connection: sa.Connection, key: str) -> Role | None:
    word = connection.scalar(sa.select(access_user.c.role).where(access_user.c.key == key))
    return None if word is None else Role(word)
