"""The tab of the month: what a chief reads on the first, to be taken along as HTML and PDF."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from nicegui import ui

from streetwatch.service.console.figures.spans import today_at
from streetwatch.service.console.foresight.asked import Asked
from streetwatch.service.console.foresight.spanned import tongue_here
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.foresight.months import body

#: Months that are offered.
_MONTHS: Final = 24


async def draw_month(parts: Parts, asked: Asked) -> None:
    """Draw the tab."""
    months = last_months(today_at(parts.clock()))
    with ui.element("div").classes("sw-row sw-wrap"):
        shown = asked.month if asked.month in months else months[0]
        month = ui.select(months, label=say("Which month"), value=shown)
        month.classes("fg-select").props("dense outlined options-dense")
        whole = ui.button(say("HTML"), icon="open_in_new").props("outline type=a target=_blank")
        printed = ui.button(say("PDF"), icon="picture_as_pdf").props("outline type=a download")
        again = ui.button(say("Count again"), icon="refresh").props("flat")
    drawn = ui.element("div").classes("sw-column")

    async def show(*, anew: bool = False) -> None:
        name = month.value or months[0]
        ui.navigate.history.replace(f"/console/foresight?{replace(asked, month=name).query}")
        query = f"month={name}&language={tongue_here().value}"
        whole.props(f'href="/foresight/month.html?{query}"')
        printed.props(f'href="/foresight/month.pdf?{query}"')
        await _show(parts, name, drawn, anew=anew)

    month.on_value_change(show)
    again.on_click(lambda: show(anew=True))
    await show()


async def _show(parts: Parts, name: str, drawn: ui.element, *, anew: bool) -> None:
    drawn.clear()
    with drawn, ui.element("div").classes("sw-row sw-empty").props("role=status"):
        ui.spinner()
        ui.label(say("Counting"))
    made = await asyncio.to_thread(parts.months.page, name, anew=anew)
    drawn.clear()
    title = say("Month {name}", name=name)
    with drawn, ui.element("section").classes("sw-card fs-month").props(f'aria-label="{title}"'):
        ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
        ui.html(body(made, tongue_here()), sanitize=False)


def last_months(today: date) -> list[str]:
    """Return the last months' names, the one that is over first.

    >>> last_months(date(2026, 1, 5))[:3]
    ['2025-12', '2026-01', '2025-11']
    """
    names, first = [], today.replace(day=1)
    for _ in range(_MONTHS):
        names.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return [names[1], names[0], *names[2:]]
