"""The tab of crowds: what was warned of, a zone's course and what is usual, permitted places."""

import asyncio
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any, Final

import numpy as np
from nicegui import ui

from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.editor.hours import DAYS
from streetwatch.service.console.figures.drawing import draw_chart, draw_table
from streetwatch.service.console.foresight.spanned import Spanned
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.foresight.crowds import Course, Place, Used
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.foresight.crowd_baseline import SLOT_S, hour_of_week
from streetwatch.service.foresight.occupancy import Occupancy, when
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.crowds import Crowd
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import local

MOST_SHOWN: Final = 50

#: Slots that the chart shows at first: three days.
_LATEST: Final = 3 * 144

#: Legible on a light and on a dark ground.
_SEEN, _BAND, _LEVEL, _WARNED = "#3f7fd6", "rgba(127,127,127,.25)", "#b4541a", "#c81e14"
_QUIET: Final = "#808a97"


async def draw_crowds(parts: Parts, asked: Spanned) -> None:
    """Draw the tab."""
    period = asked.span.wanted().period
    places = {one.name: one for one in parts.crowds.places()}
    if not places:
        ui.label(say("No camera has a zone in which people are counted.")).classes("sw-empty")
        return
    try:
        warned = await asyncio.to_thread(parts.crowds.warned, period)
        used = await asyncio.to_thread(lambda: list(parts.crowds.used(period)))
    except InputError as error:
        ui.label(str(error)).classes("sw-empty")
        return
    ui.label(
        say("Counts only: people in a look, on the average of ten minutes. Nobody is followed.")
    ).classes("sw-quiet")
    await _Chart(parts, asked, places).draw(_first(warned, places))
    with ui.element("div").classes("fg-charts"):
        draw_table(
            say("Crowds that were warned of"),
            (
                say("Place"),
                say("Warned at"),
                say("People then"),
                say("Usual"),
                say("Heading to"),
                say("A crowd from"),
                say("Most"),
                say("Over at"),
            ),
            (crowd_line(one, places, say) for one in warned[:MOST_SHOWN]),
            csv=f"/foresight/crowds?format=csv&{asked.span.query}",
            span=asked.span.words,
        )
        draw_table(
            say("Permitted places: how far stalls use them"),
            (
                say("Place"),
                say("Looks with a stall [95 %]"),
                say("Stalls, on the average"),
                say("n, days"),
                say("Most in"),
            ),
            (used_line(one, say) for one in used if one.hours),
            csv=f"/foresight/occupancy?format=csv&{asked.span.query}",
            span=asked.span.words,
        )


def _first(warned: Sequence[Crowd], places: Mapping[str, Place]) -> str:
    """Return whose course is shown first: where there was a crowd lately."""
    names = (f"{one.camera_id}/{one.zone_id}" for one in warned)
    return next((one for one in names if one in places), next(iter(places)))


class _Chart:
    """A zone's course, and the choice whose it is."""

    def __init__(self, parts: Parts, asked: Spanned, places: Mapping[str, Place]) -> None:
        self._parts, self._asked, self._places = parts, asked, places

    async def draw(self, name: str) -> None:
        """Draw it."""
        words = {each: place_words(one) for each, one in self._places.items()}
        choice = ui.select(words, label=say("Zone"), value=name, with_input=True)
        choice.classes("fg-select fs-zone").props("dense outlined options-dense")
        drawn = ui.element("div").classes("sw-column")

        async def show() -> None:
            drawn.clear()
            with drawn:
                await self._show(self._places[choice.value or name])

        choice.on_value_change(show)
        await show()

    async def _show(self, place: Place) -> None:
        span = self._asked.span
        try:
            found = await asyncio.to_thread(
                self._parts.crowds.course, place.camera_id, place.zone_id, span.wanted().period
            )
        except InputError as error:
            ui.label(str(error)).classes("sw-empty")
            return
        title = say("People in {place}", place=place_words(place)).replace('"', "")
        way = f"/foresight/crowds/{place.camera_id}/{place.zone_id}?{span.query}"
        draw_chart(
            title,
            course_chart(found, say) if len(found.slots.at) else None,
            csv=f"{way}&format=csv",
            span=span.words,
        )


def place_words(one: Place) -> str:
    """Return what people call a zone."""
    return f"{one.camera_name} / {one.zone_id}"


def course_chart(found: Course, say: Say) -> dict[str, Any]:
    """Return a zone's course as ECharts takes it: now, what is usual, what was warned of."""
    at = _moments(found.period, found.slots.at[-1])
    seen = dict(zip(found.slots.at.tolist(), found.slots.people.tolist(), strict=True))
    hours = [hour_of_week(one) for one in at]
    names = list(map(_slot_words, at))
    marks = [
        {"coord": [_slot_words(one.warned_at - SLOT_S), round(one.people, 1)]}
        for one in found.crowds
    ]
    level = [] if found.level is None else [{"yAxis": round(found.level, 1)}]
    first = _shown_first(at, found.crowds)
    return {
        "backgroundColor": "transparent",
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 40, "containLabel": True},
        "legend": {"top": 0, "textStyle": {"color": _QUIET}},
        "tooltip": {"trigger": "axis"},
        "dataZoom": [
            {"type": "inside", "startValue": first, "endValue": first + _LATEST},
            {"type": "slider", "height": 16, "bottom": 4},
        ],
        "xAxis": {"type": "category", "data": names, "axisLabel": {"color": _QUIET}},
        "yAxis": {
            "type": "value",
            "axisLabel": {"color": _QUIET},
            "splitLine": {"lineStyle": {"color": "rgba(127,127,127,.2)"}},
        },
        "series": [
            _line(say("Usual, at most"), [_known(found.known.high[one]) for one in hours], _BAND)
            | {"areaStyle": {"color": _BAND}, "lineStyle": {"width": 0}, "step": "end"},
            _line(say("Usual"), [_known(found.known.median[one]) for one in hours], _QUIET)
            | {"lineStyle": {"type": "dashed", "width": 1}, "step": "end"},
            _line(say("People"), [_known(seen.get(one)) for one in at], _SEEN)
            | {
                "markLine": {"silent": True, "lineStyle": {"color": _LEVEL}, "data": level}
                | {"label": {"color": _QUIET}},
                "markPoint": {"symbolSize": 28, "itemStyle": {"color": _WARNED}, "data": marks},
            },
        ],
    }


def _shown_first(at: Sequence[float], crowds: Sequence[Crowd]) -> int:
    """Return the slot that is shown first: the latest crowd is seen, else the latest days."""
    latest = max(len(at) - _LATEST, 0)
    if not crowds:
        return latest
    crowded = round((crowds[0].warned_at - at[0]) / SLOT_S)
    return min(max(crowded - _LATEST // 2, 0), latest)


def _slot_words(at: Seconds) -> str:
    return local(at)[5:16].replace("T", " ")


def _moments(period: Period, last: float) -> list[float]:
    """Return the slots of a period up to the last that was seen."""
    until = min(period.end, last + SLOT_S)
    return [float(one) for one in np.arange(period.start, until, SLOT_S)]


def _line(name: str, values: list[float | None], colour: str) -> dict[str, Any]:
    line = {"type": "line", "name": name, "data": values, "symbol": "none"}
    return line | {"itemStyle": {"color": colour}}


def _known(value: float | None) -> float | None:
    return None if value is None or isnan(value) else round(float(value), 1)


def crowd_line(one: Crowd, places: Mapping[str, Place], say: Say) -> Sequence[str]:
    """Return a crowd as a line of the table."""
    name = f"{one.camera_id}/{one.zone_id}"
    return (
        place_words(places[name]) if name in places else name,
        local(one.warned_at)[:16].replace("T", " "),
        f"{one.people:.0f}",
        say("not measured") if one.usual is None else f"{one.usual:.0f}",
        f"{one.heads_to:.0f}{' ' + say('(as every week)') if one.is_usual else ''}",
        f"{one.level:.0f}",
        f"{one.peak:.0f}",
        say("there now") if one.ended_at is None else local(one.ended_at)[11:16],
    )


def used_line(one: Used, say: Say) -> Sequence[str]:
    """Return a permitted place as a line of the table."""
    whole, *hours = one.hours
    most = max(hours, key=lambda each: (each.share, each.stalls, each.days))
    return (
        place_words(one.place),
        f"{whole.share:.0%} [{whole.low:.0%}, {whole.high:.0%}]",
        f"{whole.stalls:.1f}",
        str(whole.days),
        _hour_words(most, say),
    )


def _hour_words(one: Occupancy, say: Say) -> str:
    weekday, hour = when(one.hour or 0)
    return f"{say(DAYS[weekday])} {hour:02}:00, {one.share:.0%} (n={one.days})"
