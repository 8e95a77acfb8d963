"""Lists of cases, as fast at the millionth case as at the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.query import Sort
from streetwatch.service.store.schema import desk_case


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins.

    Attributes:
        offset: Cases to leave out; each costs time.
        after: Or the case before the page's first, which costs none.
        sort: The order of the list; the number tells apart what is equal in it.
    """

    limit: int
    offset: int = 0
    after: Mapping[Any, Any] | None = None
    sort: Sort = Sort.NEWEST


Where = Sequence[sa.ColumnElement[bool]]


def rows_at(connection: sa.Connection, where: Where, place: Place) -> Sequence[Mapping[Any, Any]]:
    """Return a page's rows."""
    query = page_of(where, place)
    return connection.execute(query).mappings().all()


def page_of(where: Where, place: Place) -> sa.Select[Any]:
    """Return the question for a page."""
    order = _ordering(place.sort)
    query = sa.select(desk_case).where(*where).order_by(*order).limit(place.limit)
    if place.after is None:
        return query.offset(place.offset) if place.offset else query
    return query.where(_behind(place.after, place.sort))


def _column(sort: Sort) -> sa.Column[Any]:
    return desk_case.c[sort.value.removeprefix("-")]


def _falls(sort: Sort) -> bool:
    return sort.value.startswith("-")


def _ordering(sort: Sort) -> tuple[sa.ColumnElement[Any], ...]:
    column, number = _column(sort), desk_case.c.number
    order = (column.desc(), number.desc()) if _falls(sort) else (column.asc(), number.asc())
    if not column.nullable:  # its index has this order as it is
        return order
    return order[0].nulls_last(), order[1]


def _behind(row: Mapping[Any, Any], sort: Sort) -> sa.ColumnElement[bool]:
    """Return what the cases behind a case of the list meet."""
    column, number = _column(sort), desk_case.c.number
    value = row[column.name]
    last = number < row["number"] if _falls(sort) else number > row["number"]
    if value is None:
        return sa.and_(column.is_(None), last)
    here, there = sa.tuple_(column, number), sa.tuple_(value, row["number"])
    behind = here < there if _falls(sort) else here > there
    return sa.or_(behind, column.is_(None)) if column.nullable else behind
