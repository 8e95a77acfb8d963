"""The processes that share the cameras: how each is, how even it is, who detects for them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from nicegui import ui

from streetwatch.service.access.role import Account
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.table import cell, chip, head
from streetwatch.service.store.detectors import Detectors, FarDetector
from streetwatch.service.store.node_status import NodeStatus, statuses, unowned
from streetwatch.service.store.nodes import Nodes

_EVERY_S: Final = 5.0

#: How many cameras have no node, the nodes, the detectors.
_Shown = tuple[int, tuple[NodeStatus, ...], tuple[FarDetector, ...]]


async def nodes(parts: Parts, account: Account) -> None:
    """Draw them as they are now, and again every few seconds."""
    told = parts.settings.node
    if told.id is None:
        ui.label(say("This process watches all cameras alone.")).classes("sw-quiet")
        return
    page = _Nodes(parts, account, told.id)
    page.table = ui.element("div").classes("sw-column")
    await page.draw()
    ui.timer(_EVERY_S, page.draw)  # where nothing has changed nobody loses their place


class _Nodes:
    """The section while it is open."""

    table: ui.element

    def __init__(self, parts: Parts, account: Account, here: str) -> None:
        lease_s = parts.settings.node.lease_s
        self._parts, self._account, self._here = parts, account, here
        self._nodes = Nodes(parts.store.engine, lease_s=lease_s)
        self._detectors = Detectors(parts.store.engine, lease_s)
        self._shown: _Shown | None = None

    async def draw(self) -> None:
        """Draw all of them anew, if something has changed."""
        shown = await asyncio.to_thread(self._now)
        if shown == self._shown:
            return
        self._shown, (lost, watching, detecting) = shown, shown
        self.table.clear()
        with self.table:
            if lost:
                with ui.element("div").classes("sw-error").props("role=alert"):
                    ui.label(_lost_words(lost))
            self._watching(watching)
            if detecting:
                _detecting(detecting)

    def _now(self) -> "_Shown":
        whole = self._nodes.whole()
        lost = unowned(whole, [one.id for one in self._parts.cameras()])
        watching = tuple(replace(one, silent_s=0.0) for one in statuses(whole))
        return len(lost), watching, self._detectors.all()

    def _watching(self, all_of_them: tuple[NodeStatus, ...]) -> None:
        with ui.element("table").classes("sw-table"):
            head(
                say("Node"),
                say("State"),
                say("Cameras"),
                say("Cores"),
                say("Of its share"),
                say("Near to"),
                say("Version"),
                "",
            )
            with ui.element("tbody"):
                for one in all_of_them:
                    self._row(one)

    def _row(self, one: NodeStatus) -> None:
        with ui.element("tr"):
            with ui.element("td"):
                if one.node == self._here:
                    ui.label(one.node)
                    ui.label(say("this page's")).classes("sw-quiet")
                else:
                    ui.link(one.node, one.address, new_tab=True)
            with ui.element("td"):
                chip(*_state(one))
            cell(_cameras(one), "sw-number")
            cell(f"{one.cores:.2f} / {one.capacity:g}", "sw-number")
            cell(f"{one.full:.0%}", "sw-number")
            cell(", ".join(one.tags) or "—", "sw-code")
            cell(one.version, "sw-code")
            with ui.element("td"):
                self._act(one)

    def _act(self, one: NodeStatus) -> None:
        """Draw what can be done with a node."""
        if not one.alive:
            words, deed = say("Forget"), partial(self._forget, one.node)
        elif one.leaving:
            words, deed = say("Let it have cameras"), partial(self._take_back, one.node)
        else:
            words, deed = say("Hand over"), partial(self._drain, one.node)
        _button(words, one.node, deed)

    async def _drain(self, node: str) -> None:
        await asyncio.to_thread(self._nodes.leave, node, is_leaving=True)
        await note(self._parts, self._account, "node.drained", node)
        await self.draw()

    async def _take_back(self, node: str) -> None:
        await asyncio.to_thread(self._nodes.leave, node, is_leaving=False)
        await note(self._parts, self._account, "node.taken_back", node)
        await self.draw()

    async def _forget(self, node: str) -> None:
        if await asyncio.to_thread(self._nodes.forget, node):
            await note(self._parts, self._account, "node.forgotten", node)
        await self.draw()


def _button(words: str, node: str, deed: Callable[[], Awaitable[None]]) -> None:
    ui.button(words, on_click=deed).props(f'flat dense aria-label="{words}: {node}"')


def _detecting(detectors: tuple[FarDetector, ...]) -> None:
    """Draw those who look at pictures for the others."""
    title = ui.label(say("Detect for other nodes")).classes("sw-subtitle")
    title.props("role=heading aria-level=2")
    with ui.element("table").classes("sw-table"):
        head(say("Detector"), say("State"), say("Address"), say("Model"))
        with ui.element("tbody"):
            for one in detectors:
                with ui.element("tr"):
                    cell(one.id)
                    with ui.element("td"):
                        chip(*((say("at work"), "good") if one.alive else _silent()))
                    cell(one.address, "sw-code")
                    cell(one.model_sha256[:12], "sw-code")


def _lost_words(count: int) -> str:
    return say("{count} camera has no node", "{count} cameras have no node", count=count)


def _silent() -> tuple[str, str]:
    return say("not heard of"), "bad"


def _cameras(one: NodeStatus) -> str:
    """Say how many it has, and how many it is to have where that differs."""
    return str(one.cameras) if one.cameras == one.wanted else f"{one.cameras} → {one.wanted}"


def _state(one: NodeStatus) -> tuple[str, str]:
    if not one.alive:
        return _silent()
    return (say("gives its cameras away"), "warn") if one.leaving else (say("at work"), "good")
