"""The tab of the month: one button, and the page is there."""

from datetime import date, timedelta
from typing import Final

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from streetwatch.service.console.figures.spans import today_at
from streetwatch.service.console.foresight.spanned import Spanned, tongue_here
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts

#: Months that are offered.
_MONTHS: Final = 24


async def draw_month(parts: Parts, asked: Spanned) -> None:  # noqa: ARG001 -- as a tab is drawn
    """Draw the tab."""
    months = last_months(today_at(parts.clock()))
    with ui.element("div").classes("sw-row sw-wrap"):
        month = ui.select(months, label=say("Which month"), value=months[0])
        month.classes("fg-select").props("dense outlined options-dense")
        page = ui.link(say("Open the page"), "", new_tab=True).classes("fs-open")
        printed = ui.link(say("PDF"), "").props("download")

    def show(event: ValueChangeEventArguments[str]) -> None:
        lead(event.value)

    def lead(name: str) -> None:
        query = f"month={name}&language={tongue_here().value}"
        page.props(f'href="/foresight/month.html?{query}"')
        printed.props(f'href="/foresight/month.pdf?{query}"')

    month.on_value_change(show)
    lead(months[0])
    ui.label(
        say(
            "Figures, relapse, campaigns, shop fronts and efficiency, each with its n; "
            "what was not measured says so."
        )
    ).classes("sw-quiet")


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
