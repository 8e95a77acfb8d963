"""What became of places: how long they stayed clean, and which came back again and again."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.scope import Scope, counted, few_enough
from streetwatch.service.desk.places import GONE
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.foresight.relapse import Spell, spell
from streetwatch.service.foresight.relapse_chains import Episode
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_rows, reading
from streetwatch.vision.types import Seconds


def since_closing(engine: sa.Engine, wanted: Wanted, *, now: Seconds) -> list[Spell]:
    """Return how long the places of closed cases stayed clean.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    case, later = desk_case.c, desk_case.alias("later")
    again = (
        sa.select(sa.func.min(later.c.occurred_at))
        .where(later.c.recurrence_of == case.external_id)
        .scalar_subquery()
    )
    query = sa.select(case.ended_at, again.label("again")).where(
        *counted(Scope(wanted)), case.state.in_(GONE), case.ended_at.is_not(None)
    )
    with reading(engine) as connection:
        rows = plain_rows(connection, few_enough(connection, query))
    return [spell(ended, again, now) for ended, again in rows]


def since_campaign(
    engine: sa.Engine, campaign: Campaign, reach: Reach, *, now: Seconds
) -> list[Spell]:
    """Return how long the places stayed clean that a campaign was about, since its end.

    A place is one that had such a violation in the weeks before the campaign or while it lasted.

    Raises:
        StorageError: the database refused.
    """
    case, ends = desk_case.c, campaign.period.end
    until = min(now, campaign.window.end)
    if until <= ends:
        return []
    again = sa.func.min(sa.case((case.reported_at >= ends, case.reported_at)))
    query = (
        sa.select(again)
        .where(*counted(Scope(campaign.wanted(reach), campaign.zone)), case.place_key.is_not(None))
        .group_by(case.place_key, case.type)
        .having(sa.func.min(case.reported_at) < ends)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [spell(ends, row[0], until) for row in rows]


def episodes(engine: sa.Engine, wanted: Wanted) -> list[Episode]:
    """Return the cases of a period that came back, and the ones they came back from.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    again = sa.select(*_COLUMNS).where(
        *counted(Scope(wanted)), desk_case.c.recurrence_of.is_not(None)
    )
    with reading(engine) as connection:
        rows = connection.execute(few_enough(connection, again)).mappings().all()
        found = {row["external_id"]: _episode(row) for row in rows}
        missing = {one.before for one in found.values() if one.before} - set(found)
        for row in _named(connection, sorted(missing)):
            found[row["external_id"]] = _episode(row)
    return list(found.values())


_COLUMNS = (
    *(desk_case.c[name] for name in ("external_id", "number", "place_key", "type")),
    *(desk_case.c[name] for name in ("occurred_at", "ended_at", "recurrence_of")),
)

#: Names that one question asks for.
_AT_ONCE = 500


def _named(connection: sa.Connection, names: list[str]) -> Iterator[Mapping[Any, Any]]:
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        query = sa.select(*_COLUMNS).where(desk_case.c.external_id.in_(some))
        yield from connection.execute(query).mappings()


def _episode(row: Mapping[Any, Any]) -> Episode:
    return Episode(
        id=row["external_id"],
        number=row["number"],
        place=row["place_key"] or "",
        type=row["type"],
        began=row["occurred_at"],
        ended=row["ended_at"],
        before=row["recurrence_of"],
    )
