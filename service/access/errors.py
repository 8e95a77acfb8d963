"""Why somebody isn't let in, or a user isn't changed."""

from streetwatch.service.access.rules import NAME_AT_MOST, Weakness
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds


class WrongPasswordError(Exception):
    """There is no such user, or that is not the password: nobody is told which."""


class PasswordsOffError(Exception):
    """Nobody but the emergency administrator signs in with a password here."""


class MustWaitError(Exception):
    """Too many passwords were wrong: not even the right one is taken now."""

    def __init__(self, wait_s: Seconds) -> None:
        super().__init__(f"wait {wait_s:.0f} s")
        self.wait_s = wait_s


class DeadLinkError(Exception):
    """The link was used, or its time is over, or it never was one."""


class WeakPasswordError(Exception):
    """Anybody could guess this password."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness.value)
        self.weakness = weakness


class BadNameError(InputError):
    """Nobody can be called so."""

    def __init__(self) -> None:
        super().__init__(f"name: write 1 to {NAME_AT_MOST} characters that can be seen")


class NameTakenError(InputError):
    """Somebody is called so already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name}: there is one of this name: choose another")


class NoSuchUserError(InputError):
    """Nobody is called so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name}: there is none of this name: see `streetwatch users list`")


class LastAdminError(InputError):
    """Without an admin nobody could make another."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name}: is the last admin: make somebody else one first")


class NoSuchTokenError(InputError):
    """No token is called so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"token {name}: there is none of this name: see `streetwatch tokens list`")


class LimitedAdminError(InputError):
    """Whoever gives out rights can't be limited: they could lift it themselves."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name}: an admin sees the whole city: give another role first")


class WrongCodeError(Exception):
    """The code of the second factor is good for nothing, or no more."""


class DeadTicketError(Exception):
    """Too long between the password and the code: sign in again."""


class CodeNeededError(Exception):
    """The password is right, and a code is wanted too.

    Attributes:
        ticket: To be shown with the code.
        address: For an app to scan; empty where there is a second factor already.
        secret: The same to be typed.
    """

    def __init__(self, ticket: str, address: str = "", secret: str = "") -> None:
        super().__init__("a code is needed")
        self.ticket = ticket
        self.address = address
        self.secret = secret


class FactorNeededError(InputError):
    """Whoever has this role can't do without a second factor."""

    def __init__(self, name: str) -> None:
        super().__init__(f"user {name}: access.second_factor wants one of this role: it stays")
