"""What a name and a password must be like, when a session ends, who must wait: pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streetwatch.vision.types import Seconds

NAME_AT_MOST: Final = 40
PASSWORD_AT_LEAST: Final = 10
#: Longer ones cost a server time and nobody types them.
PASSWORD_AT_MOST: Final = 256
KINDS_AT_LEAST: Final = 2

#: So many wrong passwords for one name within the span, and the name is locked for the span.
WRONG_FOR_A_NAME: Final = 5
#: An address is that of a whole office behind one router: it may be wrong more often.
WRONG_FROM_AN_ADDRESS: Final = 30
LOCK_S: Final[Seconds] = 15 * 60.0

#: A link to choose a password is good for a day.
LINK_S: Final[Seconds] = 24 * 3600.0


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_PLAIN = "too_plain"
    HAS_NAME = "has_name"


def folded(name: str) -> str:
    """Return what a name is compared by: neither case, width nor blanks around it matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def is_name(name: str) -> bool:
    """Tell whether a user can be called so: printable, not empty, not long."""
    plain = name.strip()
    return 0 < len(plain) <= NAME_AT_MOST and plain.isprintable() and bool(folded(plain))


def weakness(password: str, *, name: str) -> Weakness | None:
    """Say what is weak about a password, None where nothing is."""
    if len(password) < PASSWORD_AT_LEAST:
        return Weakness.TOO_SHORT
    if len(password) > PASSWORD_AT_MOST:
        return Weakness.TOO_LONG
    if folded(name) in folded(password):
        return Weakness.HAS_NAME
    if len({_kind(letter) for letter in password}) < KINDS_AT_LEAST:
        return Weakness.TOO_PLAIN
    return None


def _kind(letter: str) -> str:
    """Return what a character counts as: a small or large letter, a digit, anything else."""
    if letter.islower():
        return "lower"
    if letter.isupper():
        return "upper"
    return "digit" if letter.isdigit() else "other"


def waits_s(failures: Sequence[Seconds], *, most: int, now: Seconds) -> Seconds:
    """Return how long nothing more is tried; 0 where it may be tried now.

    Args:
        failures: When passwords were wrong, in any order.
        most: How many may be within the span.
        now: The time.
    """
    recent = sorted(at for at in failures if now - LOCK_S < at <= now)
    if len(recent) < most:
        return 0.0
    return recent[-1] + LOCK_S - now


@dataclass(frozen=True, slots=True)
class Limits:
    """How long somebody stays signed in.

    Attributes:
        idle_s: Without doing anything.
        whole_s: In all.
    """

    idle_s: Seconds
    whole_s: Seconds

    def ended(self, *, created_at: Seconds, seen_at: Seconds, now: Seconds) -> bool:
        """Tell whether a session is over."""
        return now - seen_at >= self.idle_s or now - created_at >= self.whole_s
