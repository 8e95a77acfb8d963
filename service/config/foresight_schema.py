"""The keys of `foresight` in streetwatch.yaml: what the analyses go by."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from streetwatch.service.config.groups import Group, Number
from streetwatch.service.config.wording import refused
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.foresight.frontage import Formula
from streetwatch.zones.rules import ViolationType

Level = Annotated[Number, Field(ge=0, le=100_000)]
Points = Annotated[Number, Field(ge=0, le=100)]


def _known(name: str) -> str:
    if name not in set(ViolationType):
        raise refused(f"{name!r} is no type: write one of {', '.join(ViolationType)}")
    return name


def _place(name: str) -> str:
    camera, _, zone = name.partition("/")
    if not camera or not zone:
        raise refused(f"{name!r} names no zone: write camera/zone, * for any")
    return name


PlaceName = Annotated[str, AfterValidator(_place)]
TypeName = Annotated[str, AfterValidator(_known)]

_DEFAULT = Formula()


class ForesightSettings(Group):
    """What the analyses go by."""

    roads: Path | None = Field(
        None,
        title="Roads",
        description="The city's roads for patrol routes: GeoJSON lines, WGS-84. Left out: straight "
        "lines with a detour.",
        examples=["roads.geojson"],
    )
    frontage_points: dict[TypeName, Points] = Field(
        dict(_DEFAULT.points),
        title="Frontage, for each",
        description="Points that a violation takes from the shop front that it touches, by type.",
        examples=["{out_of_store: 3, exposed_garbage: 3}"],
    )
    frontage_per_hour: dict[TypeName, Points] = Field(
        dict(_DEFAULT.per_hour),
        title="Frontage, for each hour",
        description="Points that it takes for each hour that it stands there, by type.",
        examples=["{out_of_store: 1}"],
    )
    frontage_most: Points = Field(
        _DEFAULT.most,
        title="Frontage, at most",
        description="Points that one violation takes at most.",
        examples=[10],
    )

    crowd_levels: dict[PlaceName, Level] = Field(
        {},
        title="Crowds, from",
        description="From how many people in a look on a zone has a crowd, by place: camera/zone, "
        "* for any; 0: nobody is warned. A place left out: by what is usual there.",
        examples=['{"gate/square": 40, "*/carriageway": 0}'],
    )

    @property
    def levels(self) -> Levels:
        """From how many people on there is a crowd."""
        return Levels(self.crowd_levels)

    @property
    def formula(self) -> Formula:
        """The formula of the frontage score."""
        return Formula(self.frontage_points, self.frontage_per_hour, self.frontage_most)
