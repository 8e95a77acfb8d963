"""The page `Numbers`: how well the cameras see, how fast the city works, each with its n."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from starlette.requests import Request

from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.figures.cards import AIM, cards, false_alarms
from streetwatch.service.console.figures.charts import (
    days_chart,
    hours_chart,
    shares_chart,
    times_chart,
)
from streetwatch.service.console.figures.drawing import draw_card, draw_chart, draw_table
from streetwatch.service.console.figures.found import Found, days_watched, read_found
from streetwatch.service.console.figures.spans import Preset, Span, span_in, today_at
from streetwatch.service.console.figures.tables import health_lines, lag_lines
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/numbers")
    def page(request: Request) -> None:
        with shell.page(say("Numbers"), active="numbers") as account:
            ui.add_head_html('<link rel="stylesheet" href="/console/static/figures.css">')
            span = span_in(request.query_params, now=parts.clock())
            screen = _Screen(parts.within(account.reach), span)
            screen.draw()


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """The numbers as one reader sees them."""

    parts: Parts
    span: Span
    found: Found = field(init=False)
    drawn: ui.element = field(init=False)

    def draw(self) -> None:
        """Draw what does not have to be counted, and count while that is looked at."""
        ui.label(say("Numbers")).classes("sw-title").props("role=heading aria-level=1")
        self._draw_choice()
        self.drawn = ui.element("div").classes("sw-column")
        ui.timer(0, self._refresh, once=True)

    async def _refresh(self) -> None:
        """Read the numbers of the span and show them."""
        span = self.span
        self.drawn.clear()
        with self.drawn, ui.element("div").classes("sw-row sw-empty").props("role=status"):
            ui.spinner()
            ui.label(say("Counting"))
        found = await asyncio.to_thread(read_found, self.parts.reporter, span)
        if span != self.span:  # somebody has asked for another meanwhile
            return
        self.found = found
        self.drawn.clear()
        with self.drawn:
            self._draw_found()

    async def _choose(self, span: Span) -> None:
        self.span = span
        ui.navigate.history.replace(f"/console/numbers?{span.query}")
        await self._refresh()

    def _draw_choice(self) -> None:
        today = today_at(self.parts.clock())
        names = type_names(self.parts.triaging.profile, language_here())
        cameras = {one.id: one.name for one in self.parts.cameras()}
        spans = {
            Preset.TODAY: say("today"),
            Preset.WEEK: say("7 days"),
            Preset.MONTH: say("30 days"),
            Preset.QUARTER: say("90 days"),
            Preset.CHOSEN: say("chosen"),
        }
        with ui.element("search").classes("sw-row sw-wrap"):

            async def preset(event: ValueChangeEventArguments[Any]) -> None:
                span = self.span.like(Preset(event.value), today)
                if span != self.span:
                    first.value, last.value = span.first.isoformat(), span.last.isoformat()

            async def changed(_: object) -> None:
                given = {"from": first.value or "", "to": last.value or ""}
                given |= {"type": kind.value or "", "camera": camera.value or ""}
                span = span_in(given, now=self.parts.clock())
                if span != self.span:
                    await self._choose(span)

            ui.toggle(spans, value=self.span.preset(today), on_change=preset).props("dense")
            first = ui.input(say("From"), value=self.span.first.isoformat(), on_change=changed)
            last = ui.input(say("To"), value=self.span.last.isoformat(), on_change=changed)
            for box in (first, last):
                box.classes("fg-day").props("dense outlined type=date stack-label")
            kind = ui.select(
                dict(names), label=say("Type"), value=self.span.type or None, on_change=changed
            )
            known = self.span.camera if self.span.camera in cameras else None
            camera = ui.select(cameras, label=say("Camera"), value=known, on_change=changed)
            for select in (kind, camera):
                select.classes("fg-select").props("dense outlined clearable options-dense")

    def _draw_found(self) -> None:
        found = self.found
        watched = 1 if self.span.camera else len(self.parts.cameras())
        passed = days_watched(found.wanted.period, now=self.parts.clock())
        alarms = false_alarms(found.whole, cameras=watched, days=passed)
        shown = cards(found.whole, recall=found.recall, alarms=alarms, lags=found.lags, say=say)
        with (
            ui.element("div").classes("fg-cards").props(f'role=list aria-label="{say("Figures")}"')
        ):
            for card in shown:
                draw_card(card, self.span.words)
        names = type_names(self.parts.triaging.profile, language_here())
        with ui.element("div").classes("fg-charts"):
            self._draw_precision(names)
            self._draw_course(names)
            self._draw_places()
            self._draw_tables()

    def _draw_precision(self, names: Mapping[str, str]) -> None:
        cameras = {one.id: one.name for one in self.parts.cameras()}
        draw_chart(
            say("Precision by type, against {aim}", aim=f"{AIM:.0%}"),
            shares_chart(self.found.types, "precision", names=names, say=say, aim=AIM),
            csv=self._figures("type"),
            span=self.span.words,
        )
        draw_chart(
            say("Precision by camera, against {aim}", aim=f"{AIM:.0%}"),
            shares_chart(self.found.cameras, "precision", names=cameras, say=say, aim=AIM),
            csv=self._figures("camera"),
            span=self.span.words,
        )

    def _draw_course(self, names: Mapping[str, str]) -> None:
        draw_chart(
            say("Time to discovery by type"),
            times_chart(self.found.types, "discover", names=names, say=say),
            csv=self._figures("type"),
            span=self.span.words,
        )
        draw_chart(
            say("Cases by day"),
            days_chart(self.found.days, say=say),
            csv=f"{self._figures('all')}&step=day",
            span=self.span.words,
        )
        for figure, title in (
            ("closure", say("Closed, by type")),
            ("recurrence_30d", say("Back within 30 days, by type")),
        ):
            draw_chart(
                title,
                shares_chart(self.found.types, figure, names=names, say=say, aim=None),
                csv=self._figures("type"),
                span=self.span.words,
            )

    def _draw_places(self) -> None:
        spots, csv = self.found.spots, f"/desk/reports/hot-spots?format=csv&{self.span.query}"
        draw_chart(
            say("Violations by hour of the day"),
            hours_chart(spots, say=say),
            csv=csv,
            span=self.span.words,
        )

    def _draw_tables(self) -> None:
        draw_table(
            say("Camera health, now"),
            (say("Condition"), say("Cameras")),
            health_lines(self.parts.live.cameras(), say=say),
        )
        draw_table(
            say("Delivery lag by target"),
            (
                say("Target"),
                say("median"),
                say("90th percentile"),
                "n",
                say("waiting"),
                say("parked"),
            ),
            lag_lines(self.found.lags, self.parts.readiness(), say=say),
            csv=f"/desk/reports/delivery?format=csv&{self.span.query}",
            span=self.span.words,
        )

    def _figures(self, by: str) -> str:
        return f"/desk/reports/figures?by={by}&format=csv&{self.span.query}"
