"""The clerk: tells of cases that wait too long, once for each case and stage."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
import structlog

from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.reminders import STAGE_OF, Reminder, due, planned, standing_of
from streetwatch.service.desk.rows import added
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.terms import Terms
from streetwatch.service.desk.way import way_columns
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.notices import promise_notice
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import locked, writing
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

log = structlog.get_logger(__name__)

#: How often the clerk looks: deadlines are hours.
POLL_S: Seconds = 5.0

_SAID: Mapping[Reminder, str] = MappingProxyType(
    {
        Reminder.URGE: "无人响应 / nobody has responded",
        Reminder.OVERDUE: "超期 / past its deadline",
        Reminder.SUSPENSION_OVER: "挂账到期 / no longer suspended",
    }
)

#: What a webhook is told about the case.
_TOLD = ("number", "external_id", "type", "code", "code_standard", "code_kind", "urgency", "state")
_TOLD_OF_PLACE = ("grid_code", "place_key", "lon", "lat", "authority", "assignee", "level")


class Clerk:
    """Works in a thread of its own; several may on one database.

    Args:
        engine: Of the book's database.
        terms: Say how long a case may wait.
        clock: Seconds since the epoch.
        promises: Whether a webhook is there to be told; the history is told in any case.
        on_promise: Called when something was promised.
    """

    def __init__(
        self,
        engine: sa.Engine,
        terms: Terms,
        *,
        clock: Callable[[], Seconds],
        promises: bool,
        on_promise: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._terms = terms
        self._clock = clock
        self._promises = promises
        self._on_promise = on_promise
        self._rounds = Rounds("clerk", self.work, every_s=POLL_S)

    def start(self) -> None:
        """Begin to work."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the case at hand and end. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    def work(self) -> int:
        """Tell everything that is due now; return of how many cases."""
        cases = 0
        while not self._rounds.is_stopping and self._tell_next(self._clock()):
            cases += 1
        if cases and self._promises:
            self._on_promise()
        return cases

    def _tell_next(self, now: Seconds) -> bool:
        waiting = (
            sa.select(desk_case)
            .where(desk_case.c.remind_at <= now)
            .order_by(desk_case.c.remind_at)
            .limit(1)
        )
        with writing(self._engine) as connection:
            locked(connection, "desk")  # whoever writes into the book has it to themselves
            row = connection.execute(waiting).mappings().first()
            if row is None:
                return False
            changed = self._told(connection, row, now)
            here = desk_case.c.number == row["number"]
            changed |= way_columns({**row, **changed})
            connection.execute(sa.update(desk_case).where(here).values(changed))
        return True

    def _told(self, connection: sa.Connection, row: Mapping[Any, Any], now: Seconds) -> Document:
        """Promise what is due about a case, and return its columns with that written down."""
        standing, respond_s = standing_of(row), self._terms.respond_of(row)
        moments = planned(standing, respond_s=respond_s)
        after = dict(row)
        for one in due(standing, respond_s=respond_s, now=now):
            after |= _written(after, one, moments[one], now)
            if self._promises:
                # Its line's place in the history: told again in a later stage, it is another one.
                key = f"{row['number']}-{len(after['history']) - 1}-{one}"
                body = _body(row, one, moments[one], now)
                promise_notice(connection, key, row["number"], body, at=now)
            log.info("desk.reminded", case=row["number"], of=one.value)
        names = ("history", "urged_at", "overdue_at")
        return {name: after[name] for name in names} | {"remind_at": self._terms.remind_at(after)}


def _stage(row: Mapping[Any, Any]) -> str:
    return STAGE_OF[CaseState(row["state"])].value


def _written(row: Mapping[Any, Any], one: Reminder, since: Seconds, now: Seconds) -> Document:
    line = {"action": one.value, "stage": _stage(row), "since": utc(since)}
    history = added(row, now, by=THE_DESK, note=_SAID[one], **line)
    match one:
        case Reminder.URGE:
            return {"history": history, "urged_at": now}
        case Reminder.OVERDUE:
            # The first deadline that it missed stays: what was late once has been late.
            return {"history": history, "overdue_at": row["overdue_at"] or since}
        case Reminder.SUSPENSION_OVER:
            return {"history": history}


def _body(row: Mapping[Any, Any], one: Reminder, since: Seconds, now: Seconds) -> Document:
    """Return what a webhook is told (docs/reference/deadlines.md)."""
    moments = ("occurred_at", "reported_at", "deadline", "suspended_until")
    case = {name: row[name] for name in _TOLD + _TOLD_OF_PLACE}
    case |= {name: None if row[name] is None else utc(row[name]) for name in moments}
    return {
        "notice": one.value,
        "stage": _stage(row),
        "since": utc(since),
        "at": utc(now),
        "case": case,
    }
