"""The part of the city that a user or a token is limited to, as it is chosen on a page."""

from nicegui import ui

from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.incidents.reach import EVERYWHERE, Reach


def limits_form(parts: Parts, reach: Reach = EVERYWHERE) -> tuple[ui.select, ui.input]:
    """Draw the choice of cameras and grids; return both."""
    known = {one.id: one.name for one in parts.cameras()}
    gone = {one: one for one in reach.cameras if one not in known}
    chosen = sorted(reach.cameras)
    cameras = ui.select({**known, **gone}, value=chosen, label=say("Only cameras"), multiple=True)
    cameras.props("dense outlined options-dense use-chips").classes("sw-role")
    grids = ui.input(say("Only grids, by code"), value=", ".join(reach.grids))
    return cameras, grids.props("dense outlined")


def grid_codes(text: str | None) -> list[str]:
    """Return the grids of what was typed: `310101, 310104`, with commas of either kind.

    >>> grid_codes("310101， 310104,"), grid_codes(None)
    (['310101', '310104'], [])
    """
    parts = (text or "").replace("，", ",").split(",")
    return [part.strip() for part in parts if part.strip()]
