"""When to send again: a pure function of how it failed, how often, and when."""

from dataclasses import dataclass

from streetwatch.vision.types import Seconds

FIRST_S: Seconds = 1.0
LONGEST_S: Seconds = 300.0

#: A platform that asks for more patience than this is asked again all the same.
LONGEST_ASKED_S: Seconds = 3600.0

#: Statuses under 500 that say "later": request time-out, too early, too many requests.
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Failure:
    """How a delivery failed.

    Attributes:
        reason: For people.
        status: HTTP status; None where there was no answer.
        retry_after_s: What the platform asked for, if it did.
    """

    reason: str
    status: int | None = None
    retry_after_s: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Send again at `due_at`."""

    due_at: Seconds


@dataclass(frozen=True, slots=True)
class Park:
    """Sending again can't help: a person must look."""


RetryDecision = Again | Park


def decide(failure: Failure, *, attempts: int, now: Seconds, chance: float) -> RetryDecision:
    """Decide what becomes of a message that was not delivered.

    Args:
        failure: The latest.
        attempts: How often it was sent before.
        now: Seconds since the epoch.
        chance: Random 0..1: spreads the messages that failed together.
    """
    if failure.status is not None and failure.status < 500 and failure.status not in _LATER:
        return Park()
    longest = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts, 30))
    wait_s = longest * (0.5 + chance / 2)
    asked_s = min(failure.retry_after_s or 0.0, LONGEST_ASKED_S)
    return Again(now + max(wait_s, asked_s))
