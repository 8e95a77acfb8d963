"""The desk's book of cases: one case for each external id, whatever is delivered how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.draft import (
    Document,
    Draft,
    IntakeStep,
    draft_of,
    progress,
    report_document,
)
from streetwatch.service.desk.listing import Place, rows_at
from streetwatch.service.desk.report import Hold, Move, Report
from streetwatch.service.desk.rows import document_of, entry, moved_columns, new_row
from streetwatch.service.desk.states import CaseState, DeskConflictError, moved
from streetwatch.service.store.schema import desk_case, desk_day
from streetwatch.service.store.transactions import counted, locked, reading, writing
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

#: Who has done what the desk does by itself.
THE_DESK = "streetwatch"


class KeyTakenError(DeskConflictError):
    """This idempotency key belongs to another case."""


class OtherCaseError(DeskConflictError):
    """The facts are about another case than the one that was named."""


class NoSuchCaseError(LookupError):
    """There is no case of this number or external id."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are asked for; None does not filter."""

    state: CaseState | None = None
    type: str | None = None
    camera: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the cases, newest first, and how many there are in all.

    Attributes:
        total: Counted up to `COUNTED`.
        next: The number to ask the next page with; None at the end.
    """

    cases: tuple[Document, ...]
    total: int
    next: str | None


class Book:
    """Cases in the database. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        intake: Steps that fill in a new case, in order, inside the transaction that writes it.
    """

    def __init__(self, engine: sa.Engine, *, intake: tuple[IntakeStep, ...] = ()) -> None:
        self._engine = engine
        self._intake = intake

    def report(self, report: Report, *, key: str, now: Seconds) -> tuple[Document, bool]:
        """Take a camera's report; return the case and whether it is a new one.

        Raises:
            KeyTakenError: the key was used for another case.
        """
        return self.file(draft_of(report), key=key, now=now)

    def file(
        self, draft: Draft, *, key: str, now: Seconds, by: str = THE_DESK
    ) -> tuple[Document, bool]:
        """Write a case into the book; return it and whether it is a new one.

        Raises:
            KeyTakenError: the key was used for another case.
        """
        with writing(self._engine) as connection:
            locked(connection, "desk numbers")
            same = desk_case.c.external_id == draft.external_id
            known = _first(connection, sa.or_(same, desk_case.c.idempotency_key == key))
            if known is not None and known["external_id"] != draft.external_id:
                raise KeyTakenError(f"Idempotency-Key {key} belongs to case {known['number']}")
            if known is not None:
                return document_of(known), False
            for step in self._intake:
                draft = step(connection, draft, now)
            row = new_row(draft, number=_next_number(connection, now), key=key, now=now, by=by)
            connection.execute(sa.insert(desk_case).values(row))
        return document_of(row), True

    def update(self, name: str, report: Report) -> Document:
        """Bring a case's facts and evidence up to date; its state is people's business.

        Facts that are older than those it has (a delivery that was long under way) change
        nothing.

        Raises:
            NoSuchCaseError: nothing was reported under this name.
            OtherCaseError: the report is about another case.
        """
        with writing(self._engine) as connection:
            row = _named(connection, name, to_change=True)
            if row["external_id"] != report.external_id:
                raise OtherCaseError(
                    f"case {row['number']} has the external id {row['external_id']}, "
                    f"not {report.external_id}"
                )
            changed = {"document": report_document(report)}
            if progress(changed["document"]) < progress(row["document"]):
                return document_of(row)
            changed |= _reopened(row, changed["document"])
            _change(connection, row, changed)
        return document_of({**row, **changed})

    def move(self, name: str, move: Move, *, now: Seconds) -> Document:
        """Move a case to another state.

        Raises:
            NoSuchCaseError: there is no such case.
            MoveRefusedError: it can't go there.
        """
        with writing(self._engine) as connection:
            row = _named(connection, name, to_change=True)
            state = moved(CaseState(row["state"]), move.state)
            if state == row["state"]:
                return document_of(row)
            why = {"reason": move.reason.value} if move.reason else {}
            step = entry(now, by=move.by, note=move.note, state=state.value, **why)
            changed = moved_columns(state, now) | {"history": [*row["history"], step]}
            _change(connection, row, changed)
        return document_of({**row, **changed})

    def hold(self, name: str, hold: Hold, *, now: Seconds) -> Document:
        """Set or lift a legal hold: while it is set, retention deletes nothing of the case.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with writing(self._engine) as connection:
            row = _named(connection, name, to_change=True)
            if row["legal_hold"] == hold.held:
                return document_of(row)
            action = "legal_hold_set" if hold.held else "legal_hold_lifted"
            step = entry(now, by=hold.by, note=hold.why, action=action)
            changed = {"legal_hold": hold.held, "history": [*row["history"], step]}
            _change(connection, row, changed)
        return document_of({**row, **changed})

    def case(self, name: str) -> Document:
        """Return a case by its number or external id.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with reading(self._engine) as connection:
            return document_of(_named(connection, name))

    def page(
        self, wanted: Filter, *, limit: int, offset: int = 0, after: str | None = None
    ) -> Page:
        """Return cases, newest first.

        Args:
            wanted: Which.
            limit: How many at most.
            offset: How many of the newest to leave out: slow where it is large.
            after: Instead: the number of the case before the first.

        Raises:
            NoSuchCaseError: `after` is none.
        """
        columns = {
            desk_case.c.state: wanted.state,
            desk_case.c.type: wanted.type,
            desk_case.c.camera_id: wanted.camera,
        }
        where = [column == value for column, value in columns.items() if value is not None]
        with reading(self._engine) as connection:
            before = None if after is None else _named(connection, after)
            rows = rows_at(connection, where, Place(limit, offset, before))
            total = connection.execute(counted(desk_case, where)).scalar_one()
        following = rows[-1]["number"] if len(rows) == limit else None
        return Page(tuple(document_of(row) for row in rows), total, following)


def _reopened(row: Mapping[Any, Any], document: Document) -> Document:
    """Return what changes where a closed case turns out to stand on: it is dispatched again."""
    disputed_at = document["disputed_at"]
    is_new = disputed_at is not None and row["document"].get("disputed_at") is None
    if not is_new or row["state"] != CaseState.CLOSED:
        return {}
    state, note = CaseState.DISPATCHED, "结案后仍在 / still there after closing"
    at = datetime.fromisoformat(disputed_at).timestamp()
    step = entry(at, by=THE_DESK, note=note, state=state.value)
    return moved_columns(state, at) | {"history": [*row["history"], step]}


def _first(
    connection: sa.Connection, where: sa.ColumnElement[bool], *, to_change: bool = False
) -> Mapping[Any, Any] | None:
    wanted = sa.select(desk_case).where(where)
    if to_change:  # a database with row locks; SQLite has one writer
        wanted = wanted.with_for_update()
    return connection.execute(wanted).mappings().first()


def _named(connection: sa.Connection, name: str, *, to_change: bool = False) -> Mapping[Any, Any]:
    same = sa.or_(desk_case.c.number == name, desk_case.c.external_id == name)
    row = _first(connection, same, to_change=to_change)
    if row is None:
        raise NoSuchCaseError(f"no case {name!r}")
    return row


def _change(connection: sa.Connection, row: Mapping[Any, Any], changed: Document) -> None:
    here = desk_case.c.number == row["number"]
    connection.execute(sa.update(desk_case).where(here).values(changed))


def _next_number(connection: sa.Connection, now: Seconds) -> str:
    """Number the cases of a day on China's clock: SW-20261123-0001. One writer does so at once."""
    day = f"SW-{datetime.fromtimestamp(now, CHINA):%Y%m%d}-"
    same = desk_day.c.day == day
    last = connection.execute(sa.select(desk_day.c.last).where(same)).scalar_one_or_none()
    if last is None:
        connection.execute(sa.insert(desk_day).values(day=day, last=1))
    else:
        connection.execute(sa.update(desk_day).where(same).values(last=last + 1))
    return f"{day}{(last or 0) + 1:04d}"
