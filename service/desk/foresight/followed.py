"""What became of places: how long they stayed clean, and which came back again and again."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sqlalchemy as sa

from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.scope import Scope, columns_of, counted, few_rows
from streetwatch.service.desk.places import GONE
from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.foresight.relapse import Spells, spells
from streetwatch.service.foresight.relapse_chains import Episode, in_longest
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.lists import listed_parts, parts_in
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_rows, reading
from streetwatch.vision.types import Seconds

#: Of what has not come back.
_NEVER = -1.0


def since_closing(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> Spells:
    """Return how long the places of closed cases stayed clean.

    Raises:
        StorageError: the database refused.
    """
    case, later = desk_case.c, desk_case.alias()
    again = (
        sa.select(sa.func.min(later.c.occurred_at))
        .where(later.c.recurrence_of == case.external_id)
        .scalar_subquery()
    )
    moments = (case.ended_at, sa.func.coalesce(again, _NEVER))
    query = sa.select(*map(listed_parts, moments)).where(
        *asked_for(wanted),
        # As an expression: SQLite would else take the index of states, and read each row.
        sa.func.coalesce(case.state, "").in_(GONE),
        case.is_double.is_(False),
        case.ended_at.is_not(None),
    )
    with reading(engine) as connection:
        (written,) = plain_rows(connection, query)
    ended, back = parts_in(written)
    return spells(ended, np.where(back < 0, np.nan, back), now)


def since_campaign(engine: sa.Engine, campaign: Campaign, reach: Reach, *, now: Seconds) -> Spells:
    """Return how long the places stayed clean that a campaign was about, since its end.

    A place is one that had such a violation in the weeks before the campaign or while it lasted.

    Raises:
        StorageError: the database refused.
    """
    case, ends = desk_case.c, campaign.period.end
    until = min(now, campaign.window.end)
    if until <= ends:
        return spells(np.zeros(0), np.zeros(0), until)
    again = sa.func.min(sa.case((case.reported_at >= ends, case.reported_at)))
    query = (
        sa.select(again)
        .where(*counted(Scope(campaign.wanted(reach), campaign.zone)), case.place_key.is_not(None))
        .group_by(case.place_key, case.type)
        .having(sa.func.min(case.reported_at) < ends)
    )
    with reading(engine) as connection:
        (back,) = columns_of(plain_rows(connection, query), 1)
    return spells(np.full(len(back), ends), np.array(back, np.float64), until)


def episodes(engine: sa.Engine, wanted: Wanted, most: int) -> list[Episode]:
    """Return the cases of a period's longest chains, and the ones those came back from.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case = desk_case.c
    again = sa.select(case.external_id, case.recurrence_of).where(
        *counted(Scope(wanted)), case.recurrence_of.is_not(None)
    )
    with reading(engine) as connection:
        links = dict(few_rows(connection, again))
        rows = [*_named(connection, sorted(in_longest(links, most)))]
    return [_episode(row, links.get(row[0])) for row in rows]


_COLUMNS = (
    *(desk_case.c[name] for name in ("external_id", "number", "place_key", "type")),
    *(desk_case.c[name] for name in ("occurred_at", "ended_at")),
)

#: Names that one question asks for.
_AT_ONCE = 500


def _named(connection: sa.Connection, names: list[str]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        query = sa.select(*_COLUMNS).where(desk_case.c.external_id.in_(some))
        yield from plain_rows(connection, query)


def _episode(row: tuple[Any, ...], before: str | None) -> Episode:
    name, number, place, type_, began, ended = row
    return Episode(name, number, place or "", type_, began, ended, before)
