"""The page `Foresight`: where to send people, and why to believe it."""

from dataclasses import dataclass, field, replace
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from starlette.requests import Request

from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.figures.spans import span_in
from streetwatch.service.console.foresight.asked import Asked, asked_in
from streetwatch.service.console.foresight.tabs import TABS, Choice, Tab
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.foresight.cells import CellKind


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/foresight")
    def page(request: Request) -> None:
        with shell.page(say("Foresight"), active="foresight") as account:
            for sheet in ("figures", "wall", "foresight"):
                ui.add_head_html(f'<link rel="stylesheet" href="/console/static/{sheet}.css">')
            names = tuple(one.name for one in TABS)
            asked = asked_in(request.query_params, now=parts.clock(), tabs=names)
            _Screen(parts.within(account.reach), asked).draw()


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """The page as one reader sees it."""

    parts: Parts
    asked: Asked
    drawn: ui.element = field(init=False)

    def draw(self) -> None:
        """Draw what does not have to be counted, and count while that is looked at."""
        ui.label(say("Foresight")).classes("sw-title").props("role=heading aria-level=1")
        self._draw_tabs()
        self._draw_choice()
        self.drawn = ui.element("div").classes("sw-column")
        ui.timer(0, self._refresh, once=True)

    def _draw_tabs(self) -> None:
        with ui.element("nav").classes("fs-tabs sw-row").props(f'aria-label="{say("Parts")}"'):
            for one in TABS:
                query = replace(self.asked, tab=one.name).query
                link = ui.link(say(one.words), f"/console/foresight?{query}").classes("fs-tab")
                if one.name == self.asked.tab:
                    link.props("aria-current=page")

    def _draw_choice(self) -> None:
        span = self.asked.span
        names = type_names(self.parts.triaging.profile, language_here())

        async def changed(_: ValueChangeEventArguments[Any]) -> None:
            given = {"from": first.value or "", "to": last.value or "", "type": kind.value or ""}
            found = span_in(given, now=self.parts.clock())
            asked = replace(self.asked, span=found, kind=CellKind(cells.value))
            if asked != self.asked:
                self.asked = asked
                ui.navigate.history.replace(f"/console/foresight?{asked.query}")
                await self._refresh()

        choices = self._tab.choices
        if not choices:
            return
        with ui.element("search").classes("sw-row sw-wrap"):
            first = ui.input(say("From"), value=span.first.isoformat(), on_change=changed)
            last = ui.input(say("To"), value=span.last.isoformat(), on_change=changed)
            for box in (first, last):
                box.classes("fg-day").props("dense outlined type=date stack-label")
                box.set_visibility(Choice.DAYS in choices)
            known = span.type if span.type in names else None
            kind = ui.select(dict(names), label=say("Type"), value=known, on_change=changed)
            kind.classes("fg-select").props("dense outlined clearable options-dense")
            kind.set_visibility(Choice.TYPE in choices)
            kinds = {
                CellKind.GRID.value: say("Unit grids"),
                CellKind.HEXAGON.value: say("Hexagons"),
            }
            cells = ui.toggle(kinds, value=self.asked.kind.value, on_change=changed).props("dense")
            cells.set_visibility(Choice.CELLS in choices)

    @property
    def _tab(self) -> Tab:
        return next(one for one in TABS if one.name == self.asked.tab)

    async def _refresh(self) -> None:
        """Count what is asked for and show it."""
        asked = self.asked
        self.drawn.props("aria-busy=true")
        self.drawn.clear()
        with self.drawn, ui.element("div").classes("sw-row sw-empty").props("role=status"):
            ui.spinner()
            ui.label(say("Counting"))
        with self.drawn:
            fresh = ui.element("div").classes("sw-column")
        with fresh:
            await self._tab.draw(self.parts, asked)
        if asked != self.asked:  # somebody has asked for something else meanwhile
            fresh.delete()
            return
        self.drawn.default_slot.children[0].delete()
        self.drawn.props("aria-busy=false")
