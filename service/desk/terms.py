"""Terms: a case's code, urgency, deadline and next reminder, kept right with every move."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.deadlines import WorkCalendar, after, deadline, run_between
from streetwatch.service.desk.draft import Document, Draft
from streetwatch.service.desk.profile import CaseType, Profile, Stage, Urgency
from streetwatch.service.desk.reminders import STAGE_OF, next_at, standing_of
from streetwatch.service.desk.states import CaseState, DeskConflictError
from streetwatch.vision.types import Seconds


class TypeDisabledError(DeskConflictError):
    """The city takes no cases of this type."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a profile and a calendar say of each case.

    Attributes:
        respond_s: How long a case of each urgency may wait for somebody to respond
            (一般案件24小时、紧急案件2小时).
    """

    profile: Profile
    calendar: WorkCalendar
    respond_s: Mapping[Urgency, Seconds]

    def coded(self, _: sa.Connection, draft: Draft, now: Seconds) -> Draft:
        """Fill in a new case's code, urgency and deadline: a step of the intake.

        Raises:
            TypeDisabledError: the profile has switched its type off.
        """
        known = self.profile.types.get(draft.type)
        if known is not None and not known.enabled:
            raise TypeDisabledError(
                f"type {draft.type} is switched off in the profile {self.profile.name}: "
                "take its rule out of cameras.yaml, or enable it there and send this again"
            )
        columns = _columns(known) | {"deadline": self._deadline(draft.type, draft.state, now)}
        columns |= {name: value for name, value in draft.filled.items() if value is not None}
        return replace(draft, filled=columns)

    def moved(self, before: Mapping[Any, Any], row: Mapping[Any, Any], at: Seconds) -> Document:
        """Return what a change of a case means for its deadline and its next reminder."""
        stays = row["state"] == before.get("state", row["state"])
        timed = {} if stays else self._timed(before, row, at)
        return timed | {"remind_at": self.remind_at({**row, **timed})}

    def remind_at(self, row: Mapping[Any, Any]) -> Seconds | None:
        """Return when somebody has to be told of a case next."""
        return next_at(standing_of(row), respond_s=self.respond_of(row))

    def respond_of(self, row: Mapping[Any, Any]) -> Seconds:
        """Return how long a case may wait for somebody to respond."""
        return self.respond_s[Urgency(row.get("urgency") or Urgency.ORDINARY)]

    def _timed(self, before: Mapping[Any, Any], row: Mapping[Any, Any], at: Seconds) -> Document:
        match CaseState(before["state"]), CaseState(row["state"]):
            case CaseState.DISPATCHED, CaseState.HANDLING:
                return {}
            case _, CaseState.SUSPENDED:
                return {"deadline": None, "remaining_s": self._remaining(before, at)}
            case CaseState.SUSPENDED, CaseState.HANDLING:
                running = self._resumed(before, at)
                return {"deadline": running, "remaining_s": None, "suspended_until": None}
            case _, state:
                anew = self._deadline(row["type"], state, at)
                return {"deadline": anew, "remaining_s": None, "suspended_until": None}

    def _deadline(self, type_: str, state: CaseState, at: Seconds) -> Seconds | None:
        stage = STAGE_OF.get(state)
        limit = self._limits(type_).get(stage) if stage else None
        return None if limit is None else deadline(at, limit, self.calendar)

    def _remaining(self, row: Mapping[Any, Any], at: Seconds) -> Seconds | None:
        limit, until = self._limits(row["type"]).get(Stage.HANDLE), row["deadline"]
        if limit is None or until is None:
            return None
        return run_between(at, until, limit.clock, self.calendar)

    def _resumed(self, row: Mapping[Any, Any], at: Seconds) -> Seconds | None:
        limit, left = self._limits(row["type"]).get(Stage.HANDLE), row["remaining_s"]
        if limit is None or left is None:
            return None
        return after(at, left, limit.clock, self.calendar)

    def _limits(self, type_: str) -> Mapping[Stage, Any]:
        known = self.profile.types.get(type_)
        return known.limits if known else {}


def _columns(known: CaseType | None) -> Document:
    if known is None:
        return {"urgency": Urgency.ORDINARY.value}
    code = known.code
    return {
        "code": code.code if code else None,
        "code_standard": code.standard if code else None,
        "code_kind": code.kind.value if code else None,
        "urgency": known.urgency.value,
    }
