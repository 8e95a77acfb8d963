"""Pieces of the city's ground that are compared: unit grids, or hexagons of one size."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import h3

from streetwatch.zones.place import Place

#: H3's resolution: hexagons with edges of about 200 m.
RESOLUTION: Final = 9

#: Corners, longitude first; closed.
Ring = tuple[tuple[float, float], ...]


class CellKind(StrEnum):
    """What the ground is divided into."""

    GRID = "grid"
    HEXAGON = "hexagon"


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of ground.

    Attributes:
        id: A unit grid's code, or a hexagon's H3 index.
        lon: Of its middle, degrees east; of a grid, of the middle of its cameras.
        lat: Degrees north.
        ring: Its outline; empty where nobody knows it.
    """

    id: str
    lon: float
    lat: float
    ring: Ring = ()


def cell_id(place: Place, kind: CellKind) -> str | None:
    """Name the cell of a place; None where it has no grid."""
    if kind is CellKind.GRID:
        return place.grid_code
    return str(h3.latlng_to_cell(place.lat, place.lon, RESOLUTION))


def cells_of(
    places: Iterable[Place], kind: CellKind, outline: Callable[[str], Ring] = lambda _: ()
) -> dict[str, Cell]:
    """Return the cells that places lie in, by id.

    Args:
        places: Where the cameras are.
        kind: Of cell.
        outline: Of a unit grid, by its code.
    """
    together: dict[str, list[Place]] = {}
    for place in places:
        name = cell_id(place, kind)
        if name is not None:
            together.setdefault(name, []).append(place)
    return {name: _cell(name, kind, here, outline) for name, here in sorted(together.items())}


def _cell(name: str, kind: CellKind, places: list[Place], outline: Callable[[str], Ring]) -> Cell:
    if kind is CellKind.HEXAGON:
        lat, lon = h3.cell_to_latlng(name)
        corners = [(round(east, 7), round(north, 7)) for north, east in h3.cell_to_boundary(name)]
        return Cell(name, lon, lat, (*corners, corners[0]))
    lon = sum(one.lon for one in places) / len(places)
    lat = sum(one.lat for one in places) / len(places)
    return Cell(name, lon, lat, outline(name))
