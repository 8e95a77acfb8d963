"""The hours of the day in which a camera has found most: its street is looked at more often then.

One case tells little, and if all cameras were hot none would be: an hour counts where a camera
found as much as one a week in it, and more than nine of ten other cameras did.
"""

from collections import Counter
from collections.abc import Callable, Sized
from typing import Final, TypeAlias

import sqlalchemy as sa

from streetwatch.service.rounds import Rounds
from streetwatch.service.store.happened import Happened, happened
from streetwatch.service.store.looked import hour_of
from streetwatch.vision.types import Seconds

#: What was found in so many weeks tells of today.
WEEKS: Final = 4

#: Cases: as many as one a week.
LEAST: Final = WEEKS

#: So many of the cameras are hot in one hour, at most.
SHARE: Final = 0.1

_WEEK_S: Final[Seconds] = 7 * 86_400.0
_ROUND_S: Final[Seconds] = 3600.0

#: A camera, and an hour of the day on China's clock.
CameraHour: TypeAlias = tuple[str, int]


def hot_hours(found: Happened, *, cameras: int) -> frozenset[CameraHour]:
    """Return the hours in which cameras find more than others.

    Args:
        found: In `WEEKS` weeks.
        cameras: How many there are.
    """
    counts = Counter(zip(found.cameras, map(hour_of, found.at.tolist()), strict=True))
    most = int(cameras * SHARE)
    hot: set[CameraHour] = set()
    for hour in range(24):
        often = [(count, key) for key, count in counts.items() if key[1] == hour and count >= LEAST]
        hot.update(key for _, key in sorted(often, key=lambda one: (-one[0], one[1]))[:most])
    return frozenset(hot)


class HotHours:
    """Knows which cameras are hot now, from what is in the store.

    Args:
        engine: Of the database.
        cameras: All that there are.
        clock: Seconds since the epoch.
    """

    def __init__(
        self, engine: sa.Engine, cameras: Callable[[], Sized], clock: Callable[[], Seconds]
    ) -> None:
        self._engine = engine
        self._cameras = cameras
        self._clock = clock
        self._hot: frozenset[CameraHour] = frozenset()
        self._rounds = Rounds("hot-hours", self.read, every_s=_ROUND_S)

    def start(self) -> None:
        """Begin to read, once an hour."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End."""
        self._rounds.stop(timeout_s=timeout_s)

    def read(self) -> None:
        """Read what was found.

        Raises:
            StorageError: the database refused; what was known goes on.
        """
        now = self._clock()
        found = happened(self._engine, start=now - WEEKS * _WEEK_S, end=now)
        self._hot = hot_hours(found, cameras=len(self._cameras()))

    def __call__(self, camera_id: str, at: Seconds) -> bool:
        """Tell whether a camera is hot at a time. Callable from any thread."""
        return (camera_id, hour_of(at)) in self._hot
