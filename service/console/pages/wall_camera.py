"""One camera, large: what it sees now, and its latest cases."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from nicegui import ui

from streetwatch.service.access.role import Account, Role
from streetwatch.service.console.casework.elements import CaseList
from streetwatch.service.console.casework.lines import Line, line_of
from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, account_here, page_at
from streetwatch.service.console.watching.elements import WallGrid
from streetwatch.service.console.watching.signs import SIGNS
from streetwatch.service.console.watching.tiles import NO_CASES, Size, condition_words, tile_of
from streetwatch.service.desk.query import Filter, Revision, Sort
from streetwatch.service.runtime.live import LiveCamera

#: Cases below the picture.
_LATEST: Final = 10


@dataclass(frozen=True, slots=True)
class _Now:
    """What is read of a camera again and again."""

    camera: LiveCamera | None
    revision: Revision


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/wall/{name}")
    async def page(name: str) -> None:
        theirs = parts.within(account_here(shell).reach)
        now = await asyncio.to_thread(_read, theirs, name)
        title = now.camera.name if now.camera else name
        with shell.page(title, active="wall") as account:
            ui.add_head_html('<link rel="stylesheet" href="/console/static/casework.css">')
            ui.add_head_html('<link rel="stylesheet" href="/console/static/wall.css">')
            if now.camera is None:
                ui.label(say("There is no such camera.")).classes("sw-empty").props("role=alert")
                return
            screen = _Screen(theirs, now, account)
            await screen.draw(now.camera)
            shell.live(("wall", name), partial(_read, theirs, name), screen.follow)


def _read(parts: Parts, name: str) -> _Now:
    found = next((one for one in parts.live.cameras() if one.id == name), None)
    return _Now(found, parts.book.latest_revision())


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """One camera as one onlooker sees it."""

    parts: Parts
    now: _Now
    account: Account
    grid: WallGrid = field(init=False)
    state: ui.element = field(init=False)
    table: CaseList = field(init=False)
    empty: ui.label = field(init=False)

    async def draw(self, camera: LiveCamera) -> None:
        """Draw everything, once."""
        with ui.element("div").classes("sw-row sw-wrap"):
            ui.link(say("All cameras"), "/console/wall")
            ui.label(camera.name).classes("sw-title").props("role=heading aria-level=1")
            self.state = ui.element("div").classes("sw-row").props("role=status")
            ui.element("div").classes("sw-grow")
            if self.account.role.reaches(Role.OPERATOR):
                ui.link(say("Draw its zones"), f"/console/cameras/{camera.id}/zones")
        with ui.element("div").classes("wl-one"):
            self.grid = WallGrid(
                [self._tile(camera)], size=Size.LARGE, overlay=True, pages=1, on_leaf=_nothing
            )
            with ui.element("section").classes("sw-card sw-column"):
                ui.label(say("Latest cases")).classes("sw-subtitle").props(
                    "role=heading aria-level=2"
                )
                lines = await asyncio.to_thread(self._cases, camera.id)
                self.table = CaseList(self._lines(lines), now=self.parts.clock())
                self.empty = ui.label(say("No case yet.")).classes("sw-empty")
                every = f"/console/cases?camera={camera.id}"
                ui.link(say("All its cases"), every)
        self._show_state(camera)
        self._show_empty(lines)

    async def follow(self, now: _Now) -> None:
        """Show what has changed."""
        before, self.now = self.now, now
        if now.camera is None:
            return
        self.grid.show([self._tile(now.camera)])
        self._show_state(now.camera)
        if now.revision != before.revision:
            found = await asyncio.to_thread(self._cases, now.camera.id)
            self.table.show(self._lines(found), now=self.parts.clock(), sort=Sort.NEWEST)
            self._show_empty(found)

    def _tile(self, camera: LiveCamera) -> dict[str, Any]:
        return tile_of(camera, NO_CASES, names=self._names(), say=say)

    def _names(self) -> Mapping[str, str]:
        return type_names(self.parts.triaging.profile, language_here())

    def _show_state(self, camera: LiveCamera) -> None:
        sign = SIGNS[camera.condition]
        self.state.clear()
        with self.state:
            with ui.element("span").classes(f"sw-chip {sign.tone}"):
                ui.icon(sign.icon).props("aria-hidden=true")
                ui.label(condition_words(camera, say))
            if camera.reason:
                ui.label(camera.reason).classes("sw-quiet")

    def _show_empty(self, found: Sequence[Mapping[str, Any]]) -> None:
        self.table.set_visibility(bool(found))
        self.empty.set_visibility(not found)

    def _cases(self, camera_id: str) -> Sequence[Mapping[str, Any]]:
        return self.parts.book.page(Filter(cameras=(camera_id,)), limit=_LATEST).cases

    def _lines(self, found: Sequence[Mapping[str, Any]]) -> list[Line]:
        now = self.parts.clock()
        return [line_of(one, names=self._names(), say=say, now=now) for one in found]


def _nothing(_: int) -> None:
    """Do nothing: there is one camera, and nothing to leaf through."""
