"""The tab of patrols: who goes where, when, and what it would have been worth."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from nicegui import ui

from streetwatch.service.console.figures.drawing import draw_table
from streetwatch.service.console.foresight.spanned import Spanned, tongue_here
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.watching.elements import CityMap
from streetwatch.service.console.watching.points import at_on_map
from streetwatch.service.desk.foresight.patrol_page import gain
from streetwatch.service.desk.foresight.rounds import Outing, Rounds
from streetwatch.service.foresight.patrol_export import clock
from streetwatch.service.foresight.patrol_plan import NoSolverError, Shift, Visit
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.place import Place

_MINUTE_S: Final = 60.0


async def draw_patrol(parts: Parts, asked: Spanned) -> None:
    """Draw the tab: routes are planned when they are asked for."""
    await _Planner(parts, asked).draw()


class _Planner:
    """What there is to go with, and the routes."""

    def __init__(self, parts: Parts, asked: Spanned) -> None:
        self._parts, self._asked = parts, asked

    async def draw(self) -> None:
        """Draw the form, and plan with what stands in it."""
        usual = Shift()
        with ui.element("div").classes("sw-row sw-wrap"):
            self._start = ui.number(
                say("Shift begins, o'clock"), value=usual.start_hour, min=0, max=23
            )
            self._hours = ui.number(say("Hours of the shift"), value=usual.hours, min=1, max=24)
            self._teams = ui.number(say("Teams"), value=usual.teams, min=1, max=20)
            self._visit = ui.number(say("Minutes at a place"), value=5, min=1, max=120)
            self._speed = ui.select(
                {1.2: say("on foot"), 4.0: say("by electric bicycle")}, value=1.2, label=say("How")
            )
            for box in (self._start, self._hours, self._teams, self._visit, self._speed):
                box.classes("fg-day").props("dense outlined")
            self._weekend = ui.checkbox(say("For a weekend"))
            ui.button(say("Plan"), on_click=self._plan).props("unelevated color=primary")
        self._drawn = ui.element("div").classes("sw-column")
        await self._plan()

    async def _plan(self) -> None:
        self._drawn.clear()
        with self._drawn:
            try:
                outing = self._outing()
                wanted = self._asked.span.wanted()
                found = await asyncio.to_thread(self._parts.foreseer.rounds, wanted, outing)
            except (InputError, NoSolverError, ValueError) as error:
                ui.label(str(error)).classes("sw-empty")
                return
            if not found.routes:
                ui.label(say("There is nothing that is worth going for.")).classes("sw-empty")
                return
            self._draw_found(found, outing)

    def _outing(self) -> Outing:
        shift = Shift(
            start_hour=int(self._start.value or 0),
            hours=int(self._hours.value or 0),
            teams=int(self._teams.value or 0),
            visit_s=(self._visit.value or 0) * _MINUTE_S,
            speed_m_s=self._speed.value,
        )
        return Outing(shift, weekend=bool(self._weekend.value))

    def _draw_found(self, found: Rounds, outing: Outing) -> None:
        ui.label(gain(found.met, tongue_here())).classes("sw-subtitle").props("role=status")
        way = f"/foresight/patrol?{self._query(outing)}"
        with ui.element("div").classes("sw-row"):
            for words, name in (("GeoJSON", "geojson"), ("GPX", "gpx")):
                ui.link(words, f"{way}&format={name}").props(f"download=patrol.{name}")
            page = f"{way}&format=html&language={tongue_here().value}"
            ui.link(say("To print, with QR codes"), page, new_tab=True)
        card = ui.element("section").classes("sw-card sw-column fs-map")
        with card.props(f'aria-label="{say("Map")}"'):
            CityMap(self._points(found), parts=self._parts)
        for route in found.routes:
            draw_table(
                say("Team {number}", number=route.team),
                (say("Arrive"), say("Leave"), say("Place"), say("expected there")),
                (visit_line(one) for one in route.visits),
                span=f"n = {found.n}",
            )

    def _query(self, outing: Outing) -> str:
        shift = outing.shift
        return urlencode(
            {
                "start_hour": shift.start_hour,
                "hours": shift.hours,
                "teams": shift.teams,
                "visit_min": shift.visit_s / _MINUTE_S,
                "speed_m_s": shift.speed_m_s,
                "weekend": str(outing.weekend).lower(),
                **({"type": self._asked.span.type} if self._asked.span.type else {}),
            }
        )

    def _points(self, found: Rounds) -> list[dict[str, Any]]:
        crs = self._parts.settings.console.map_crs
        return [
            {
                **at_on_map(Place(one.at.lon, one.at.lat), crs),
                "kind": "spot",
                "tone": "calm",
                "size": 36,
                "count": f"{route.team}·{number}",
                "label": f"{route.team}·{number} {clock(one.arrive_s)} {one.place}",
                "above": number,
            }
            for route in found.routes
            for number, one in enumerate(route.visits, start=1)
        ]


def visit_line(one: Visit) -> Sequence[str]:
    """Return a visit as a line of the table."""
    return clock(one.arrive_s), clock(one.leave_s), one.place, f"{one.expected:.2f}"
