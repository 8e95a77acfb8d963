"""The people of a simulated city in a store: counts, the markets' crowds, and the campaigns."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from streetwatch.datasets.city.ground import KINDS, MARKET
from streetwatch.datasets.city.life import City, Day, Hours
from streetwatch.datasets.city.people import seen_of
from streetwatch.datasets.city.plan import DAY_S, HOUR_S
from streetwatch.service.foresight.crowd_baseline import SLOT_S, WEEKS, Baseline, baseline
from streetwatch.service.foresight.crowds import MOST, Slot, filling, is_over
from streetwatch.service.store.bulk import insert_many
from streetwatch.service.store.campaign_schema import campaign
from streetwatch.service.store.crowd_schema import FIGURES, SLOTS, crowd, zone_count
from streetwatch.service.store.crowds import Crowd
from streetwatch.vision.types import Seconds

#: The service keeps counts for so many days, unless it is told otherwise (`retention.counts_d`).
KEPT_D: Final = 120

#: Detections in ten minutes.
_LOOKS: Final = 60

_A_DAY: Final = 24 * SLOTS


class People:
    """Counts a city's people, day after day; what its markets had is kept, for their crowds."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._markets: defaultdict[str, list[Hours]] = defaultdict(list)

    def fill_day(self, connection: sa.Connection, day: Day) -> None:
        """Write a day's counts, where the service would still have them."""
        if day.number < self._first:
            return
        looked = {
            post.id: row > 0
            for post, row in zip(self._city.ground.posts, day.looked_s, strict=True)
        }
        first = round((self._city.plan.start + day.number * DAY_S) / HOUR_S)
        insert_many(connection, zone_count, self._rows(day.number, first, looked))

    @property
    def _first(self) -> int:
        return max(self._city.plan.days - KEPT_D, 0)

    def _rows(self, day: int, first: int, looked: dict[str, Hours]) -> Iterator[dict[str, Any]]:
        names = [f"{name}_{slot}" for name in FIGURES for slot in range(SLOTS)]
        for seen in seen_of(self._city, day):
            is_looked = looked[seen.camera]
            if seen.zone == MARKET:
                self._markets[seen.camera].append(
                    np.where(np.repeat(is_looked, SLOTS), seen.people, -1)
                )
            figures = np.stack(
                [
                    np.full(_A_DAY, _LOOKS),
                    seen.people * _LOOKS,
                    seen.people,
                    seen.stalls * _LOOKS,
                    (seen.stalls > 0) * _LOOKS,
                ]
            )
            by_hour = figures.reshape(len(FIGURES), 24, SLOTS).transpose(1, 0, 2).reshape(24, -1)
            for hour in np.flatnonzero(is_looked).tolist():
                yield {
                    "camera_id": seen.camera,
                    "zone_id": seen.zone,
                    "hour": first + hour,
                    **dict(zip(names, by_hour[hour].tolist(), strict=True)),
                }

    def fill_crowds(self, connection: sa.Connection) -> None:
        """Write the crowds of the markets, as the service would have warned of them."""
        start = self._city.plan.start + self._first * DAY_S
        insert_many(
            connection,
            crowd,
            (
                {name: getattr(one, name) for name in Crowd.__dataclass_fields__}
                for camera, days in self._markets.items()
                for one in _crowds(camera, np.concatenate(days), start)
            ),
        )


def _crowds(camera: str, counts: Hours, start: Seconds) -> Iterator[Crowd]:
    at = np.asarray(start + np.arange(len(counts)) * SLOT_S, np.float64)
    people = counts.astype(np.float64)
    recent: deque[Slot] = deque(maxlen=MOST)
    there: Crowd | None = None
    for day in range(len(counts) // _A_DAY):
        past = slice(max(day - 7 * WEEKS, 0) * _A_DAY, day * _A_DAY)
        is_seen = counts[past] >= 0
        known = baseline(at[past][is_seen], people[past][is_seen])
        for number in range(day * _A_DAY, (day + 1) * _A_DAY):
            if counts[number] < 0:
                continue
            recent.append(Slot(float(at[number]), float(counts[number])))
            before, there = there, _stepped(camera, there, recent, known)
            if before is not None and there is None:
                yield replace(before, ended_at=recent[-1].end)
    if there is not None:
        yield replace(there, ended_at=recent[-1].end)


def _stepped(
    camera: str, there: Crowd | None, recent: deque[Slot], known: Baseline
) -> Crowd | None:
    now = recent[-1]
    if there is not None:
        if is_over(tuple(recent), there.level, now.end):
            return None
        is_more = now.people > there.peak
        return replace(there, peak=now.people, peak_at=now.end) if is_more else there
    found = filling(tuple(recent), known)
    if found is None:
        return None
    return Crowd(
        f"{camera}/{MARKET}/{int(found.at)}",
        camera,
        MARKET,
        found.at,
        found.people,
        found.usual,
        found.heads_to,
        found.level,
        found.is_usual,
        found.people,
        found.at,
    )


def fill_campaigns(connection: sa.Connection, city: City) -> None:
    """Write the planted campaigns, as somebody would have told of them."""
    insert_many(
        connection,
        campaign,
        (
            {
                "id": f"planted-{number}",
                "name": f"模拟整治 {number}",
                "type": KINDS[one.kind].type,
                "grid": one.grid,
                "camera_id": None,
                "zone_id": None,
                "first_day": (city.plan.first + timedelta(days=one.span[0])).isoformat(),
                "last_day": (city.plan.first + timedelta(days=one.span[1] - 1)).isoformat(),
                "told_by": "simulate",
                "told_at": city.plan.start,
            }
            for number, one in enumerate(city.planted.campaigns, start=1)
        ),
    )
