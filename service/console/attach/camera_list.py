"""All cameras: how each is, where it comes from, and what can be done with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from nicegui import ui

from streetwatch.service.access.role import Account
from streetwatch.service.cameras.merging import Listed, Origin
from streetwatch.service.console.deeds import note
from streetwatch.service.console.editor.dialogs import sure
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell
from streetwatch.service.console.watching.signs import SIGNS
from streetwatch.service.runtime.condition import Condition

ROWS: Final = 50

_ORIGINS: Final[Mapping[Origin, str]] = MappingProxyType(
    {
        Origin.FILE: mark("cameras.yaml"),
        Origin.CONSOLE: mark("console"),
        Origin.CHANGED: mark("changed here"),
    }
)


@dataclass(frozen=True, slots=True)
class _Row:
    """What the list shows of a camera."""

    listed: Listed
    condition: Condition


class CameraList:
    """The list.

    Args:
        parts: What pages act upon.
        account: Who acts.
    """

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts, self._account = parts, account
        self._sought = ""
        self._page = 1

    def draw(self, shell: Shell) -> None:
        """Draw it, and again whenever a camera or its condition changes."""
        with ui.element("div").classes("sw-row sw-wrap"):
            ui.label(say("Cameras")).classes("sw-title").props("role=heading aria-level=1")
            ui.element("div").classes("sw-grow")
            search = ui.input(say("Find by name or address")).props(
                "dense outlined clearable type=search"
            )
            search.on_value_change(lambda event: self._seek(event.value or ""))
            attach = ui.button(say("Attach a camera"), icon="add")
            attach.props('no-caps href="/console/cameras/new"')
        self._body = ui.element("div").classes("sw-column")
        self._rows = self._read()
        self._show()
        shell.live("camera list", self._read, self._take, every_s=2.0)

    def _read(self) -> list[_Row]:
        now = {one.id: one.condition for one in self._parts.live.cameras()}
        return [
            _Row(one, now.get(one.camera.id, Condition.OFFLINE))
            for one in self._parts.catalogue.listed
        ]

    def _take(self, rows: list[_Row]) -> None:
        if rows != self._rows:
            self._rows = rows
            self._show()

    def _seek(self, text: str) -> None:
        self._sought, self._page = text.strip().lower(), 1
        self._show()

    def _found(self) -> list[_Row]:
        return [
            row
            for row in self._rows
            if self._sought
            in f"{row.listed.camera.id} {row.listed.camera.name} "
            f"{row.listed.camera.source.redacted}".lower()
        ]

    def _show(self) -> None:
        found = self._found()
        self._body.clear()
        with self._body:
            if not found:
                ui.label(say("No camera here.")).classes("sw-empty")
            else:
                self._table(found[(self._page - 1) * ROWS : self._page * ROWS])
            pages = -(-len(found) // ROWS)
            if pages > 1:
                turn = ui.pagination(1, pages, value=self._page)
                turn.on_value_change(lambda event: self._turn(event.value))
            self._taken_out()

    def _turn(self, page: int) -> None:
        self._page = page
        self._show()

    def _table(self, rows: list[_Row]) -> None:
        heads = (say("Camera"), say("State"), say("Address"), say("Zones"), say("Kept in"), "")
        with ui.element("table").classes("sw-table"):
            with ui.element("thead"), ui.element("tr"):
                for words in heads:
                    with ui.element("th").props("scope=col"):
                        ui.label(words or say("What to do")).classes("" if words else "sw-hidden")
            with ui.element("tbody"):
                for row in rows:
                    with ui.element("tr"):
                        self._cells(row)

    def _cells(self, row: _Row) -> None:
        listed = row.listed
        camera = listed.camera
        with ui.element("td"):
            ui.label(camera.name).classes("sw-subtitle")
            ui.label(camera.id).classes("sw-quiet")
        sign = SIGNS[row.condition]
        with ui.element("td"), ui.element("span").classes(f"sw-chip {sign.tone}"):
            ui.icon(sign.icon).props("aria-hidden=true")
            ui.label(say(sign.words))
        with ui.element("td").classes("sw-address"):
            ui.label(camera.source.redacted)
        with ui.element("td").classes("sw-number"):
            ui.label(str(len(camera.zones)))
        with ui.element("td"):
            ui.label(say(_ORIGINS[listed.origin])).classes("sw-chip")
        with ui.element("td"), ui.element("div").classes("sw-row"):
            self._actions(listed)

    def _actions(self, listed: Listed) -> None:
        camera = listed.camera
        _way(
            say("Zones"),
            f"/console/cameras/{camera.id}/zones",
            say("Zones of {camera}", camera=camera.name),
        )
        _way(
            say("Change"),
            f"/console/cameras/{camera.id}/change",
            say("Change {camera}", camera=camera.name),
        )
        if listed.origin is Origin.CHANGED:
            back = ui.button(say("Back to the file"), on_click=lambda: self._ask_back(camera.id))
            back.props("flat dense no-caps")
        remove = ui.button(icon="delete", on_click=lambda: self._ask_remove(listed))
        remove.props(f'flat dense aria-label="{say("Remove {camera}", camera=camera.name)}"')
        remove.tooltip(say("Remove"))

    def _ask_remove(self, listed: Listed) -> None:
        async def remove() -> None:
            await asyncio.to_thread(
                self._parts.catalogue.remove, listed.camera.id, by=self._account.name
            )
            await note(self._parts, self._account, "camera.removed", listed.camera.id)
            self._take(self._read())

        question = say(
            "Watch {camera} no more? Its cases and their evidence stay.", camera=listed.camera.name
        )
        sure(question, say("Remove"), remove)

    def _ask_back(self, camera_id: str) -> None:
        async def revert() -> None:
            await asyncio.to_thread(self._parts.catalogue.revert, camera_id, by=self._account.name)
            await note(self._parts, self._account, "camera.reverted", camera_id)
            self._take(self._read())

        question = say("Drop what was changed here and take what cameras.yaml says?")
        sure(question, say("Back to the file"), revert)

    def _taken_out(self) -> None:
        """Offer the file's cameras that were removed here."""
        for camera in self._parts.catalogue.taken_out:
            with ui.element("div").classes("sw-row sw-quiet"):
                ui.label(
                    say("{camera} stands in cameras.yaml and was removed here.", camera=camera.name)
                )
                back = ui.button(say("Watch it again"), on_click=self._again(camera.id))
                back.props("flat dense no-caps")

    def _again(self, camera_id: str) -> Callable[[], Awaitable[None]]:
        async def again() -> None:
            await asyncio.to_thread(self._parts.catalogue.revert, camera_id, by=self._account.name)
            await note(self._parts, self._account, "camera.reverted", camera_id)
            self._take(self._read())

        return again


def _way(words: str, target: str, said: str) -> None:
    ui.link(words, target).props(f'aria-label="{said}"')
