"""Which incidents may be due for deletion: asked by index, decided one by one."""

from collections.abc import Iterator

import sqlalchemy as sa

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


def due_incidents(engine: sa.Engine, *, now: Seconds, periods: Periods) -> Iterator[str]:
    """Yield the ids of incidents that are old enough to be looked at."""
    for question in (
        candidates(now - periods.candidate_s),
        rejected(now - periods.rejected_s),
        with_evidence(now - periods.evidence_s),
    ):
        yield from _ids(engine, question)


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
    """Return the question for messages that the platform has, of incidents that are over."""
    return (
        sa.select(outbox.c.position)
        .join(incident, incident.c.id == outbox.c.incident_id)
        .where(
            outbox.c.state == MessageState.DELIVERED,
            outbox.c.delivered_at <= before,
            incident.c.state.in_(_OVER),
        )
    )


def brought(before: Seconds) -> sa.ColumnElement[bool]:
    """Return the condition for notices that the webhook has."""
    return sa.and_(notice.c.state == MessageState.DELIVERED, notice.c.delivered_at <= before)


def subject_of(connection: sa.Connection, incident_id: str, *, to_delete: bool) -> Subject | None:
    """Read what the decision about an incident depends on; before deleting, keep holds away."""
    row = connection.execute(sa.select(incident).where(incident.c.id == incident_id)).one_or_none()
    if row is None:
        return None
    elsewhere = sa.select(desk_merged.c.number).where(desk_merged.c.external_id == incident_id)
    wanted = sa.select(desk_case.c.ended_at, desk_case.c.legal_hold).where(
        sa.or_(desk_case.c.external_id == incident_id, desk_case.c.number.in_(elsewhere))
    )
    if to_delete:  # a database with row locks; SQLite has one writer
        wanted = wanted.with_for_update()
    case = connection.execute(wanted).one_or_none()
    by_itself = row.closed_at or row.cleared_at or row.last_seen
    return Subject(
        last_seen=row.last_seen,
        violation_at=row.violation_at,
        rejected_at=row.rejected_at,
        ended_at=by_itself if case is None else case.ended_at,
        is_held=case is not None and case.legal_hold,
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
