"""Counts how long each zone is looked at, and writes it down now and then.

A look tells that the street was looked at since the look before it, unless there was an outage
between them (`zones.presence.OUTAGE_S`). Only seconds in which a rule of the zone applies count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Final

import sqlalchemy as sa
import structlog

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.looked import ZoneHour, add_looked, day_of, hour_of
from streetwatch.vision.types import Seconds
from streetwatch.zones.presence import OUTAGE_S

log = structlog.get_logger(__name__)

#: A process that is killed loses so much of what it has looked at.
WRITE_EVERY_S: Final[Seconds] = 300.0

#: Hours of rules begin and end at quarters at the finest, near enough.
_QUARTER_S: Final = 900


class LookedHours:
    """Keeps how long was looked, off the path of those who look.

    Args:
        engine: Of the database.
        cameras: All that are watched now.
    """

    def __init__(self, engine: sa.Engine, cameras: Callable[[], Iterable[Camera]]) -> None:
        self._engine = engine
        self._cameras = cameras
        self._lock = Lock()
        self._latest: dict[str, Seconds] = {}
        self._quarters: defaultdict[tuple[str, int], Seconds] = defaultdict(float)
        self._rounds = Rounds("looked-hours", self.write, every_s=WRITE_EVERY_S)

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Write what waits and end."""
        self._rounds.stop(timeout_s=timeout_s)
        self.write()

    def add(self, camera_id: str, at: Seconds) -> None:
        """Note that a camera's street was looked at."""
        with self._lock:
            before = self._latest.get(camera_id)
            self._latest[camera_id] = at
            if before is not None and 0 < at - before <= OUTAGE_S:
                self._quarters[camera_id, int(at // _QUARTER_S)] += at - before

    def write(self) -> None:
        """Write what waits; what the database refuses waits on."""
        with self._lock:
            quarters, self._quarters = self._quarters, defaultdict(float)
        cameras = {one.id: one for one in self._cameras()}
        try:
            add_looked(self._engine, _hours(quarters, cameras))
        except StorageError as error:
            log.warning("looked.not_stored", reason=str(error))
            with self._lock:
                for key, seconds in quarters.items():
                    self._quarters[key] += seconds


def _hours(
    quarters: Mapping[tuple[str, int], Seconds], cameras: Mapping[str, Camera]
) -> dict[ZoneHour, Seconds]:
    """Give each quarter of an hour to the zones whose rules applied in its middle."""
    hours: defaultdict[ZoneHour, Seconds] = defaultdict(float)
    for (camera_id, quarter), seconds in quarters.items():
        at = (quarter + 0.5) * _QUARTER_S
        for zone_id in _on_duty(cameras.get(camera_id), at):
            hours[ZoneHour(camera_id, zone_id, day_of(at), hour_of(at))] += seconds
    return hours


def _on_duty(camera: Camera | None, at: Seconds) -> Iterator[str]:
    for zone in camera.zones if camera is not None else ():
        if any(rule.schedule.is_open(at) for rule in zone.rules):
            yield zone.id
