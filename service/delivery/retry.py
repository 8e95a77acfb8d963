"""When to send again: a pure function of how it failed, how often, and when."""

from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds

FIRST_S: Seconds = 1.0
LONGEST_S: Seconds = 300.0

#: A platform that asks for more patience than this is asked again all the same.
LONGEST_ASKED_S: Seconds = 3600.0

#: Statuses under 500 that say "later": request time-out, too early, too many requests.
_LATER = frozenset({408, 425, 429})

#: Statuses that say that our key is wrong.
_KEY = frozenset({401, 403, 407})


class FailureKind(StrEnum):
    """Why a delivery failed, in as few words as a metric's label may have."""

    UNREACHABLE = "unreachable"  #: no connection: certainly not taken
    NO_ANSWER = "no_answer"  #: sent, and the answer did not come or broke off
    BAD_ANSWER = "bad_answer"  #: it says yes in words that its kind of platform does not use
    REDIRECTED = "redirected"
    UNAUTHORISED = "unauthorised"
    LATER = "later"  #: 408, 425, 429
    REFUSED = "refused"  #: any other 4xx
    PLATFORM = "platform"  #: 5xx: its own failure


@dataclass(frozen=True, slots=True)
class Failure:
    """How a delivery failed.

    Attributes:
        reason: For people. Never holds a secret.
        status: HTTP status; None where there was no answer.
        retry_after_s: What the platform asked for, if it did.
        may_have_arrived: Whether the platform may have taken the message all the same. Only a
            connection that never stood and a 4xx say that it has not.
    """

    reason: str
    status: int | None = None
    retry_after_s: Seconds | None = None
    may_have_arrived: bool = True

    @property
    def kind(self) -> FailureKind:
        """The class it belongs to."""
        match self.status:
            case None:
                unsure = self.may_have_arrived
                return FailureKind.NO_ANSWER if unsure else FailureKind.UNREACHABLE
            case status if status in _LATER:
                return FailureKind.LATER
            case status if status in _KEY:
                return FailureKind.UNAUTHORISED
            case status:
                return _by_hundreds(status)


def _by_hundreds(status: int) -> FailureKind:
    if status < 300:
        return FailureKind.BAD_ANSWER
    if status < 400:
        return FailureKind.REDIRECTED
    return FailureKind.REFUSED if status < 500 else FailureKind.PLATFORM


@dataclass(frozen=True, slots=True)
class Again:
    """Send again at `due_at`.

    Attributes:
        quiet_until: The platform asked to be left alone until then, with everything; None where
            it did not.
    """

    due_at: Seconds
    quiet_until: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Park:
    """Sending again can't help: a person must look, and `advice` says at what."""

    advice: str


RetryDecision = Again | Park

#: What a person can do where sending again can't help.
_ADVICE = {
    FailureKind.UNAUTHORISED: "mend the target's key or password, then resend",
    FailureKind.REDIRECTED: "write the address it has moved to into the target's url, then resend",
    FailureKind.REFUSED: "see what the platform dislikes, mend it, then resend",
}


def decide(
    failure: Failure,
    *,
    attempts: int,
    now: Seconds,
    chance: float,
    settling_s: Seconds = 0.0,
) -> RetryDecision:
    """Decide what becomes of a message that was not delivered.

    Args:
        failure: The latest.
        attempts: How often it was sent before.
        now: Seconds since the epoch.
        chance: Random 0..1: spreads the messages that failed together.
        settling_s: How long a platform may still be storing what it did not answer. Until then a
            search for it says nothing.
    """
    advice = _ADVICE.get(failure.kind)
    if advice is not None:
        return Park(advice)
    longest = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts, 30))
    settling_s = settling_s if failure.may_have_arrived else 0.0
    wait_s = max(longest * (0.5 + chance / 2), settling_s)
    if failure.retry_after_s is None:
        return Again(now + wait_s)
    asked_s = min(failure.retry_after_s, LONGEST_ASKED_S)
    return Again(now + max(wait_s, asked_s), quiet_until=now + asked_s)
