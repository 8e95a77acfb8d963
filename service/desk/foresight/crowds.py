"""Who answers how many people were seen where, which crowds there were, and what stalls used."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.desk.foresight.campaigns import EVERY_PLACE, Where
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.foresight.crowd_baseline import WEEKS, Baseline, baseline
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.foresight.occupancy import Occupancy, occupancy, used_in
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.crowds import Crowd, crowds_between, open_crowds
from streetwatch.service.store.zone_counts import Slots, slots_of, totals_of
from streetwatch.vision.types import Seconds
from streetwatch.zones.occupants import COUNTED
from streetwatch.zones.zone import Zone, ZoneKind

#: Of a zone's course, and of what stalls used.
MOST_DAYS: Final = 62
MOST_USED_DAYS: Final = 366

#: Crowds that one answer lists, the latest ones.
MOST_CROWDS: Final = 1000

_DAY_S: Final[Seconds] = 86_400.0
_WEEK_S: Final[Seconds] = 7 * _DAY_S


class NoZoneError(LookupError):
    """There is no such zone in which is counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A zone in which people are counted.

    Attributes:
        level: From how many on somebody has said that it is a crowd; None: nobody has.
    """

    camera_id: str
    camera_name: str
    zone_id: str
    kind: ZoneKind
    level: float | None

    @property
    def name(self) -> str:
        """As the settings name it."""
        return f"{self.camera_id}/{self.zone_id}"


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How many people a zone had, ten minutes after ten minutes.

    Attributes:
        slots: Those in which somebody looked.
        known: What is usual, as known at the period's end.
        level: From here on it is a crowd; None: not known.
        crowds: That were warned of, the latest first.
    """

    place: Place
    period: Period
    slots: Slots
    known: Baseline
    level: float | None
    crowds: tuple[Crowd, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """A permitted place, and how far stalls made use of it: over all, then by hour of the week."""

    place: Place
    hours: tuple[Occupancy, ...]


@dataclass(frozen=True, slots=True)
class Crowds:
    """Answers about people in zones.

    Attributes:
        engine: Of the database.
        cameras: Those that are watched now.
        clock: Seconds since the epoch.
        levels: From how many people on it is a crowd, where somebody has said so.
        reach: The part of the city that whoever asks is limited to.
    """

    engine: sa.Engine
    cameras: Callable[[], Sequence[Camera]]
    clock: Callable[[], Seconds]
    levels: Levels = field(default_factory=Levels)
    reach: Reach = EVERYWHERE

    def within(self, reach: Reach) -> "Crowds":
        """Return who answers about a part of the city."""
        return replace(self, reach=reach)

    def places(self) -> list[Place]:
        """Return the zones in which people are counted, in order."""
        return [
            self._place(camera, zone)
            for camera in self.cameras()
            if camera.lies_in(self.reach)
            for zone in camera.zones
            if zone.kind in COUNTED
        ]

    def _place(self, camera: Camera, zone: Zone) -> Place:
        level = self.levels.of(camera.id, zone.id)
        return Place(camera.id, camera.name, zone.id, zone.kind, level)

    def now(self) -> tuple[Crowd, ...]:
        """Return the crowds that are there now, the latest first.

        Raises:
            StorageError: the database refused.
        """
        return self._theirs(open_crowds(self.engine))

    def warned(self, period: Period) -> tuple[Crowd, ...]:
        """Return the crowds that were warned of in a period, the latest first.

        Raises:
            StorageError: the database refused.
        """
        found = crowds_between(self.engine, start=period.start, end=period.end, limit=MOST_CROWDS)
        return self._theirs(found)

    def course(self, camera_id: str, zone_id: str, period: Period) -> Course:
        """Return how many people a zone had in a period, and how many are usual.

        Raises:
            InputError: the period is too long.
            NoZoneError: there is no such zone.
            StorageError: the database refused.
        """
        place = self._known(camera_id, zone_id)
        _refuse_longer(period, MOST_DAYS)
        end = min(period.end, self.clock())
        known = self._slots(place, end - WEEKS * _WEEK_S, end)
        usual = baseline(known.at, known.people)
        return Course(
            place,
            period,
            self._slots(place, period.start, period.end),
            usual,
            usual.crowd if place.level is None else place.level or None,
            tuple(
                one
                for one in self.warned(period)
                if (one.camera_id, one.zone_id) == (camera_id, zone_id)
            ),
        )

    def used(self, period: Period, camera_id: str | None = None) -> Iterator[Used]:
        """Yield how far stalls made use of each permitted place in a period.

        Args:
            period: Which.
            camera_id: Only of this camera; None: of all.

        Raises:
            InputError: the period is too long.
            StorageError: the database refused.
        """
        _refuse_longer(period, MOST_USED_DAYS)
        for place in self.places():
            if place.kind is ZoneKind.PERMITTED and camera_id in {None, place.camera_id}:
                found = self._slots(place, period.start, period.end)
                figures = (found.of(name).astype(float) for name in ("looks", "stalls", "stalled"))
                yield Used(place, tuple(occupancy(found.at, *figures)))

    def permitted(self, where: Where = EVERY_PLACE) -> list[Place]:
        """Return the permitted places of a part of the city, in order."""
        return [
            self._place(camera, zone)
            for camera in self.cameras()
            if camera.lies_in(self.reach) and where.has_camera(camera.id, camera.grid)
            for zone in camera.zones
            if zone.kind is ZoneKind.PERMITTED and where.zone in {None, zone.id}
        ]

    def use(self, places: Sequence[Place], period: Period) -> dict[str, Occupancy]:
        """Return how far stalls made use of places in a period, over all its hours, by their name.

        Raises:
            StorageError: the database refused.
        """
        wanted = {(one.camera_id, one.zone_id) for one in places}
        found = totals_of(self.engine, wanted, start=period.start, end=period.end)
        return {
            f"{camera}/{zone}": used_in(seen.looks, days, seen.stalls, seen.stalled)
            for (camera, zone), (days, seen) in found.items()
        }

    def _slots(self, place: Place, start: Seconds, end: Seconds) -> Slots:
        return slots_of(
            self.engine, start=start, end=end, cameras=[place.camera_id], zone=place.zone_id
        )

    def _known(self, camera_id: str, zone_id: str) -> Place:
        for place in self.places():
            if (place.camera_id, place.zone_id) == (camera_id, zone_id):
                return place
        raise NoZoneError(
            f"people are counted in no zone {camera_id}/{zone_id}: GET /foresight/crowds lists them"
        )

    def _theirs(self, found: tuple[Crowd, ...]) -> tuple[Crowd, ...]:
        if self.reach.is_whole:
            return found
        mine = {place.camera_id for place in self.places()}
        return tuple(one for one in found if one.camera_id in mine)


def _refuse_longer(period: Period, most: int) -> None:
    days = round((period.end - period.start) / _DAY_S)
    if days > most:
        raise InputError(f"{days} days are asked for: ask for {most} or fewer")
