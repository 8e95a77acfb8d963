"""Lists of cases, newest first, as fast at the millionth case as at the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.store.schema import desk_case

#: The order of every list; the number tells apart what was reported in one moment.
NEWEST: Final = (desk_case.c.reported_at.desc(), desk_case.c.number.desc())


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page begins.

    Attributes:
        offset: Cases to leave out; each costs time.
        after: Or the case before the page's first, which costs none.
    """

    limit: int
    offset: int = 0
    after: Mapping[Any, Any] | None = None


Where = Sequence[sa.ColumnElement[bool]]


def rows_at(connection: sa.Connection, where: Where, place: Place) -> Sequence[Mapping[Any, Any]]:
    """Return a page's rows."""
    query = page_of(where, place)
    return connection.execute(query).mappings().all()


def page_of(where: Where, place: Place) -> sa.Select[Any]:
    """Return the question for a page."""
    query = sa.select(desk_case).where(*where).order_by(*NEWEST).limit(place.limit)
    if place.after is None:
        return query.offset(place.offset) if place.offset else query
    here = sa.tuple_(desk_case.c.reported_at, desk_case.c.number)
    return query.where(here < (place.after["reported_at"], place.after["number"]))
