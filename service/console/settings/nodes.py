"""The processes that share the cameras: how each is, and how even it is."""

import asyncio
from typing import Final

from nicegui import ui

from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.table import cell, chip, head
from streetwatch.service.store.node_status import NodeStatus, statuses, unowned
from streetwatch.service.store.nodes import Nodes, Whole

_EVERY_S: Final = 5.0


async def nodes(parts: Parts) -> None:
    """Draw them as they are now, and again every few seconds."""
    told = parts.settings.node
    if told.id is None:
        ui.label(say("This process watches all cameras alone.")).classes("sw-quiet")
        return
    shared = Nodes(parts.store.engine, lease_s=told.lease_s)
    table = ui.element("div")

    async def draw() -> None:
        whole = await asyncio.to_thread(shared.whole)
        ids = [one.id for one in parts.cameras()]
        table.clear()
        with table:
            _draw(whole, told.id or "", lost=len(unowned(whole, ids)))

    await draw()
    ui.timer(_EVERY_S, draw)


def _draw(whole: Whole, here: str, *, lost: int) -> None:
    if lost:
        with ui.element("div").classes("sw-error").props("role=alert"):
            ui.label(say("{count} camera has no node", "{count} cameras have no node", count=lost))
    with ui.element("table").classes("sw-table"):
        head(
            say("Node"),
            say("State"),
            say("Cameras"),
            say("Of its share"),
            say("Near to"),
            say("Version"),
        )
        with ui.element("tbody"):
            for one in statuses(whole):
                _row(one, is_here=one.node == here)


def _row(one: NodeStatus, *, is_here: bool) -> None:
    with ui.element("tr"):
        with ui.element("td"):
            if is_here:
                ui.label(one.node)
                ui.label(say("this page's")).classes("sw-quiet")
            else:
                ui.link(one.node, one.address, new_tab=True)
        with ui.element("td"):
            chip(*_state(one))
        cell(str(one.cameras), "sw-number")
        cell(f"{one.full:.0%}", "sw-number")
        cell(", ".join(one.tags) or "—", "sw-code")
        cell(one.version, "sw-code")


def _state(one: NodeStatus) -> tuple[str, str]:
    if not one.alive:
        return say("not heard of"), "bad"
    return (say("gives its cameras away"), "warn") if one.leaving else (say("at work"), "good")
