"""Whom to remind of a case and when: a pure function of where it stands and the time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from streetwatch.service.desk.history import standing
from streetwatch.service.desk.profile import Stage
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

#: Whose turn it is. A case that is not here waits for nobody.
STAGE_OF: Mapping[CaseState, Stage] = MappingProxyType(
    {
        CaseState.REPORTED: Stage.ACCEPT,
        CaseState.ACCEPTED: Stage.DISPATCH,
        CaseState.DISPATCHED: Stage.HANDLE,
        CaseState.HANDLING: Stage.HANDLE,
        CaseState.SUSPENDED: Stage.HANDLE,
        CaseState.HANDLED: Stage.CLOSE,
    }
)

#: A stage begins, or begins anew, when a case comes into one of these.
BEGINNINGS = frozenset(
    {CaseState.REPORTED, CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED}
)

#: In these nobody has responded yet.
_UNANSWERED = frozenset({CaseState.REPORTED, CaseState.ACCEPTED, CaseState.DISPATCHED})


class Reminder(StrEnum):
    """What somebody is told of."""

    URGE = "urge"  #: 催办: nobody has responded for as long as the case's urgency allows
    OVERDUE = "overdue"  #: 超期: the stage's deadline has passed
    SUSPENSION_OVER = "suspension_over"  #: 挂账到期: it was suspended until now


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands.

    Attributes:
        since: When its stage began.
        told: What was told in this stage already.
    """

    state: CaseState
    since: Seconds
    deadline: Seconds | None
    suspended_until: Seconds | None
    told: frozenset[Reminder]


def standing_of(row: Mapping[Any, Any]) -> Standing:
    """Return where the case of a row stands."""
    since, told = _stage_so_far(row["history"])
    return Standing(
        CaseState(row["state"]), since, row.get("deadline"), row.get("suspended_until"), told
    )


def _stage_so_far(history: Iterable[Mapping[str, Any]]) -> tuple[Seconds, frozenset[Reminder]]:
    since, told = 0.0, set[Reminder]()
    for line in standing(history):
        if line.get("state") in BEGINNINGS:
            since, told = datetime.fromisoformat(line["at"]).timestamp(), set()
        elif line.get("state") == CaseState.SUSPENDED:
            told.discard(Reminder.SUSPENSION_OVER)
        elif line.get("action") in set(Reminder):
            told.add(Reminder(line["action"]))
    return since, frozenset(told)


def planned(standing: Standing, *, respond_s: Seconds) -> Mapping[Reminder, Seconds]:
    """Return what will have to be told, and when, if nothing is done about the case.

    Args:
        standing: Of the case.
        respond_s: How long it may wait for somebody to respond.
    """
    moments = {
        Reminder.URGE: standing.since + respond_s if standing.state in _UNANSWERED else None,
        Reminder.OVERDUE: standing.deadline,
        Reminder.SUSPENSION_OVER: standing.suspended_until,
    }
    untold = moments.items() if standing.state in STAGE_OF else ()
    return {one: at for one, at in untold if at is not None and one not in standing.told}


def due(standing: Standing, *, respond_s: Seconds, now: Seconds) -> tuple[Reminder, ...]:
    """Return what has to be told now, in the order in which it fell due."""
    moments = planned(standing, respond_s=respond_s)
    return tuple(sorted((one for one, at in moments.items() if at <= now), key=moments.__getitem__))


def next_at(standing: Standing, *, respond_s: Seconds) -> Seconds | None:
    """Return when the next thing has to be told, None where nothing will."""
    return min(planned(standing, respond_s=respond_s).values(), default=None)
