"""Counts people and stalls in each zone at the detections that are made anyway.

Counts only: nobody is followed, nothing of a person is kept. A look at which what was seen before
is said again says nothing of who walks by, and does not count.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final, TypeAlias

import sqlalchemy as sa
import structlog

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.zone_counts import Count, ZoneSlot, add_counts, slot_of
from streetwatch.vision.types import Look, Seconds
from streetwatch.zones.occupants import occupants

log = structlog.get_logger(__name__)

#: How often is looked whether ten minutes are over.
WRITE_EVERY_S: Final[Seconds] = 30.0

#: A look of the slot before may come so late.
_LATE_S: Final[Seconds] = 10.0

Counts: TypeAlias = Mapping[ZoneSlot, Count]


class ZoneCounts:
    """Keeps counts of ten minutes, off the path of those who look.

    Args:
        engine: Of the database.
        thresholds: Confidence of each label from which on it counts.
        clock: Seconds since the epoch.
        then: Told of the slots that are over, and of the time; of none, too.
    """

    def __init__(
        self,
        engine: sa.Engine,
        thresholds: Mapping[str, float],
        *,
        clock: Callable[[], Seconds],
        then: Callable[[Counts, Seconds], None] = lambda _counts, _now: None,
    ) -> None:
        self._engine = engine
        self._thresholds = thresholds
        self._clock = clock
        self._then = then
        self._lock = Lock()
        self._slots: dict[ZoneSlot, Count] = {}
        self._rounds = Rounds("zone-counts", self._round, every_s=WRITE_EVERY_S)

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Write what waits, whole or not, and end."""
        self._rounds.stop(timeout_s=timeout_s)
        self._write(lambda _: True)

    def add(self, camera: Camera, look: Look) -> None:
        """Count what one look shows."""
        if not look.is_detected:
            return
        number = slot_of(look.at)
        found = occupants(look, camera.zones, self._thresholds)
        with self._lock:
            for zone_id, (people, stalls) in found.items():
                key = ZoneSlot(camera.id, zone_id, number)
                self._slots[key] = self._slots.get(key, Count()).and_one(people, stalls)

    def write(self, now: Seconds) -> Counts:
        """Write the slots that are over; what the database refuses waits on."""
        last = slot_of(now - _LATE_S)
        return self._write(lambda one: one.number < last)

    def _round(self) -> None:
        now = self._clock()
        self._then(self.write(now), now)

    def _write(self, is_due: Callable[[ZoneSlot], bool]) -> Counts:
        with self._lock:
            due = {one: count for one, count in self._slots.items() if is_due(one)}
            for one in due:
                del self._slots[one]
        try:
            add_counts(self._engine, due)
        except StorageError as error:
            log.warning("counts.not_stored", reason=str(error))
            with self._lock:
                for one, count in due.items():
                    self._slots[one] = self._slots.get(one, Count()) + count
            return {}
        return due
