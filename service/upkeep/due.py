"""What may be due for deletion, incidents and reports of others: decided one by one."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import Periods, Subject
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import (
    attachment,
    desk_case,
    desk_merged,
    incident,
    notice,
    outbox,
)
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

_BATCH = 500

#: Incidents in these states are told of once more at most: if they are disputed.
_OVER = (State.CLEARED, State.CLOSED)


def due(engine: sa.Engine, *, now: Seconds, periods: Periods) -> Iterator[str]:
    """Yield the ids of incidents, and of reports of others, that are old enough to be looked at."""
    for question in (
        candidates(now - periods.candidate_s),
        rejected(now - periods.rejected_s),
        with_evidence(now - periods.evidence_s),
    ):
        yield from _ids(engine, question)
    before = now - min(periods.rejected_s, periods.evidence_s)
    for question in reports(before):
        yield from _ids(engine, question)


def reports(before: Seconds) -> tuple[sa.Select[str], ...]:
    """Return the questions for reports that no camera made and that have evidence still."""
    return tuple(
        sa.select(table.c.external_id.label("id")).where(
            table.c.source != "video",
            since <= before,
            sa.func.json_array_length(table.c.document["evidence"]) > 0,
        )
        for table, since in (
            (desk_case, desk_case.c.occurred_at),
            (desk_merged, desk_merged.c.merged_at),
        )
    )


def candidates(before: Seconds) -> sa.Select[str]:
    """Return the question for incidents that never became a case and have no message."""
    is_told = sa.exists().where(outbox.c.incident_id == incident.c.id)
    return sa.select(incident.c.id).where(
        incident.c.violation_at.is_(None), incident.c.last_seen <= before, ~is_told
    )


def rejected(before: Seconds) -> sa.Select[str]:
    """Return the question for rejected incidents that have evidence still."""
    has_evidence = sa.exists().where(attachment.c.incident_id == incident.c.id)
    return sa.select(incident.c.id).where(incident.c.rejected_at <= before, has_evidence)


def with_evidence(before: Seconds) -> sa.Select[str]:
    """Return the question for other filed incidents whose evidence was taken before."""
    return (
        sa.select(incident.c.id)
        .distinct()
        .join(attachment, attachment.c.incident_id == incident.c.id)
        .where(
            attachment.c.captured_at <= before,
            incident.c.violation_at.is_not(None),
            incident.c.rejected_at.is_(None),
        )
    )


def delivered(before: Seconds) -> sa.Select[int]:
    """Return the question for messages that the platform has, of what is over and not held."""
    # One by one: each is found by an index, both together by none.
    held = sa.exists().where(
        desk_case.c.external_id == outbox.c.incident_id, desk_case.c.legal_hold
    )
    held_by_another = sa.exists().where(
        desk_merged.c.external_id == outbox.c.incident_id,
        desk_case.c.number == desk_merged.c.number,
        desk_case.c.legal_hold,
    )
    return (
        sa.select(outbox.c.position)
        .join(incident, incident.c.id == outbox.c.incident_id)
        .where(
            outbox.c.state == MessageState.DELIVERED,
            outbox.c.delivered_at <= before,
            incident.c.state.in_(_OVER),
            ~held,
            ~held_by_another,
        )
    )


def brought(before: Seconds) -> sa.ColumnElement[bool]:
    """Return the condition for notices that the webhook has, of cases that are not held."""
    held = sa.exists().where(desk_case.c.number == notice.c.case_number, desk_case.c.legal_hold)
    return sa.and_(notice.c.state == MessageState.DELIVERED, notice.c.delivered_at <= before, ~held)


def subject_of(connection: sa.Connection, name: str, *, to_delete: bool) -> Subject | None:
    """Read what the decision about an incident or a report of others depends on.

    Args:
        connection: Of the transaction that decides.
        name: Its id.
        to_delete: Keep holds away until it is deleted.
    """
    row = connection.execute(sa.select(incident).where(incident.c.id == name)).one_or_none()
    # A view of another camera's case is kept with that case.
    case = _case(connection, name if row is None else row.duplicate_of or name, to_delete=to_delete)
    if row is None:
        return None if case is None else _reported(connection, name, case)
    by_itself = row.closed_at or row.cleared_at or row.last_seen
    return Subject(
        last_seen=row.last_seen,
        violation_at=row.violation_at,
        rejected_at=row.rejected_at,
        ended_at=by_itself if case is None else case.ended_at,
        is_held=case is not None and case.legal_hold,
    )


def _case(
    connection: sa.Connection, name: str, *, to_delete: bool
) -> sa.Row[*tuple[Any, ...]] | None:
    elsewhere = sa.select(desk_merged.c.number).where(desk_merged.c.external_id == name)
    wanted: sa.Select[Any] = sa.select(
        desk_case.c.state, desk_case.c.occurred_at, desk_case.c.ended_at, desk_case.c.legal_hold
    ).where(sa.or_(desk_case.c.external_id == name, desk_case.c.number.in_(elsewhere)))
    if to_delete:  # a database with row locks; SQLite has one writer
        wanted = wanted.with_for_update()
    return connection.execute(wanted).one_or_none()


def _reported(connection: sa.Connection, name: str, case: sa.Row[*tuple[Any, ...]]) -> Subject:
    """Return what the decision about a report depends on that no camera made."""
    merged = sa.select(desk_merged.c.merged_at).where(desk_merged.c.external_id == name)
    at = connection.execute(merged).scalar_one_or_none() or case.occurred_at
    return Subject(
        last_seen=at,
        violation_at=at,
        rejected_at=case.ended_at if case.state in REFUSALS else None,
        ended_at=case.ended_at,
        is_held=case.legal_hold,
    )


def _ids(engine: sa.Engine, question: sa.Select[str]) -> Iterator[str]:
    """Ask in batches, so that no transaction stays open while files are deleted."""
    found = question.subquery()
    last = ""
    while True:
        page = sa.select(found.c.id).where(found.c.id > last).order_by(found.c.id).limit(_BATCH)
        with reading(engine) as connection:
            names = connection.execute(page).scalars().all()
        yield from names
        if len(names) < _BATCH:
            return
        last = names[-1]
