"""A unit grid: the city's smallest unit of management, who works in it and who is in charge."""

from collections.abc import Mapping
from dataclasses import dataclass

from shapely import Geometry

from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Surface
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.schedule import ALWAYS, Schedule

#: Who sees to what stands on a surface where the grid does not say: city-dependent.
DEFAULT_AUTHORITIES = {
    Surface.ROAD.value: "traffic_police",
    Surface.PAVEMENT.value: "urban_management",
}

#: What it usually stands on. Only of parking does the surface decide who is in charge: what is sold
#: or dumped on a road is the bureau's all the same.
_PARKING = {
    ViolationType.ILLEGAL_PARKING_MOTOR.value: Surface.ROAD,
    ViolationType.ILLEGAL_PARKING_NONMOTOR.value: Surface.PAVEMENT,
}


@dataclass(frozen=True, slots=True)
class Worker:
    """Who goes there.

    Attributes:
        id: As the city's own staff list has it; it becomes a case's `assignee`.
        name: What people read.
        schedule: When on duty.
    """

    id: str
    name: str
    schedule: Schedule = ALWAYS


@dataclass(frozen=True, slots=True)
class UnitGrid:
    """One unit grid.

    Attributes:
        code: 15 digits.
        name: What people read.
        area: Polygon or multipolygon, degrees.
        workers: In order: the first on duty is sent.
        authorities: Who is in charge, by surface or by violation type.
    """

    code: str
    name: str
    area: Geometry
    workers: tuple[Worker, ...]
    authorities: Mapping[str, str]

    def on_duty(self, at: Seconds) -> Worker | None:
        """Return who is sent at a moment, None where nobody is on duty."""
        return next((worker for worker in self.workers if worker.schedule.is_open(at)), None)


def authority_of(
    violation_type: str,
    surface: str | None,
    authorities: Mapping[str, str],
    usual: str | None = None,
) -> str:
    """Return who is in charge of a case.

    Args:
        violation_type: What the grid says of the type itself wins.
        surface: `road` or `pavement`; None: what the type usually stands on.
        authorities: The grid's, by type or surface.
        usual: Whose business the type is where the grid says nothing, by the city's profile; None:
            the surface decides.
    """
    stands_on = _PARKING.get(violation_type)
    on = Surface.PAVEMENT.value if stands_on is None else surface or stands_on.value
    said = authorities.get(violation_type) or authorities.get(on)
    return said or usual or DEFAULT_AUTHORITIES[on]
