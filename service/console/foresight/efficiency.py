"""The tab of efficiency: cameras against a round on foot, which is a model."""

import asyncio
from typing import Final

from nicegui import ui

from streetwatch.service.console.casework.detail import span as span_words
from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.figures.cards import Card
from streetwatch.service.console.figures.drawing import draw_card
from streetwatch.service.console.foresight.spanned import Spanned
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.foresight.month import ROUND
from streetwatch.service.foresight.efficiency import LEAST, Efficiency, Finding, Patrol, Times
from streetwatch.service.incidents.errors import InputError

_HOUR_S: Final = 3600.0

_FINDINGS: Final = {
    Finding.HELD: mark('the claim "x5" holds'),
    Finding.REFUTED: mark('the claim "x5" is refuted'),
    Finding.UNDECIDED: mark('the claim "x5" is undecided'),
    Finding.NOT_MEASURED: mark("not measured"),
}

_TONES: Final = {Finding.HELD: "good", Finding.REFUTED: "bad"}


async def draw_efficiency(parts: Parts, asked: Spanned) -> None:
    """Draw the tab."""
    with ui.element("div").classes("sw-row sw-wrap"):
        every = ui.number(say("A round every, hours"), value=ROUND.every_s / _HOUR_S, min=0.1)
        staff = ui.number(say("Hours of work a round"), value=ROUND.staff_h, min=0.1)
        for box in (every, staff):
            box.props("dense outlined")
        compare = ui.button(say("Compare")).props("unelevated color=primary")
    drawn = ui.element("div").classes("sw-column")

    async def show() -> None:
        drawn.clear()
        with drawn:
            try:
                patrol = Patrol((every.value or 0) * _HOUR_S, staff.value or 0)
                wanted = asked.span.wanted()
                found = await asyncio.to_thread(parts.foreseer.efficiency, wanted, patrol)
            except (InputError, ValueError) as error:
                ui.label(str(error)).classes("sw-empty")
                return
            with ui.element("div").classes("fg-cards").props("role=list"):
                for card in efficiency_cards(found, say):
                    draw_card(card, asked.span.words)
            ui.label(
                say(
                    "The round is a model: it passes every place every so many hours. What the "
                    "cameras did is measured from the cases, from {least} finds and verdicts on.",
                    least=LEAST,
                )
            ).classes("sw-quiet")

    compare.on_click(show)
    await show()


def efficiency_cards(found: Efficiency, say: Say) -> list[Card]:
    """Return the figures in the order in which they are read."""
    return [
        _times(
            say("Times as soon"),
            found.sooner,
            found.n,
            say("confirmed finds"),
            say("What the round would have waited, over what the cameras waited (a model)."),
            say,
        ),
        _times(
            say("Times the finds for an hour of work"),
            found.per_hour,
            found.verdicts,
            say("verdicts"),
            say("For an hour of review, over an hour of the round (a model)."),
            say,
        ),
        Card(
            say("Time to discovery"),
            say("not measured") if found.waited_s is None else span_words(found.waited_s, say),
            "",
            found.n,
            say("confirmed finds"),
            say("From the first sight to the report, on average."),
        ),
        Card(
            say("Hours of review"),
            say("not measured") if found.review_h is None else f"{found.review_h:.1f}",
            "",
            found.verdicts,
            say("verdicts"),
            say("By the time between one verdict and the next of the same person."),
        ),
        Card(
            say("Met by the round"),
            say("not measured") if found.met is None else f"{found.met:.1%}",
            "",
            found.n,
            say("confirmed finds"),
            say("Of what the cameras found, what the round would have met (a model)."),
        ),
    ]


def _times(name: str, times: Times, n: int, of: str, how: str, say: Say) -> Card:  # noqa: PLR0913, PLR0917
    verdict = say(_FINDINGS[times.finding])
    if times.value is None or times.low is None or times.high is None:
        return Card(name, verdict, "", n, of, how)
    tone = _TONES.get(times.finding, "")
    ends = f"{times.low:.1f} – {times.high:.1f} · {verdict}"  # noqa: RUF001
    return Card(name, f"{times.value:.1f}", ends, n, of, how, tone)
