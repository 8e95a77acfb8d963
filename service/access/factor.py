"""The second factor: codes of an app (RFC 6238), and codes for whoever has lost it.

Between the password and the code nobody is signed in: what they show meanwhile is a ticket, closed
with the service's own key, good for a few minutes and for nothing but the code.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import astuple, dataclass
from hmac import compare_digest
from typing import Any, Final

import pyotp
import sqlalchemy as sa

from streetwatch.service.access.errors import DeadTicketError, WrongCodeError
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.store.access_schema import access_recovery, access_user
from streetwatch.vision.types import Seconds

#: How long somebody may take between the password and the code.
TICKET_S: Final[Seconds] = 600.0

STEP_S: Final = 30

#: A phone's clock may be off by so many steps.
_OFF_BY: Final = 1

RECOVERY_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_PART: Final = 5
_PARTS: Final = 4

ISSUER: Final = "streetwatch"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What stands for somebody who knows the password and owes the code.

    Attributes:
        key: Of the user.
        until: Until when it is good.
        secret: Of a factor that is being set up; empty: they have one.
        proof: The provider's word, closed, where that stands for the password.
    """

    key: str
    until: Seconds
    secret: str = ""
    proof: str = ""

    def address(self, name: str) -> str:
        """Return what an app scans to learn the secret."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=name, issuer_name=ISSUER)


@dataclass(frozen=True, slots=True)
class Cipher:
    """Closes tickets and secrets with the service's own key.

    Attributes:
        close: Returns a text closed.
        open: Returns it again; raises for any other.
    """

    close: Callable[[str], str]
    open: Callable[[str], str]

    def ticket(self, ticket: Ticket) -> str:
        """Return a ticket as it is handed out."""
        return self.close(json.dumps(["ticket", *astuple(ticket)]))

    def shown(self, text: str, *, now: Seconds) -> Ticket:
        """Return the ticket that somebody shows.

        Raises:
            DeadTicketError: it is none of ours, or its time is over.
        """
        try:
            kind, *parts = json.loads(self.open(text))
            ticket = Ticket(*parts)
        except Exception as error:  # whatever a stranger sends
            raise DeadTicketError from error
        if kind != "ticket" or now >= ticket.until:
            raise DeadTicketError
        return ticket


def new_ticket(key: str, *, sets_up: bool, now: Seconds, proof: str = "") -> Ticket:
    """Return a ticket for somebody who knows the password, or whom the provider has proved."""
    return Ticket(key, now + TICKET_S, pyotp.random_base32() if sets_up else "", proof)


def step_of(secret: str, code: str, *, now: Seconds, after: int) -> int | None:
    """Return the step that a code is of; None where it is of none that is good now.

    Args:
        secret: Of the factor.
        code: As typed.
        now: The time.
        after: The step that was used last: no code is good twice.
    """
    totp, here = pyotp.TOTP(secret, interval=STEP_S), int(now // STEP_S)
    for step in range(here - _OFF_BY, here + _OFF_BY + 1):
        if step > after and compare_digest(totp.at(step * STEP_S), code):
            return step
    return None


def set_up(
    connection: sa.Connection, cipher: Cipher, ticket: Ticket, code: str, *, now: Seconds
) -> tuple[str, ...]:
    """Give somebody the factor of their ticket; return the codes for whoever loses it.

    Raises:
        WrongCodeError: their app does not show this code.
        DeadTicketError: they have another one meanwhile.
    """
    step = step_of(ticket.secret, plain(code), now=now, after=0)
    if step is None:
        raise WrongCodeError
    has_none = access_user.c.key == ticket.key, access_user.c.totp_sealed.is_(None)
    closed = cipher.close(ticket.secret)
    given = sa.update(access_user).where(*has_none).values(totp_sealed=closed, totp_step=step)
    if connection.execute(given).rowcount == 0:
        raise DeadTicketError
    return _new_codes(connection, ticket.key)


def use(connection: sa.Connection, cipher: Cipher, key: str, code: str, *, now: Seconds) -> bool:
    """Use a code; tell whether it was one for whoever has lost the app.

    Raises:
        WrongCodeError: it is good for nothing, or no more.
    """
    row = connection.execute(_factor(key).with_for_update()).first()
    if row is None or row.totp_sealed is None:
        raise WrongCodeError
    typed = plain(code)
    step = step_of(cipher.open(row.totp_sealed), typed, now=now, after=row.totp_step or 0)
    if step is not None:
        user = sa.update(access_user).where(access_user.c.key == key)
        connection.execute(user.values(totp_step=step))
        return False
    mine = access_recovery.c.user_key == key, access_recovery.c.code_hash == token_hash(typed)
    if connection.execute(sa.delete(access_recovery).where(*mine)).rowcount == 0:
        raise WrongCodeError
    return True


def take_off(connection: sa.Connection, key: str) -> None:
    """Let somebody sign in without it."""
    user = sa.update(access_user).where(access_user.c.key == key)
    connection.execute(user.values(totp_sealed=None, totp_step=None))
    connection.execute(sa.delete(access_recovery).where(access_recovery.c.user_key == key))


def has_one(connection: sa.Connection, key: str) -> bool:
    """Tell whether somebody has a second factor."""
    row = connection.execute(_factor(key)).first()
    return row is not None and row.totp_sealed is not None


def plain(code: str) -> str:
    """Return a code as it is compared: however it was written."""
    return "".join(letter for letter in code.lower() if letter.isalnum())[:64]


def _factor(key: str) -> sa.Select[Any]:
    columns = (access_user.c.totp_sealed, access_user.c.totp_step)
    return sa.select(*columns).where(access_user.c.key == key)


def _new_codes(connection: sa.Connection, key: str) -> tuple[str, ...]:
    connection.execute(sa.delete(access_recovery).where(access_recovery.c.user_key == key))
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    rows = [{"code_hash": token_hash(plain(code)), "user_key": key} for code in codes]
    connection.execute(sa.insert(access_recovery), rows)
    return codes


def _new_code() -> str:
    parts = ("".join(secrets.choice(_LETTERS) for _ in range(_PART)) for _ in range(_PARTS))
    return "-".join(parts)
