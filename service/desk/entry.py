"""One case's row in the database: found, as somebody expected it, changed, numbered."""

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.errors import ChangedMeanwhileError, KeyTakenError
from streetwatch.service.desk.merging import merged_report
from streetwatch.service.desk.rows import document_of
from streetwatch.service.desk.way import way_columns
from streetwatch.service.store.schema import desk_case, desk_day, desk_merged
from streetwatch.service.store.transactions import locked, writing
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA


@contextmanager
def writing_book(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Write into the book, one after the other: its numbers and revisions have an order."""
    with writing(engine) as connection:
        locked(connection, "desk")
        yield connection


def known_by(
    connection: sa.Connection, external_id: str, key: str
) -> tuple[Mapping[Any, Any] | None, Mapping[Any, Any] | None]:
    """Return the case there is, and the report it was merged as if it was.

    Raises:
        KeyTakenError: the key was used for another case.
    """
    same = desk_case.c.external_id == external_id
    key_too = desk_case.c.idempotency_key == key
    row = first(connection, sa.or_(same, key_too), to_change=True)
    merged = None
    if row is None:
        same = desk_merged.c.external_id == external_id
        merged = merged_report(connection, sa.or_(same, desk_merged.c.idempotency_key == key))
        number = desk_case.c.number == (merged or {}).get("number")
        row = merged and first(connection, number, to_change=True)
    found = merged or row
    if found is not None and found["external_id"] != external_id:
        raise KeyTakenError(f"Idempotency-Key {key} belongs to case {found['number']}")
    return row, merged


def first(
    connection: sa.Connection, where: sa.ColumnElement[bool], *, to_change: bool = False
) -> Mapping[Any, Any] | None:
    """Return the first case of a kind; nobody else changes it meanwhile where it is to change."""
    wanted = sa.select(desk_case).where(where)
    if to_change:  # a database with row locks; SQLite has one writer
        wanted = wanted.with_for_update()
    return connection.execute(wanted).mappings().first()


def expected_of(row: Mapping[Any, Any], revisions: Container[int] | None) -> Mapping[Any, Any]:
    """Return the case, if it is as whoever changes it has read it.

    Raises:
        ChangedMeanwhileError: it has none of the revisions; None: any will do.
    """
    if revisions is not None and row["revision"] not in revisions:
        raise ChangedMeanwhileError(
            f"case {row['number']} has changed since you read it: read it again"
        )
    return row


def enter(connection: sa.Connection, row: Document) -> Document:
    """Write a new case and return it."""
    insert = sa.insert(desk_case).values(row | way_columns(row)).returning(desk_case)
    return document_of(connection.execute(insert).mappings().one())


def change(connection: sa.Connection, row: Mapping[Any, Any], changed: Document) -> Document:
    """Write what has changed of a case, if anything, and return it as it is now."""
    if not changed:
        return document_of(row)
    here = desk_case.c.number == row["number"]
    whole = changed | way_columns({**row, **changed})
    update = sa.update(desk_case).where(here).values(whole).returning(desk_case)
    return document_of(connection.execute(update).mappings().one())


def next_number(connection: sa.Connection, now: Seconds) -> str:
    """Number the cases of a day on China's clock: SW-20261123-0001. One writer does so at once."""
    day = f"SW-{datetime.fromtimestamp(now, CHINA):%Y%m%d}-"
    same = desk_day.c.day == day
    last = connection.execute(sa.select(desk_day.c.last).where(same)).scalar_one_or_none()
    if last is None:
        connection.execute(sa.insert(desk_day).values(day=day, last=1))
    else:
        connection.execute(sa.update(desk_day).where(same).values(last=last + 1))
    return f"{day}{(last or 0) + 1:04d}"
