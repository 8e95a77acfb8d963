"""The tab of shop fronts: the scores, and the case behind each point."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from nicegui import ui

from streetwatch.service.console.casework.words import Say, type_names
from streetwatch.service.console.figures.drawing import draw_table
from streetwatch.service.console.foresight.spanned import Spanned
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.foresight.fronts import Frontage
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.moment import local

MOST_SHOWN: Final = 50

#: Fronts whose cases are listed at once, the worst ones.
MOST_OPENED: Final = 10


async def draw_fronts(parts: Parts, asked: Spanned) -> None:
    """Draw the tab."""
    try:
        found = await asyncio.to_thread(parts.foreseer.frontages, asked.span.wanted())
    except InputError as error:
        ui.label(str(error)).classes("sw-empty")
        return
    if not found:
        ui.label(say("No camera has a shop front drawn: not measured.")).classes("sw-empty")
        return
    draw_table(
        say("Shop fronts, the worst first"),
        (
            say("Camera"),
            say("Front"),
            say("Score"),
            say("points taken"),
            say("Cases"),
            say("Days watched"),
        ),
        (front_line(one, say) for one in found[:MOST_SHOWN]),
        csv=f"/foresight/frontage?format=csv&{asked.span.query}",
        span=asked.span.words,
    )
    names = type_names(parts.triaging.profile, language_here())
    for one in found[:MOST_OPENED]:
        if one.score.deductions:
            _draw_deductions(one, names)


def front_line(one: Frontage, say: Say) -> Sequence[str]:
    """Return a front as a line of the table."""
    value = one.score.value
    return (
        one.camera_name,
        one.front,
        say("not measured") if value is None else f"{value:.1f}",
        f"{one.score.taken:.1f}",
        str(len(one.score.deductions)),
        f"{one.score.days:.0f}",
    )


def _draw_deductions(one: Frontage, names: Mapping[str, str]) -> None:
    with ui.element("details").classes("sw-card"):
        with ui.element("summary"):
            ui.label(
                say(
                    "{front}: {points} points taken by {n} cases",
                    front=f"{one.camera_name} / {one.front}",
                    points=f"{one.score.taken:.1f}",
                    n=len(one.score.deductions),
                )
            )
        with ui.element("table").classes("sw-table"), ui.element("tbody"):
            for each in one.score.deductions[:MOST_SHOWN]:
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.link(each.number, f"/console/cases/{each.number}")
                    for text in (
                        names.get(each.type, each.type),
                        local(each.began)[:16].replace("T", " "),
                        f"{each.hours:.1f} h",
                        f"−{each.points:.1f}",  # noqa: RUF001
                    ):
                        with ui.element("td"):
                            ui.label(text)
