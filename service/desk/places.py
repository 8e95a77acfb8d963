"""What happened at a place: cases that came back after they were gone (复发、反弹)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.query import within
from streetwatch.service.desk.report import Name
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

DAY_S: Seconds = 86_400.0

#: In which a case that comes back is a recurrence, days.
SPANS = (7, 30, 90)

#: Ends that say that it was there and is gone.
GONE = (CaseState.CLOSED, CaseState.FORCE_CLOSED, CaseState.SELF_CORRECTED)

#: Cases of a place that are told, the newest ones.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Episode:
    """One case of a place.

    Attributes:
        ended_at: When it was gone; None while it is under way, or where it was none.
    """

    number: str
    type: str
    occurred_at: Seconds
    ended_at: Seconds | None


def since_the_last(episodes: Sequence[Episode]) -> dict[str, Seconds]:
    """Return how long before each episode the last one of its type had ended, by number.

    Args:
        episodes: Of one place, in order of time.
    """
    ended: dict[str, Seconds] = {}
    apart: dict[str, Seconds] = {}
    for one in episodes:
        if one.type in ended:
            apart[one.number] = max(one.occurred_at - ended[one.type], 0.0)
        if one.ended_at is not None:
            ended[one.type] = max(one.ended_at, ended.get(one.type, one.ended_at))
    return apart


def recurrences(apart: Mapping[str, Seconds]) -> dict[str, int]:
    """Count what came back within 7, 30 and 90 days."""
    return {str(days): sum(gap <= days * DAY_S for gap in apart.values()) for days in SPANS}


def recurrence_step(connection: sa.Connection, draft: Draft, now: Seconds) -> Draft:
    """Link a case to the last one at its place that was gone: a step of the intake.

    A camera knows better what stood where in its picture: what it says is kept.
    """
    if draft.source == "video" or draft.recurrence_of or draft.place_key is None:
        return draft
    here = (
        desk_case.c.place_key == draft.place_key,
        desk_case.c.type == draft.type,
        desk_case.c.state.in_([state.value for state in GONE]),
        desk_case.c.ended_at >= now - SPANS[-1] * DAY_S,
    )
    wanted = sa.select(desk_case.c.external_id).where(*here)
    gone = connection.execute(wanted.order_by(desk_case.c.ended_at.desc())).scalars().all()
    return replace(draft, recurrence_of=gone[0], repeat_count=len(gone)) if gone else draft


def places_router(engine: sa.Engine) -> APIRouter:
    """Build the router of `/desk/places`."""
    router = APIRouter(prefix="/places", tags=["desk"])

    @router.get("/{place_key:path}/history")
    def history(
        place_key: Name,
        reach: TheirReach,
        type: Name | None = None,  # noqa: A002 -- query parameter
    ) -> dict[str, Any]:
        """Tell the cases of a place, the newest first, and how often it came back."""
        return history_of(engine, place_key, type, reach)

    return router


def history_of(
    engine: sa.Engine, place_key: str, violation_type: str | None, reach: Reach = EVERYWHERE
) -> dict[str, Any]:
    """Return the cases of a place and how many came back within 7, 30 and 90 days."""
    wanted = sa.select(desk_case).where(desk_case.c.place_key == place_key, *within(reach))
    if violation_type is not None:
        wanted = wanted.where(desk_case.c.type == violation_type)
    newest = wanted.order_by(desk_case.c.reported_at.desc()).limit(_MOST)
    with reading(engine) as connection:
        rows = connection.execute(newest).mappings().all()
    episodes = sorted((_episode(row) for row in rows), key=lambda one: one.occurred_at)
    apart = since_the_last(episodes)
    return {
        "place_key": place_key,
        "cases": [_told(row, apart.get(row["number"])) for row in rows],
        "recurrences": recurrences(apart),
    }


def history_around(engine: sa.Engine, number: str, reach: Reach = EVERYWHERE) -> dict[str, Any]:
    """Return what happened at the place of a case with things of its type.

    Nothing where the case is not there, or is nowhere that anybody could name.
    """
    wanted = sa.select(desk_case.c.place_key, desk_case.c.type).where(desk_case.c.number == number)
    with reading(engine) as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None or row.place_key is None:
        return {"place_key": None, "cases": [], "recurrences": recurrences({})}
    return history_of(engine, row.place_key, row.type, reach)


def _episode(row: Mapping[Any, Any]) -> Episode:
    gone = row["ended_at"] if row["state"] in GONE else None
    return Episode(row["number"], row["type"], row["occurred_at"], gone)


def _told(row: Mapping[Any, Any], apart_s: Seconds | None) -> dict[str, Any]:
    days = None if apart_s is None else round(apart_s / DAY_S, 3)
    names = ("number", "external_id", "type", "state", "source", "recurrence_of", "repeat_count")
    moment: Callable[[Seconds | None], str | None] = lambda at: None if at is None else utc(at)  # noqa: E731
    return {
        **{name: row[name] for name in names},
        "occurred_at": moment(row["occurred_at"]),
        "ended_at": moment(row["ended_at"]),
        "days_since_the_last": days,
    }
