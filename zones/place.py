"""Where a camera or a zone is on the map."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    """What is underfoot: the traffic police see to the road, the bureau to the pavement."""

    ROAD = "road"
    PAVEMENT = "pavement"


class Crs(StrEnum):
    """Coordinate reference systems kept inside; map offsets (GCJ-02, BD-09) live in adapters."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map and the unit grid it lies in.

    Attributes:
        lon: Degrees east.
        lat: Degrees north.
        crs: What the degrees refer to.
        grid_code: 15 digits of the unit grid (6 district, 3 street, 3 community, 3 grid).
    """

    lon: float
    lat: float
    crs: Crs = Crs.WGS84
    grid_code: str | None = None
