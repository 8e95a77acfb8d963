"""How long what is known is kept: a pure decision, with its reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streetwatch.vision.types import Seconds

DAY_S: Final[Seconds] = 86_400.0


class Kind(StrEnum):
    """What is deleted together."""

    CANDIDATE = "candidate"  #: an incident that never became a case, with its pictures
    EVIDENCE = "evidence"  #: the pictures of a case; its facts stay
    MESSAGES = "messages"  #: what was delivered to the platform
    AUDIT = "audit"  #: entries of the audit log
    LOOKED = "looked"  #: how long was looked at each zone
    COUNTS = "counts"  #: how many people and stalls were seen in each zone
    PRESENCE = "presence"  #: what stood before a camera that is no longer watched


@dataclass(frozen=True, slots=True)
class Periods:
    """How long each thing is kept; docs/reference/settings.md has the defaults.

    Attributes:
        candidate_s: Since it was last seen.
        rejected_s: Evidence of a rejected case, since the rejection.
        evidence_s: Evidence of any other case, since the violation.
        after_close_s: And at least so long after the case has ended.
        delivered_s: Messages of an ended incident, since they were delivered.
        audit_s: Entries of the audit log.
        looked_s: How long was looked at each zone: rates of before are counted from it.
        counts_s: How many people and stalls were seen in each zone; crowds that are over.
    """

    candidate_s: Seconds = 7 * DAY_S
    rejected_s: Seconds = 30 * DAY_S
    evidence_s: Seconds = 180 * DAY_S
    after_close_s: Seconds = 90 * DAY_S
    delivered_s: Seconds = 30 * DAY_S
    audit_s: Seconds = 366 * DAY_S
    looked_s: Seconds = 1100 * DAY_S
    counts_s: Seconds = 120 * DAY_S


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision about an incident depends on.

    Attributes:
        last_seen: Capture time.
        violation_at: When it became a case; None: it never did.
        rejected_at: When its case was rejected, if it was.
        ended_at: When its case came to an end; None while it has not.
        is_held: Whether somebody needs it kept (legal hold).
    """

    last_seen: Seconds
    violation_at: Seconds | None
    rejected_at: Seconds | None
    ended_at: Seconds | None
    is_held: bool


@dataclass(frozen=True, slots=True)
class Keep:
    """It stays, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delete:
    """It goes, for this reason."""

    kind: Kind
    reason: str


Decision = Keep | Delete


def decide(subject: Subject, *, now: Seconds, periods: Periods) -> Decision:
    """Decide about an incident and its evidence."""
    if subject.is_held:
        return Keep("legal hold")
    if subject.violation_at is None:
        due_at = subject.last_seen + periods.candidate_s
        return _due(Kind.CANDIDATE, due_at, now, f"no case {_days(periods.candidate_s)}")
    if subject.rejected_at is not None:
        due_at = subject.rejected_at + periods.rejected_s
        return _due(Kind.EVIDENCE, due_at, now, f"rejected {_days(periods.rejected_s)} ago")
    if subject.ended_at is None:
        return Keep("its case has not ended")
    of_age = subject.violation_at + periods.evidence_s
    after_close = subject.ended_at + periods.after_close_s
    why = f"{_days(periods.evidence_s)} old, ended {_days(periods.after_close_s)} ago"
    return _due(Kind.EVIDENCE, max(of_age, after_close), now, why)


def decide_by_hand(subject: Subject, *, why: str) -> Decision:
    """Decide about an incident and its evidence that somebody wants gone before its time."""
    if subject.is_held:
        return Keep("legal hold")
    if subject.violation_at is None:
        return Delete(Kind.CANDIDATE, why)
    if subject.ended_at is None:
        return Keep("its case has not ended")
    return Delete(Kind.EVIDENCE, why)


def _due(kind: Kind, due_at: Seconds, now: Seconds, why: str) -> Decision:
    return Delete(kind, f"{why} or more") if now >= due_at else Keep("its time is not over")


def _days(period_s: Seconds) -> str:
    return f"{period_s / DAY_S:g} d"
