"""The page `Wall`: all cameras at a glance, as tiles or on a map."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from starlette.requests import Request

from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.console.watching.asking import View, asked_in
from streetwatch.service.console.watching.elements import CityMap, WallGrid
from streetwatch.service.console.watching.glance import Glance, Glancing
from streetwatch.service.console.watching.points import camera_points, case_points
from streetwatch.service.console.watching.signs import SIGNS, WORST_FIRST
from streetwatch.service.console.watching.tiles import (
    NO_CASES,
    Search,
    Shown,
    Size,
    shown,
    tile_of,
    wanted,
)
from streetwatch.service.desk.query import Filter, Revision, Sort
from streetwatch.service.desk.tallies import UNDER_WAY
from streetwatch.service.runtime.condition import Condition

#: Open cases that a map shows; more could not be told apart.
MOST_ON_MAP: Final = 1000

_SIZES: Final = {Size.SMALL: "view_comfy", Size.MIDDLE: "grid_view", Size.LARGE: "crop_square"}


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""
    everything = Glancing(parts)

    @page_at("/console/wall")
    async def page(request: Request) -> None:
        view = asked_in(request.query_params)
        with shell.page(say("Wall"), active="wall", bare=view.is_full) as account:
            ui.add_head_html('<link rel="stylesheet" href="/console/static/casework.css">')
            ui.add_head_html('<link rel="stylesheet" href="/console/static/wall.css">')
            theirs = parts.within(account.reach)
            glancing = everything if theirs is parts else Glancing(theirs)
            now = await asyncio.to_thread(glancing.now)
            screen = _Screen(theirs, view, now)
            await screen.draw()
            shell.keys(("F", say("Full screen")), ("← →", say("Leaf through the wall")))
            shell.live(("wall",), glancing.now, screen.follow)


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """The wall as one onlooker sees it."""

    parts: Parts
    view: View
    now: Glance
    grid: WallGrid | None = None
    city: CityMap | None = None
    points: Sequence[Mapping[str, Any]] = ()
    cases: Sequence[Mapping[str, Any]] = ()
    cases_at: Revision | None = None
    body: ui.element = field(init=False)
    counts: dict[Condition | None, ui.label] = field(default_factory=dict)
    filters: dict[Condition | None, ui.element] = field(default_factory=dict)
    sizes: dict[Size, ui.element] = field(default_factory=dict)
    leaf: ui.label = field(init=False)
    back: ui.button = field(init=False)
    on: ui.button = field(init=False)
    empty: ui.label = field(init=False)

    async def draw(self) -> None:
        """Draw everything, once."""
        with ui.element("div").classes("wl-bar sw-row sw-wrap"):
            ui.label(say("Wall")).classes("sw-title").props("role=heading aria-level=1")
            self._draw_search()
            self._draw_conditions()
            ui.element("div").classes("sw-grow")
            self._draw_looks()
        self.empty = ui.label(say("No camera is like this.")).classes("sw-empty")
        self.body = ui.element("div").classes("wl-body")
        with (
            ui.element("nav")
            .classes("wl-bar sw-row wl-pages")
            .props(f'aria-label="{say("Pages of the wall")}"')
        ):
            self.back = self._leafing("chevron_left", say("Previous page"), -1)
            self.leaf = ui.label().classes("sw-number").props("role=status")
            self.on = self._leafing("chevron_right", say("Next page"), 1)
        await self._draw_body()

    def _draw_search(self) -> None:
        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._ask(replace(self._search, text=event.value or "", page=0))

        box = ui.input(say("Search cameras"), value=self._search.text, on_change=changed)
        box.classes("wl-search").props("dense outlined clearable debounce=250")

    def _draw_conditions(self) -> None:
        """Draw a button for each condition, with how many cameras are in it."""
        with ui.element("div").classes("sw-row").props(f'role=group aria-label="{say("State")}"'):
            for condition in (None, *WORST_FIRST):
                sign = SIGNS[condition] if condition else None
                button = ui.element("button").classes(f"wl-filter {sign.tone if sign else ''}")
                button.props("type=button").on("click", partial(self._filter, condition))
                self.filters[condition] = button
                with button:
                    if sign:
                        ui.icon(sign.icon).props("aria-hidden=true")
                    ui.label(say(sign.words) if sign else say("all"))
                    self.counts[condition] = ui.label().classes("sw-number")

    async def _filter(self, condition: Condition | None) -> None:
        await self._ask(replace(self._search, condition=condition, page=0))

    def _draw_looks(self) -> None:
        with ui.element("div").classes("wl-looks sw-row"):
            if not self.view.is_map:
                self._draw_sizes()
                ui.checkbox(
                    say("Zones and stays"), value=self.view.overlay, on_change=self._overlay
                ).props("dense")
            other = replace(self.view, is_map=not self.view.is_map)
            words = say("As tiles") if self.view.is_map else say("On the map")
            ui.link(words, f"/console/wall?{other.query}").classes("wl-turn")
            if not self.view.is_map:
                full = ui.button(icon="fullscreen", on_click=self._full).props("flat dense")
                full.props(f'aria-label="{say("Full screen")}" title="{say("Full screen")}"')

    def _draw_sizes(self) -> None:
        words = {
            Size.SMALL: say("Small tiles"),
            Size.MIDDLE: say("Middle tiles"),
            Size.LARGE: say("Large tiles"),
        }
        for size in Size:
            button = ui.element("button").classes("wl-filter").props("type=button")
            button.props(f'aria-label="{words[size]}" title="{words[size]}"')
            button.on("click", partial(self._resize, size))
            with button:
                ui.icon(_SIZES[size]).props("aria-hidden=true")
            self.sizes[size] = button

    async def _resize(self, size: Size) -> None:
        await self._ask(replace(self._search, size=size, page=0))

    def _overlay(self, event: ValueChangeEventArguments[Any]) -> None:
        self._keep(replace(self.view, overlay=bool(event.value)))
        if self.grid:
            self.grid.set_overlay(overlay=self.view.overlay)

    def _full(self) -> None:
        if self.grid:
            self.grid.run_method("enter")

    def _leafing(self, icon: str, words: str, by: int) -> ui.button:
        button = ui.button(icon=icon, on_click=partial(self._leaf, by))
        return button.props(f'flat dense aria-label="{words}" title="{words}"')

    @property
    def _search(self) -> Search:
        return self.view.search

    async def _ask(self, search: Search) -> None:
        """Show other cameras."""
        self._keep(replace(self.view, search=search))
        found = self._found()
        if self.grid:
            tiles = self._tiles(found)
            self.grid.replace(tiles, size=search.size, pages=found.pages)
        await self._show_points()
        self._show_counts(found)

    def _keep(self, view: View) -> None:
        self.view = view
        ui.navigate.history.replace(f"/console/wall?{view.query}")

    def _found(self) -> Shown:
        found = shown(self.now.cameras, self._search)
        if found.page != self._search.page:
            self.view = replace(self.view, search=replace(self._search, page=found.page))
        return found

    def _tiles(self, found: Shown) -> list[dict[str, Any]]:
        names = type_names(self.parts.triaging.profile, language_here())
        cases = self.now.cases
        return [
            tile_of(one, cases.get(one.id, NO_CASES), names=names, say=say) for one in found.cameras
        ]

    async def _draw_body(self) -> None:
        found = self._found()
        with self.body:
            if self.view.is_map:
                self.points = await self._points()
                self.city = CityMap(self.points, parts=self.parts).classes("wl-city")
            else:
                self.grid = WallGrid(
                    self._tiles(found),
                    size=self._search.size,
                    overlay=self.view.overlay,
                    pages=found.pages,
                    on_leaf=self._leaf,
                )
        self._show_counts(found)

    async def _leaf(self, by: int) -> None:
        """Show another page; after the last comes the first."""
        page = (self._search.page + by) % self._found().pages
        if page != self._search.page:
            await self._ask(replace(self._search, page=page))

    async def follow(self, now: Glance) -> None:
        """Show what has changed: the cameras stay where they are until somebody asks anew."""
        self.now = now
        if self.grid:
            known = {one.id: one for one in now.cameras}
            here = [known[one] for one in self.grid.ids if one in known]
            self.grid.show(self._tiles(Shown(tuple(here), {}, 0, 1, 0)))
        await self._show_points()
        self._show_counts(self._found())

    async def _show_points(self) -> None:
        if self.city is None:
            return
        points = await self._points()
        if points != self.points:
            self.points = points
            self.city.show(points)

    async def _points(self) -> list[dict[str, Any]]:
        crs = self.parts.settings.console.map_crs
        names = type_names(self.parts.triaging.profile, language_here())
        if self.cases_at != self.now.revision:
            self.cases_at = self.now.revision
            self.cases = await asyncio.to_thread(self._open_cases)
        return [
            *camera_points(wanted(self.now.cameras, self._search), crs, say),
            *case_points(self.cases, crs, names=names, say=say),
        ]

    def _open_cases(self) -> Sequence[Mapping[str, Any]]:
        open_ones = Filter(states=UNDER_WAY)
        return self.parts.book.page(open_ones, limit=MOST_ON_MAP, sort=Sort.NEWEST).cases

    def _show_counts(self, found: Shown) -> None:
        for condition, label in self.counts.items():
            count = found.counts[condition] if condition else sum(found.counts.values())
            label.set_text(str(count))
            pressed = condition is self._search.condition
            self.filters[condition].props(f"aria-pressed={str(pressed).lower()}")
        for size, button in self.sizes.items():
            button.props(f"aria-pressed={str(size is self._search.size).lower()}")
        many = say("{page} of {pages}", page=found.page + 1, pages=found.pages)
        self.leaf.set_text(many)
        self.back.set_enabled(found.page > 0)
        self.on.set_enabled(found.page + 1 < found.pages)
        self.empty.set_visibility(not found.cameras)
        for one in (self.leaf, self.back, self.on):
            one.set_visibility(found.pages > 1 and not self.view.is_map)
