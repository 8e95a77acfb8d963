"""The keys of `cameras.yaml`, their bounds and what they become in the core."""

import re
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from streetwatch.service.config.checking import Entry, unlike
from streetwatch.service.config.ground_schema import CalibrationEntry, on_earth
from streetwatch.service.config.rule_schema import RuleEntry, Windows, schedule_of
from streetwatch.service.config.wording import refused
from streetwatch.vision.capture.errors import SourceError
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.sub_streams import sub_streams
from streetwatch.zones import polygon as outline
from streetwatch.zones.place import Crs, Place, Surface
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.zone import Zone, ZoneKind

_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
_GRID_CODE: Final = re.compile(r"[0-9]{15}")
_ADDRESSES: Final = {
    SourceKind.RTSP: "rtsp://HOST/... or rtsps://HOST/..., and / @ # : in a password as "
    "%2F %40 %23 %3A",
    SourceKind.HTTP: "http://HOST/... or https://HOST/..., and / @ # : in a password as "
    "%2F %40 %23 %3A",
    SourceKind.FILE: "a path, from the folder of this file on",
}


def _identifier(text: str) -> str:
    if not _ID.fullmatch(text):
        raise refused("is no id: write 1 to 64 of the characters a-z, 0-9 and -")
    return text


Identifier = Annotated[str, AfterValidator(_identifier)]


def _sound(polygon: list[list[float]]) -> list[list[float]]:
    for row, corner in enumerate(polygon):
        if len(corner) != 2:
            raise refused("is no corner: write [x, y], each 0..1", at=(row,))
    problem = outline.problem(tuple((x, y) for x, y in polygon))
    if problem:
        what, _, instead = problem.partition(": ")
        advice = instead or "write [x, y] for each, each 0..1"
        raise refused(f"is no area ({what}): {advice}")
    return polygon


def _digits(code: str) -> str:
    if not _GRID_CODE.fullmatch(code):
        raise refused('is no grid code: write its 15 digits in quotes, "310101001001001"')
    return code


class PlaceEntry(Entry):
    """Where a camera stands on the map, or where the ground of a zone lies."""

    lon: Annotated[float, AfterValidator(on_earth)] = Field(
        title="Longitude", description="Degrees east.", examples=[121.47]
    )
    lat: Annotated[float, AfterValidator(on_earth)] = Field(
        title="Latitude", description="Degrees north.", examples=[31.23]
    )
    crs: Crs = Field(
        Crs.WGS84,
        strict=False,
        title="Reference system",
        description="wgs84 or cgcs2000; convert GCJ-02 and BD-09 first.",
        examples=["wgs84"],
    )
    grid_code: Annotated[str, AfterValidator(_digits)] | None = Field(
        None,
        title="Grid code",
        description="15 digits of the unit grid, in quotes.",
        examples=['"310101001001001"'],
    )

    def place(self) -> Place:
        """Return what the core works with."""
        return Place(self.lon, self.lat, self.crs, self.grid_code)


class ZoneEntry(Entry):
    """An area of the picture."""

    id: Identifier = Field(
        title="Id", description="Unique on its camera.", examples=["carriageway"]
    )
    polygon: Annotated[list[list[float]], AfterValidator(_sound)] = Field(
        title="Outline",
        description="At least 3 corners, [x, y] in 0..1 of width and height, in order.",
        examples=["[[0.2, 0.4], [0.7, 0.4], [0.7, 0.7], [0.2, 0.7]]"],
    )
    kind: ZoneKind = Field(
        ZoneKind.PROHIBITED,
        strict=False,
        title="Kind",
        description="prohibited, permitted, exclude, shopfront or privacy_mask.",
        examples=["prohibited"],
    )
    rules: Annotated[list[RuleEntry], unlike("type")] = Field(
        [],
        title="Rules",
        description="Only in prohibited zones, where at least one is needed.",
        examples=["[{type: illegal_parking_motor}]"],
    )

    schedule: Windows = Field(
        [],
        title="Hours",
        description="Only of a permitted zone: when it is one, China time. Left out: always.",
        examples=['[{from: "18:00", to: "22:30"}]'],
    )
    grace_s: float = Field(
        0.0,
        ge=0,
        le=43_200,
        title="Grace",
        description="Only of a permitted zone: for so many seconds after its hours it still is.",
        examples=[900],
    )
    surface: Surface | None = Field(
        None,
        strict=False,
        title="Surface",
        description="road or pavement: whether the traffic police or the bureau sees to it. Left "
        "out: what its type usually stands on.",
        examples=["pavement"],
    )
    place: PlaceEntry | None = Field(
        None,
        title="Place",
        description="Where its ground lies on the map. Cases of two cameras at one place are one "
        "where both zones have this. Left out: the camera's place.",
        examples=["{lon: 121.4701, lat: 31.2302}"],
    )

    @model_validator(mode="after")
    def _has_hours_where_they_count(self) -> Self:
        given = [name for name in ("schedule", "grace_s") if name in self.model_fields_set]
        if given and self.kind is not ZoneKind.PERMITTED:
            raise refused(
                "goes with kind: permitted only: a rule has hours of its own", at=(given[0],)
            )
        return self

    @model_validator(mode="after")
    def _has_rules_where_they_count(self) -> Self:
        if self.kind is ZoneKind.PROHIBITED and not self.rules:
            types = ", ".join(ViolationType)
            raise refused(f"is prohibited without rules: write rules: [{{type: ...}}] of {types}")
        if self.kind is not ZoneKind.PROHIBITED and self.rules:
            raise refused(
                "apply only in a prohibited zone: take them out, or write kind: prohibited",
                at=("rules",),
            )
        return self

    def zone(self) -> Zone:
        """Return what the core works with."""
        corners = tuple((x, y) for x, y in self.polygon)
        rules = tuple(entry.rule() for entry in self.rules)
        hours = schedule_of(self.schedule)
        place = self.place.place() if self.place else None
        return Zone(self.id, corners, self.kind, rules, hours, self.grace_s, self.surface, place)


def _built(kind: object) -> object:
    if kind == "wvp":
        raise refused("is not supported yet: use rtsp, file or http")
    return kind


class SourceEntry(Entry):
    """Where a camera's pictures come from."""

    kind: Annotated[SourceKind, BeforeValidator(_built)] = Field(
        strict=False, title="Kind", description="rtsp, file or http.", examples=["rtsp"]
    )
    url: str = Field(
        title="Address",
        description="For file a path, from the folder of cameras.yaml on.",
        examples=['"rtsp://user:${KERB_PASSWORD}@10.0.0.5/stream1"'],
    )
    sub_stream: bool = Field(
        default=False,
        title="Look in the sub-stream",
        description="Look at the camera's smaller stream, evidence from this one.",
        examples=["true"],
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        try:
            Source(self.kind, self.url)
        except SourceError:
            # Its own words hold the address as filled in: a secret in a path would show.
            advice = f"is no address of a {self.kind} source: write {_ADDRESSES[self.kind]}"
            raise refused(advice, at=("url",)) from None
        if self.sub_stream and not self._tells_its_sub_stream:
            advice = "goes with an RTSP address that tells the smaller stream's: .../stream1, ..."
            raise refused(advice, at=("sub_stream",))
        return self

    @property
    def _tells_its_sub_stream(self) -> bool:
        return self.kind is SourceKind.RTSP and bool(sub_streams(self.url))


class CameraEntry(Entry):
    """One camera."""

    id: Identifier = Field(title="Id", description="Unique.", examples=["kerb"])
    name: str = Field(
        "", title="Name", description="What people read. Left out: the id.", examples=["人民路东口"]
    )
    source: SourceEntry = Field(
        title="Source",
        description="Where the pictures come from.",
        examples=["{kind: rtsp, url: ...}"],
    )
    place: PlaceEntry | None = Field(
        None,
        title="Place",
        description="Where it stands on the map.",
        examples=["{lon: 121.47, lat: 31.23}"],
    )
    calibration: CalibrationEntry | None = Field(
        None,
        title="Calibration",
        description="Where the ground in its picture is: so that two cameras know one violation.",
        examples=["{image: [...], ground: [...]}"],
    )
    zones: Annotated[list[ZoneEntry], unlike("id")] = Field(
        [],
        title="Zones",
        description="Areas of the picture. Without any the camera is only kept live.",
        examples=["[{id: carriageway, polygon: [...], rules: [...]}]"],
    )


class CamerasEntry(Entry):
    """The whole file."""

    cameras: Annotated[list[CameraEntry], unlike("id")] = Field(
        title="Cameras",
        description="All cameras of the file; [] where the console has them all.",
        examples=["[{id: kerb, source: {kind: rtsp, url: ...}, zones: [...]}]"],
    )
