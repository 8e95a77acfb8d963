"""The wall's tiles and the map as elements of a page."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import nicegui
from nicegui import ui

from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.watching.tiles import Size, changed

_LEAFLET: Final = Path(nicegui.__file__).parent / "elements" / "leaflet" / "dist"

Tile = Mapping[str, Any]


class WallGrid(ui.element, component="../components/wall_grid.js"):
    """Cameras as tiles.

    Args:
        tiles: Of this page of the wall.
        size: How large they are.
        overlay: Whether zones and stays are drawn.
        pages: How many pages there are: a full screen leafs through them.
        on_leaf: Told how many pages on somebody wants to see, or a full screen is due to show.
    """

    def __init__(
        self,
        tiles: Sequence[Tile],
        *,
        size: Size,
        overlay: bool,
        pages: int,
        on_leaf: Callable[[int], Any],
    ) -> None:
        super().__init__()
        self._known = {tile["id"]: tile for tile in tiles}
        self._props["start"] = list(tiles)
        self._props["size"] = size.value
        self._props["overlay"] = overlay
        self._props["pages"] = pages
        self._props["words"] = {"cameras": say("Cameras")}
        self.on("leaf", lambda event: on_leaf(int(event.args)))

    def replace(self, tiles: Sequence[Tile], *, size: Size, pages: int) -> None:
        """Show other cameras."""
        self._known = {tile["id"]: tile for tile in tiles}
        if (self._props["size"], self._props["pages"]) != (size.value, pages):
            self._props["size"], self._props["pages"] = size.value, pages
            self.update()
        self.run_method("replace", list(tiles))

    def show(self, tiles: Sequence[Tile]) -> None:
        """Show what has changed of them."""
        new = changed(self._known, tiles)
        if new:
            self._known |= {tile["id"]: tile for tile in new}
            self.run_method("show", new)

    def set_overlay(self, *, overlay: bool) -> None:
        """Draw zones and stays, or leave them out."""
        self._props["overlay"] = overlay
        self.update()

    @property
    def ids(self) -> tuple[str, ...]:
        """The cameras that are shown, in order."""
        return tuple(self._known)


class CityMap(
    ui.element, component="../components/city_map.js", esm={"nicegui-leaflet": str(_LEAFLET)}
):
    """A map with points on it, on the tiles of the city's server or on a plain grid."""

    def __init__(self, points: Sequence[Mapping[str, Any]], *, parts: Parts) -> None:
        super().__init__()
        self.add_resource(_LEAFLET)
        console = parts.settings.console
        self._props["start"] = list(points)
        self._props["tiles"] = console.map_tiles or ""
        self._props["attribution"] = console.map_attribution or ""
        self._props["words"] = {
            "map": say("Map"),
            "closer": say("Closer"),
            "wider": say("Wider"),
        }

    def show(self, points: Sequence[Mapping[str, Any]]) -> None:
        """Show other points."""
        self.run_method("show", list(points))

    def save(self, file: str) -> None:
        """Hand what is seen to the browser as a picture of this name."""
        self.run_method("save", file)
