"""The `calibration` key of `cameras.yaml`: where the ground in a camera's picture is."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.wording import refused
from streetwatch.zones import calibration as ground
from streetwatch.zones.calibration import Calibration, Quad
from streetwatch.zones.ground import MapPoint


def on_earth(degrees: float, info: ValidationInfo) -> float:
    """Check a field `lon` or `lat`."""
    limit = 180 if info.field_name == "lon" else 90
    if abs(degrees) > limit:
        raise refused(
            f"is out of bounds: write degrees from -{limit} to {limit} (lon is east, lat is north)"
        )
    return degrees


def _four(points: list[list[float]]) -> list[list[float]]:
    for row, point in enumerate(points):
        if len(point) != 2:
            raise refused("is no point: write two numbers, [x, y]", at=(row,))
    if len(points) != 4:
        raise refused(f"has {len(points)} points: write four, the corners of a flat area")
    return points


def _in_the_picture(points: list[list[float]]) -> list[list[float]]:
    for row, point in enumerate(points):
        if not all(0 <= value <= 1 for value in point):
            raise refused("leaves the picture: write x and y as 0..1 of its size", at=(row,))
    return points


def _on_the_map(points: list[list[float]]) -> list[list[float]]:
    for row, (lon, lat) in enumerate(points):
        if abs(lon) > 180 or abs(lat) > 90:
            raise refused("is no place: write degrees, [longitude, latitude]", at=(row,))
    return points


Four = Annotated[list[list[float]], AfterValidator(_four)]


class OriginEntry(Entry):
    """What metres are counted from."""

    lon: Annotated[float, AfterValidator(on_earth)] = Field(
        title="Longitude", description="Degrees east.", examples=[121.47]
    )
    lat: Annotated[float, AfterValidator(on_earth)] = Field(
        title="Latitude", description="Degrees north.", examples=[31.23]
    )


class CalibrationEntry(Entry):
    """Four points of the picture and where they are on the ground."""

    image: Annotated[Four, AfterValidator(_in_the_picture)] = Field(
        title="Picture",
        description="Four points of flat ground, [x, y] in 0..1, in order around an area.",
        examples=["[[0.1, 0.9], [0.9, 0.9], [0.65, 0.45], [0.35, 0.45]]"],
    )
    ground: Annotated[Four, AfterValidator(_on_the_map)] | None = Field(
        None,
        title="Ground",
        description="The same four as [longitude, latitude], WGS-84 or CGCS2000.",
        examples=["[[121.47, 31.23], [121.47007, 31.23], ...]"],
    )
    metres: Four | None = Field(
        None,
        title="Metres",
        description="Instead of ground: the same four as metres [east, north] of the origin.",
        examples=["[[0, 0], [7, 0], [7, 20], [0, 20]]"],
    )
    origin: OriginEntry | None = Field(
        None,
        title="Origin",
        description="Goes with metres: where they are counted from.",
        examples=["{lon: 121.47, lat: 31.23}"],
    )

    @model_validator(mode="after")
    def _knows_the_ground_one_way(self) -> Self:
        if (self.ground is None) == (self.metres is None):
            raise refused("needs the ground once: write ground: [[lon, lat], ...], or metres")
        if (self.metres is None) != (self.origin is None):
            raise refused("needs metres and origin together: write origin: {lon: ..., lat: ...}")
        problem = ground.problem(self.quad, self._ground())
        if problem:
            what, _, instead = problem.partition(": ")
            raise refused(f"does not fit ({what}): {instead}")
        return self

    def calibration(self) -> Calibration:
        """Return what the core works with."""
        return ground.calibrated(self.quad, self._ground())

    @property
    def quad(self) -> Quad:
        """The four points of the picture."""
        one, two, three, four = ((x, y) for x, y in self.image)
        return one, two, three, four

    def _ground(self) -> tuple[MapPoint, ...]:
        if self.metres is not None and self.origin is not None:
            start = MapPoint(self.origin.lon, self.origin.lat)
            return tuple(start.moved((east, north)) for east, north in self.metres)
        return tuple(MapPoint(lon, lat) for lon, lat in self.ground or ())
