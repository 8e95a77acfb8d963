"""Warns of crowds: each written down once, with what the webhook is told of it."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
import structlog
from prometheus_client import CollectorRegistry, Counter

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.foresight.crowd_baseline import (
    LEAST_CROWD,
    SLOT_S,
    WEEKS,
    Baseline,
    baseline,
)
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.foresight.crowds import MOST, UNSEEN_S, Filling, Slot, filling, is_over
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.crowds import Crowd, grown, open_crowds, over, warn
from streetwatch.service.store.looked import day_of
from streetwatch.service.store.zone_counts import Count, ZoneSlot, slots_of
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

log = structlog.get_logger(__name__)

_WEEK_S: Final[Seconds] = 7 * 86_400.0

#: A camera and one of its zones.
Place: TypeAlias = tuple[str, str]


class CrowdWatch:
    """Follows the counts of all zones. Used by one thread.

    Args:
        engine: Of the database.
        cameras: All that are watched now.
        levels: From how many people on it is a crowd, where somebody has said so.
        promised: Wakes whoever brings notices; None: nobody does.
        registry: Of the metrics; None: nobody asks.
    """

    def __init__(
        self,
        engine: sa.Engine,
        cameras: Callable[[], Iterable[Camera]],
        levels: Levels,
        *,
        promised: Callable[[], None] | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._engine = engine
        self._cameras = cameras
        self._levels = levels
        self._promised = promised
        self._warned = Counter(
            "streetwatch_crowds",
            "Crowds that were warned of.",
            ["camera", "zone"],
            registry=registry,
        )
        self._recent: dict[Place, deque[Slot]] = {}
        self._known: dict[Place, tuple[int, Baseline]] = {}

    def follow(self, counts: Mapping[ZoneSlot, Count], now: Seconds) -> None:
        """Take slots that are over, and warn of what is filling.

        What the database refuses is judged again with the next slots.
        """
        try:
            self._follow(counts, now)
        except StorageError as error:
            log.warning("crowds.not_stored", reason=str(error))

    def _follow(self, counts: Mapping[ZoneSlot, Count], now: Seconds) -> None:
        there = {(one.camera_id, one.zone_id): one for one in open_crowds(self._engine)}
        for place in self._taken(counts):
            if place in there:
                there[place] = self._grown(there[place], self._recent[place][-1])
            elif (found := self._filling(place, now)) is not None:
                self._warn(place, found)
        for place, one in there.items():  # another process may count some of them
            if is_over(self._stored(place, now - UNSEEN_S, now)[-MOST:], one.level, now):
                over(self._engine, one.id, at=now)
                log.info("crowd.over", camera=place[0], zone=place[1])

    def _taken(self, counts: Mapping[ZoneSlot, Count]) -> Iterable[Place]:
        for key, count in sorted(counts.items(), key=lambda one: one[0].number):
            place = (key.camera_id, key.zone_id)
            at = key.number * SLOT_S
            if place not in self._recent:
                before = self._stored(place, at - MOST * SLOT_S, at)
                self._recent[place] = deque(before, maxlen=MOST)
            self._recent[place].append(Slot(at, count.people / count.looks))
            yield place

    def _stored(self, place: Place, start: Seconds, end: Seconds) -> tuple[Slot, ...]:
        found = slots_of(self._engine, start=start, end=end, cameras=place[:1], zone=place[1])
        return tuple(map(Slot, found.at.tolist(), found.people.tolist()))

    def _filling(self, place: Place, now: Seconds) -> Filling | None:
        level = self._levels.of(*place)
        recent = tuple(self._recent[place])
        if level == 0 or recent[-1].people < (level or LEAST_CROWD) / 2:  # most zones, most times
            return None
        return filling(recent, self._usual(place, now), level)

    def _usual(self, place: Place, now: Seconds) -> Baseline:
        """Return what is usual in a zone, learnt once a day."""
        day, known = self._known.get(place, (-1, None))
        if known is None or day != day_of(now):
            start = now - WEEKS * _WEEK_S
            found = slots_of(self._engine, start=start, end=now, cameras=place[:1], zone=place[1])
            known = baseline(found.at, found.people)
            self._known[place] = (day_of(now), known)
        return known

    def _grown(self, one: Crowd, slot: Slot) -> Crowd:
        if slot.people <= one.peak:
            return one
        grown(self._engine, one.id, peak=slot.people, peak_at=slot.end)
        return replace(one, peak=slot.people, peak_at=slot.end)

    def _warn(self, place: Place, found: Filling) -> None:
        one = _crowd(place, found)
        notice = None if self._promised is None else self._notice(one)
        if not warn(self._engine, one, notice):
            return
        self._warned.labels(*place).inc()
        log.warning("crowd.warned", camera=place[0], zone=place[1], people=round(one.people, 1))
        if self._promised is not None:
            self._promised()

    def _notice(self, one: Crowd) -> dict[str, Any]:
        """Return what the webhook is told (docs/reference/foresight-crowds.md)."""
        names = {camera.id: camera.name for camera in self._cameras()}
        return {
            "notice": "crowd",
            "id": one.id,
            "at": utc(one.warned_at),
            "camera": one.camera_id,
            "camera_name": names.get(one.camera_id, one.camera_id),
            "zone": one.zone_id,
            "people": round(one.people, 1),
            "usual": None if one.usual is None else round(one.usual, 1),
            "heads_to": round(one.heads_to, 1),
            "level": round(one.level, 1),
            "is_usual": one.is_usual,
        }


def _crowd(place: Place, found: Filling) -> Crowd:
    camera_id, zone_id = place
    return Crowd(
        id=f"{camera_id}/{zone_id}/{int(found.at)}",
        camera_id=camera_id,
        zone_id=zone_id,
        warned_at=found.at,
        people=found.people,
        usual=found.usual,
        heads_to=found.heads_to,
        level=found.level,
        is_usual=found.is_usual,
        peak=found.people,
        peak_at=found.at,
    )
