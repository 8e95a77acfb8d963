"""The zone editor as an element of a page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments
from pydantic import ValidationError

from streetwatch.service.console.drawing.edits import Edit
from streetwatch.vision.types import Size

_STYLE: Final = Path(__file__).with_name("zone_editor.css")

#: While somebody draws, the street goes on.
REFRESH_MS: Final = 2000


class ZoneEditor(
    Element,
    component="zone_editor.js",
    esm={"streetwatch-zone-geometry": "zone_geometry"},
):
    """A live picture with zones on it.

    Args:
        size: Of the picture, pixels.
        words: What it says, by key.
        on_edit: Is given what was done.
        on_pick: Is given the id of the zone that was chosen, empty for none.
        on_mode: Is given what the keyboard asks for: `draw` or `select`.
    """

    def __init__(
        self,
        *,
        size: Size,
        words: dict[str, str],
        on_edit: Callable[[Edit], None],
        on_pick: Callable[[str], None],
        on_mode: Callable[[str], None],
    ) -> None:
        super().__init__()
        ui.add_css(_STYLE)
        self._props.update(size=list(size), words=words)
        self.on("edit", lambda event: _edited(event, on_edit))
        self.on("pick", lambda event: on_pick(str(event.args)))
        self.on("mode", lambda event: on_mode(str(event.args)))

    def look_at(self, src: str, *, live: bool) -> None:
        """Show a picture.

        Args:
            src: Its address.
            live: Whether it is another one each time that it is asked for.
        """
        self._props.update(src=src, refresh_ms=REFRESH_MS if live else 0)
        self.update()

    def taking(self, mode: str, kind: str) -> str:
        """Return a handler for the browser that takes a tool: clicks may follow within a blink."""
        return f"() => getElement({self.id}).take('{mode}', '{kind}')"

    def draw(self, **shown: Any) -> None:  # noqa: ANN401 -- properties of the component
        """Show zones, ground, stays, the mode or what is selected."""
        self._props.update(shown)
        self.update()


def _edited(event: GenericEventArguments, on_edit: Callable[[Edit], None]) -> None:
    """Hand over an edit; what is none came from no editor of ours."""
    try:
        edit = Edit.model_validate(event.args)
    except ValidationError:
        return
    on_edit(edit)
