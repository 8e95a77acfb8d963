"""The queue: what waits for a verdict, as a list for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.review.question import Question, asked_for, held_from, ordered
from streetwatch.service.desk.rows import document_of
from streetwatch.service.store.schema import desk_case, desk_lease
from streetwatch.service.store.transactions import counted, reading
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case of the queue, as its list shows it.

    Attributes:
        held_by: Who looks at it now, if it is somebody else.
    """

    number: str
    external_id: str
    type: str
    camera_id: str | None
    place_name: str
    confidence: float | None
    level: str | None
    reported_at: Seconds
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How much waits.

    Attributes:
        waiting: Cases that are asked for, counted up to 10,000.
        elsewhere: Of these, those that others look at.
    """

    waiting: int
    elsewhere: int


def waiting(
    engine: sa.Engine, question: Question, holder: str, *, limit: int, now: Seconds
) -> tuple[Waiting, ...]:
    """Return the head of the queue, with what others look at."""
    case, lease = desk_case.c, desk_lease.c
    numbers = sa.select(case.number).where(*asked_for(question))
    head = numbers.order_by(*ordered(question.order)).limit(limit).subquery()
    others = sa.and_(lease.number == case.number, lease.until > now, lease.holder != holder)
    columns = (
        *(case[name] for name in ("number", "external_id", "type", "camera_id", "confidence")),
        *(case[name] for name in ("level", "reported_at", "source")),
        case.document["camera", "name"].as_string().label("camera_name"),
        case.document["address"].as_string().label("address"),
        lease.reviewer.label("held_by"),
    )
    wanted = (
        sa.select(*columns)
        .select_from(desk_case.join(head, head.c.number == case.number))
        .outerjoin(desk_lease, others)
        .order_by(*ordered(question.order))
    )
    with reading(engine) as connection:
        rows = connection.execute(wanted).mappings().all()
    return tuple(_waiting(row) for row in rows)


def _waiting(row: Mapping[Any, Any]) -> Waiting:
    names = (
        *("number", "external_id", "type", "camera_id", "confidence"),
        *("level", "reported_at", "held_by"),
    )
    place = row["camera_name"] or row["address"] or row["source"]
    return Waiting(place_name=place, **{name: row[name] for name in names})


def standing(engine: sa.Engine, question: Question, holder: str, *, now: Seconds) -> Standing:
    """Count what waits."""
    where = asked_for(question)
    with reading(engine) as connection:
        every = connection.execute(counted(desk_case, where)).scalar_one()
        held = connection.execute(counted(desk_case, [*where, held_from(holder, now)])).scalar_one()
    return Standing(every, held)


def documents(engine: sa.Engine, numbers: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """Return the cases of these numbers, in their order; those that are none are left out."""
    wanted = sa.select(desk_case).where(desk_case.c.number.in_(numbers))
    with reading(engine) as connection:
        rows = connection.execute(wanted).mappings().all()
    found = {row["number"]: document_of(row) for row in rows}
    return tuple(found[number] for number in numbers if number in found)
