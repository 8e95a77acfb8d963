"""Settings of the pages in a browser."""

from typing import Annotated

from pydantic import AfterValidator, Field

from streetwatch.service.config.groups import Group
from streetwatch.service.config.target_values import MapCrs, web_address
from streetwatch.service.config.wording import refused


def _tiles(url: str) -> str:
    if not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise refused("names no tile: write http://HOST/{z}/{x}/{y}.png")
    return web_address(url)


TileAddress = Annotated[str, AfterValidator(_tiles)]


class ConsoleSettings(Group):
    """The pages in a browser."""

    enabled: bool = Field(
        True,  # noqa: FBT003 -- a default
        title="Console",
        description="Whether this process shows the console. Off, it answers the API alone.",
        examples=[False],
    )
    mask_live: bool = Field(
        True,  # noqa: FBT003 -- a default
        title="Masks on the wall",
        description="Whether people are covered in live pictures, where the latest look saw them.",
        examples=[False],
    )
    map_tiles: TileAddress | None = Field(
        None,
        title="Map tiles",
        description="Where browsers get the map's tiles. Left out: a plain grid of degrees.",
        examples=["http://tiles.example/{z}/{x}/{y}.png"],
    )
    map_crs: MapCrs = Field(
        MapCrs.WGS84,
        title="Coordinates of the map",
        description="What the tiles' map has: `wgs84`, `cgcs2000`, `gcj02` or `bd09`.",
        examples=["gcj02"],
    )
    map_attribution: str | None = Field(
        None,
        max_length=200,
        title="Source of the map",
        description="Who made the map; stands in its corner.",
        examples=["天地图 GS(2026)0001"],
    )
