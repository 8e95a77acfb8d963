"""What a place had day by day, around a campaign."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import sqlalchemy as sa

from streetwatch.service.desk.foresight.campaigns import Campaign, Where
from streetwatch.service.desk.foresight.scope import Scope, counted, day_number
from streetwatch.service.foresight.campaign import Course
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

#: Hours that a place was looked at, by day of China's calendar, from a day to another, both inside.
#: Nothing: nobody knows.
Looked: TypeAlias = Callable[[Where, int, int], Mapping[int, float]]

_CHINA_S = 8 * 3600
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """A campaign's days, as far as they have passed.

    Attributes:
        first: The first one, of China's calendar from 1970-01-01.
        course: What was there.
        is_looked: Whether it is known how long was looked; else each day counts alike.
    """

    first: int
    course: Course
    is_looked: bool


def days_around(
    engine: sa.Engine, campaign: Campaign, reach: Reach, looked: Looked, *, now: Seconds
) -> Days:
    """Return a campaign's days, and those before and after it; today is not over yet.

    Raises:
        StorageError: the database refused.
    """
    window, during = campaign.window, campaign.period
    first = day_at(window.start)
    end = max(min(day_at(window.end), day_at(now)), first)
    counts = _counts(engine, Scope(campaign.wanted(reach), campaign.zone))
    hours = looked(campaign.where, first, end - 1)
    if hours and counts and min(counts) < min(hours):
        hours = {}  # there were cases before anybody wrote down how long was looked
    began = first if hours or not counts else min(counts)
    looks = [hours.get(day, 0.0) if hours else float(day >= began) for day in range(first, end)]
    course = Course(
        counts=np.array(
            [
                counts.get(day, 0) if look else 0  # nobody looked: what was told says no rate
                for day, look in enumerate(looks, start=first)
            ],
            np.float64,
        ),
        looked=np.array(looks, np.float64),
        weekday=(first + 3) % 7,  # 1970-01-01 was a Thursday
        begins=min(day_at(during.start), end) - first,
        ends=min(day_at(during.end), end) - first,
    )
    return Days(first, course, bool(hours))


def _counts(engine: sa.Engine, scope: Scope) -> Mapping[int, int]:
    day = day_number(desk_case.c.reported_at).label("day")
    query = sa.select(day, sa.func.count()).where(*counted(scope)).group_by(day)
    with reading(engine) as connection:
        return {int(row[0]): row[1] for row in connection.execute(query)}


def day_at(at: Seconds) -> int:
    """Return the day of China's calendar of a moment, counted from 1970-01-01."""
    return int((at + _CHINA_S) // _DAY_S)
