"""The desk's book of cases: one case for each external id, whatever is delivered how often."""

from collections.abc import Callable, Mapping
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
    with_added,
)
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.rows import document_of, entry, moved_columns, new_row
from streetwatch.service.desk.states import CaseState, DeskConflictError, moved
from streetwatch.service.desk.turns import turn
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

#: Who has done what the desk does by itself.
THE_DESK = "streetwatch"


#: A case in one of these was not filed yet: the camera that opens it files it.
LIGHTER = frozenset({CaseState.WARNED, CaseState.SELF_CORRECTED})


#: What else changes with a case: its row after a move and the time, to further columns.
Amendment = Callable[[Mapping[Any, Any], Seconds], Document]


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
    """Some of the cases, newest first, and how many there are in all."""

    cases: tuple[Document, ...]
    total: int


class Book:
    """Cases in the database. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        intake: Steps that fill in a new case, in order, inside the transaction that writes it.
        after_move: What else changes when a case was moved, in order, in the same transaction.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        intake: tuple[IntakeStep, ...] = (),
        after_move: tuple[Amendment, ...] = (),
    ) -> None:
        self._engine = engine
        self._intake = intake
        self._after_move = after_move

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
            same = desk_case.c.external_id == draft.external_id
            known = _first(connection, sa.or_(same, desk_case.c.idempotency_key == key))
            if known is not None and known["external_id"] != draft.external_id:
                raise KeyTakenError(f"Idempotency-Key {key} belongs to case {known['number']}")
            if known is not None and known["state"] in LIGHTER:
                return self._brought(connection, known, draft), False
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
            row = _named(connection, name)
            if row["external_id"] != report.external_id:
                raise OtherCaseError(
                    f"case {row['number']} has the external id {row['external_id']}, "
                    f"not {report.external_id}"
                )
            return self._brought(connection, row, draft_of(report))

    def _brought(self, connection: sa.Connection, row: Mapping[Any, Any], draft: Draft) -> Document:
        """Bring a case to its camera's newest facts; a warned one may become a reported one."""
        document = with_added(draft.document, row["document"])
        if progress(document) < progress(row["document"]):
            return document_of(row)
        changed = {"document": document, **_turned(row, document)}
        if changed.get("state") == CaseState.REPORTED:
            changed |= self._filed_late(connection, row, draft)
        _change(connection, row, changed)
        return document_of({**row, **changed})

    def _filed_late(
        self, connection: sa.Connection, row: Mapping[Any, Any], draft: Draft
    ) -> Document:
        """Fill in a case that was only warned of until now: its time to be handled begins."""
        now = datetime.fromisoformat(draft.document["opened_at"]).timestamp()
        for step in self._intake:
            draft = step(connection, draft, now)
        kept = {"assignee"} if row["assignee"] else set()
        filled = {name: value for name, value in draft.filled.items() if name not in kept}
        return {**filled, "grid_code": draft.grid_code, "reported_at": now}

    def move(self, name: str, move: Move, *, now: Seconds) -> Document:
        """Move a case to another state.

        Raises:
            NoSuchCaseError: there is no such case.
            MoveRefusedError: it can't go there.
        """
        with writing(self._engine) as connection:
            row = _named(connection, name)
            state = moved(CaseState(row["state"]), move.state)
            if state == row["state"]:
                return document_of(row)
            why = {"reason": move.reason.value} if move.reason else {}
            step = entry(now, by=move.by, note=move.note, state=state.value, **why)
            changed = moved_columns(state, now) | {"history": [*row["history"], step]}
            for follow in self._after_move:
                changed |= follow({**row, **changed}, now)
            _change(connection, row, changed)
        return document_of({**row, **changed})

    def amend(self, name: str, how: Callable[[Mapping[Any, Any]], Document]) -> Document:
        """Change columns of a case by what they are, in one transaction.

        Args:
            name: Number or external id.
            how: Returns the columns that change; none: nothing does.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with writing(self._engine) as connection:
            row = _named(connection, name)
            changed = how(row)
            if changed:
                _change(connection, row, changed)
        return document_of({**row, **changed})

    def case(self, name: str) -> Document:
        """Return a case by its number or external id.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with reading(self._engine) as connection:
            return document_of(_named(connection, name))

    def page(self, wanted: Filter, *, limit: int, offset: int) -> Page:
        """Return cases, newest first."""
        columns = {
            desk_case.c.state: wanted.state,
            desk_case.c.type: wanted.type,
            desk_case.c.camera_id: wanted.camera,
        }
        where = [column == value for column, value in columns.items() if value is not None]
        newest = (desk_case.c.reported_at.desc(), desk_case.c.number.desc())
        query = sa.select(desk_case).where(*where).order_by(*newest).limit(limit).offset(offset)
        count = sa.select(sa.func.count()).select_from(desk_case).where(*where)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
            total = connection.execute(count).scalar_one()
        return Page(tuple(document_of(row) for row in rows), total)


def _turned(row: Mapping[Any, Any], document: Document) -> Document:
    """Return the columns that a camera's new facts change, and the history of it."""
    move = turn(CaseState(row["state"]), row["document"], document)
    if move is None:
        return {}
    step = entry(move.at, by=THE_DESK, note=move.note, state=move.state.value)
    return moved_columns(move.state, move.at) | {"history": [*row["history"], step]}


def _first(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Mapping[Any, Any] | None:
    return connection.execute(sa.select(desk_case).where(where)).mappings().first()


def _named(connection: sa.Connection, name: str) -> Mapping[Any, Any]:
    row = _first(connection, sa.or_(desk_case.c.number == name, desk_case.c.external_id == name))
    if row is None:
        raise NoSuchCaseError(f"no case {name!r}")
    return row


def _change(connection: sa.Connection, row: Mapping[Any, Any], changed: Document) -> None:
    here = desk_case.c.number == row["number"]
    connection.execute(sa.update(desk_case).where(here).values(changed))


def _next_number(connection: sa.Connection, now: Seconds) -> str:
    """Number the cases of a day on China's clock: SW-20261123-0001."""
    day = f"SW-{datetime.fromtimestamp(now, CHINA):%Y%m%d}-"
    count = sa.select(sa.func.count()).where(desk_case.c.number.startswith(day))
    return f"{day}{connection.execute(count).scalar_one() + 1:04d}"
