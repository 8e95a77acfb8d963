"""The desk's book of cases: one case for each external id, whatever is delivered how often."""

from collections.abc import Callable, Container, Mapping
from copy import copy
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.draft import (
    ChangeStep,
    Document,
    Draft,
    IntakeStep,
    draft_of,
)
from streetwatch.service.desk.entry import (
    change,
    enter,
    expected_of,
    first,
    known_by,
    next_number,
    writing_book,
)
from streetwatch.service.desk.errors import NoSuchCaseError, OtherCaseError
from streetwatch.service.desk.facts import THE_DESK, Facts
from streetwatch.service.desk.listing import Place, rows_at
from streetwatch.service.desk.merging import (
    Filing,
    Nearness,
    as_merged,
    case_that_has,
    merged_report,
    names_of,
)
from streetwatch.service.desk.query import (
    Filter,
    Page,
    Revision,
    Sort,
    changed_since,
    conditions,
    within,
)
from streetwatch.service.desk.report import Hold, Move, Report
from streetwatch.service.desk.rows import added, document_of, last_at, moved_columns, new_row
from streetwatch.service.desk.states import CaseState, moved
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case, desk_merged
from streetwatch.service.store.transactions import counted, reading
from streetwatch.vision.types import Seconds

#: A case in one of these was not filed yet: the camera that opens it files it.
LIGHTER = frozenset({CaseState.WARNED, CaseState.SELF_CORRECTED})

#: Returns the columns of a case that change, its history with them.
Amend = Callable[[sa.Connection, Mapping[Any, Any]], Document]

#: Who files what no person does.
_THE_DESK: Final = Doer(THE_DESK)


class Book:
    """Cases in the database. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        intake: Steps that fill in a new case, in order, inside the transaction that writes it.
        follow: Steps that say what else changes with a case, in order, whenever it does.
        near: When reports are about one place and so one case; None: each is its own.
    """

    def __init__(
        self,
        engine: sa.Engine,
        *,
        intake: tuple[IntakeStep, ...] = (),
        follow: tuple[ChangeStep, ...] = (),
        near: Nearness | None = None,
    ) -> None:
        self._reach = EVERYWHERE
        self._engine = engine
        self._intake = intake
        self._follow = follow
        self._near = near

    @property
    def engine(self) -> sa.Engine:
        """The database that it is in."""
        return self._engine

    def within(self, reach: Reach) -> "Book":
        """Return the book as somebody reads it who is limited to a part of the city.

        What lies outside it is not there.
        """
        book = copy(self)
        book._reach = reach  # noqa: SLF001 -- our own
        return book

    @property
    def reach(self) -> Reach:
        """The part of the city that whoever reads it is limited to."""
        return self._reach

    def report(self, report: Report, *, key: str, now: Seconds) -> tuple[Document, bool]:
        """Take a camera's report; return the case and whether it is a new one.

        Raises:
            KeyTakenError: the key was used for another case.
        """
        return self.file(draft_of(report), key=key, now=now)

    def file(
        self, draft: Draft, *, key: str, now: Seconds, doer: Doer = _THE_DESK
    ) -> tuple[Document, bool]:
        """Write a case into the book; return it and whether it is a new one.

        Raises:
            KeyTakenError: the key was used for another case.
        """
        with writing_book(self._engine) as connection:
            known, merged = known_by(connection, draft.external_id, key)
            facts = Facts(connection)
            if known is not None and merged is not None:
                changed = facts.merged(known, merged, draft) if draft.camera_id else {}
                changed = self._followed(known, changed, now)
                return as_merged(change(connection, known, changed), draft.external_id), False
            if known is not None:
                changed = facts.own(known, draft) if known["state"] in LIGHTER else {}
                return change(connection, known, self._followed(known, changed, now)), False
            has_it = self._near and case_that_has(connection, draft, self._near)
            if has_it:
                changed = facts.joined(has_it, draft, Filing(key, now, doer))
                changed = self._followed(has_it, changed, now)
                return as_merged(change(connection, has_it, changed), draft.external_id), False
            for step in self._intake:
                draft = step(connection, draft, now)
            number = next_number(connection, now)
            row = new_row(draft, number=number, key=key, now=now, doer=doer)
            return enter(connection, self._followed({}, row, now)), True

    def update(
        self, name: str, report: Report, *, expected: Container[int] | None = None
    ) -> Document:
        """Bring a case's facts and evidence up to date; its state is people's business.

        Facts that are older than those it has (a delivery that was long under way) change
        nothing.

        Raises:
            NoSuchCaseError: nothing was reported under this name.
            OtherCaseError: the report is about another case.
            ChangedMeanwhileError: the case has none of the revisions that are expected.
        """
        with writing_book(self._engine) as connection:
            row = expected_of(self._named(connection, name, to_change=True), expected)
            facts = Facts(connection)
            at = max((report.disputed_at or report.last_seen).timestamp(), last_at(row))
            merged = merged_report(connection, desk_merged.c.external_id == report.external_id)
            if merged is not None and merged["number"] == row["number"]:
                changed = facts.merged(row, merged, draft_of(report))
                case = change(connection, row, self._followed(row, changed, at))
                return as_merged(case, report.external_id)
            if row["external_id"] != report.external_id:
                raise OtherCaseError(
                    f"case {row['number']} has the external id {row['external_id']}, "
                    f"not {report.external_id}"
                )
            changed = facts.own(row, draft_of(report))
            return change(connection, row, self._followed(row, changed, at))

    def move(
        self, name: str, move: Move, *, now: Seconds, expected: Container[int] | None = None
    ) -> Document:
        """Move a case to another state.

        Raises:
            NoSuchCaseError: there is no such case.
            MoveRefusedError: it can't go there.
            ChangedMeanwhileError: the case has none of the revisions that are expected.
        """
        with writing_book(self._engine) as connection:
            row = expected_of(self._named(connection, name, to_change=True), expected)
            state = moved(CaseState(row["state"]), move.state)
            if state == row["state"]:
                return document_of(row)
            said = move.columns(now)
            line = move.doer.line | move.why()
            history = added(row, now, note=move.note, state=state.value, **line)
            changed = moved_columns(state, now) | said | {"history": history}
            return change(connection, row, self._followed(row, changed, now))

    def amend(self, name: str, amend: Amend, *, now: Seconds) -> Document:
        """Change a case in another way than by moving it.

        Raises:
            NoSuchCaseError: there is no such case.
            DeskConflictError: as `amend` finds.
        """
        with writing_book(self._engine) as connection:
            row = self._named(connection, name, to_change=True)
            return change(connection, row, self._followed(row, amend(connection, row), now))

    def hold(self, name: str, hold: Hold, *, now: Seconds) -> Document:
        """Set or lift a legal hold: while it is set, retention deletes nothing of the case.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with writing_book(self._engine) as connection:
            row = self._named(connection, name, to_change=True)
            if row["legal_hold"] == hold.held:
                return document_of(row)
            action = "legal_hold_set" if hold.held else "legal_hold_lifted"
            history = added(row, now, note=hold.why, action=action, **hold.doer.line)
            return change(connection, row, {"legal_hold": hold.held, "history": history})

    def case(self, name: str) -> Document:
        """Return a case by its number or external id.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with reading(self._engine) as connection:
            case = document_of(self._named(connection, name))
            merged = merged_report(connection, desk_merged.c.external_id == name)
        return case if merged is None else as_merged(case, name, merged["document"])

    def names(self, name: str) -> tuple[str, ...]:
        """Return a case's external id and those of the reports that were merged into it.

        Raises:
            NoSuchCaseError: there is no such case.
        """
        with reading(self._engine) as connection:
            return names_of(connection, self._named(connection, name))

    def page(
        self,
        wanted: Filter,
        *,
        limit: int,
        offset: int = 0,
        after: str | None = None,
        sort: Sort = Sort.NEWEST,
    ) -> Page:
        """Return the cases that are asked for, in order.

        Args:
            wanted: Which.
            limit: How many at most.
            offset: How many of the first to leave out: slow where it is large.
            after: Instead: the number of the case before the first.
            sort: In which order.

        Raises:
            NoSuchCaseError: `after` is none.
        """
        where = [*conditions(wanted), *within(self._reach)]
        with reading(self._engine) as connection:
            before = None if after is None else self._named(connection, after)
            rows = rows_at(connection, where, Place(limit, offset, before, sort))
            total = connection.execute(counted(desk_case, where)).scalar_one()
        following = rows[-1]["number"] if len(rows) == limit else None
        return Page(tuple(document_of(row) for row in rows), total, following)

    def latest_revision(self) -> Revision:
        """Return where the order of changes has come to."""
        newest = (desk_case.c.revision.desc(), desk_case.c.number.desc())
        query = sa.select(desk_case.c.revision, desk_case.c.number).order_by(*newest).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return Revision(0) if row is None else Revision(row.revision, row.number)

    def changes(self, since: Revision, *, limit: int) -> tuple[Document, ...]:
        """Return the cases that changed after a point, each once, as it is now."""
        with reading(self._engine) as connection:
            rows = (
                connection.execute(changed_since(since, self._reach, limit=limit)).mappings().all()
            )
        return tuple(document_of(row) for row in rows)

    def _named(
        self, connection: sa.Connection, name: str, *, to_change: bool = False
    ) -> Mapping[Any, Any]:
        here = sa.and_(True, *within(self._reach))  # noqa: FBT003 -- SQLAlchemy's own
        same = sa.or_(desk_case.c.number == name, desk_case.c.external_id == name)
        row = first(connection, sa.and_(same, here), to_change=to_change)
        if row is None:
            merged = merged_report(connection, desk_merged.c.external_id == name)
            same = desk_case.c.number == (merged or {}).get("number")
            row = merged and first(connection, sa.and_(same, here), to_change=to_change)
        if row is None:
            raise NoSuchCaseError(f"no case {name!r}")
        return row

    def _followed(self, row: Mapping[Any, Any], changed: Document, at: Seconds) -> Document:
        """Return what was changed and all that changes with it."""
        for step in self._follow if changed else ():
            changed = changed | step(row, {**row, **changed}, at)
        return changed
