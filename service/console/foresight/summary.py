"""Where to send people, and why to believe it: what a chief reads on the first of the month."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nicegui import ui

from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.figures.drawing import draw_table
from streetwatch.service.console.language import say
from streetwatch.service.desk.foresight.foreseer import Foreseer, Outcome
from streetwatch.service.desk.foresight.outlook import HotSpots, Outlook
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.foresight.best_hours import best_window
from streetwatch.service.foresight.campaign import Effect
from streetwatch.service.foresight.coverage import Site
from streetwatch.service.foresight.hotspots import Heat

#: Places that are told, the surest ones.
MOST_PLACES: Final = 5

#: Campaigns that are looked at, the newest ones.
MOST_CAMPAIGNS: Final = 5

#: A campaign has come back where more than this share of its places had another within 30 days.
CAME_BACK: Final = 0.5

_PER_HOURS: Final = 100.0
_DAYS: Final = 30


@dataclass(slots=True, eq=False, repr=False)
class Summary:
    """The answer on top of the page; what takes longer is filled in when it is known."""

    outlook: Outlook
    foreseer: Foreseer
    period: Period
    camera: ui.label = field(init=False)
    campaigns: ui.label = field(init=False)

    def draw(self, found: HotSpots, names: Mapping[str, str], span: str) -> None:
        """Draw what the hot spots say."""
        hot = [one for one in found.findings.heats if one.is_hot][:MOST_PLACES]
        draw_table(
            say("Where to send people"),
            (
                say("Cell"),
                say("Type"),
                say("best window"),
                say("Violations in 100 h [95 %]"),
                say("times the city's"),
                "n / h",
            ),
            (place_line(one, found, names) for one in hot),
            span=span,
            nothing=say("Nowhere is more than chance explains: go where the round goes."),
        )
        with (
            ui.element("section")
            .classes("sw-card sw-column")
            .props(f'aria-label="{say("Why to believe it")}"')
        ):
            ui.label(
                say(
                    "Why to believe it: {tests} comparisons, of all claims at most 5 % are false; "
                    "rates count violations for each hour looked at, so more cameras make no hot "
                    "spot.",
                    tests=found.findings.tests,
                )
            )
            self.camera = ui.label(say("Next camera: counting"))
            self.campaigns = ui.label(say("Campaigns: counting"))

    async def fill(self) -> None:
        """Say where the next camera belongs and which campaigns did not last."""
        coverage = await asyncio.to_thread(self.outlook.coverage, self.period, most=1)
        self.camera.set_text(camera_words(coverage.sites, say))
        outcomes = await asyncio.to_thread(
            lambda: [
                self.foreseer.outcome(one) for one in self.foreseer.campaigns()[:MOST_CAMPAIGNS]
            ]
        )
        self.campaigns.set_text(campaign_words(outcomes, say))


def place_line(one: Heat, found: HotSpots, names: Mapping[str, str]) -> Sequence[str]:
    """Return a place as a line of the table."""
    start, end = best_window(one.by_hour)
    rate, low, high = (f"{_PER_HOURS * value:.3g}" for value in (one.rate, one.low, one.high))
    times = f"{one.n / one.expected:.1f}" if one.expected else ""
    return (
        found.cells[one.cell].id,
        names.get(one.type, one.type),
        f"{start:02d}:00 – {end:02d}:00",  # noqa: RUF001
        f"{rate} [{low}, {high}]",
        times,
        f"{one.n} / {one.hours:.0f}",
    )


def camera_words(sites: Sequence[Site], say: Say) -> str:
    """Say where the next camera belongs."""
    if not sites:
        return say("Next camera: people tell of nothing that no camera sees.")
    one = sites[0]
    return say(
        "Next camera: {lon}, {lat}: {gain} cases a month [{low}, {high}], n = {n}",
        lon=f"{one.lon:.5f}",
        lat=f"{one.lat:.5f}",
        gain=f"{one.gain:.1f}",
        low=f"{one.low:.1f}",
        high=f"{one.high:.1f}",
        n=one.n,
    )


def campaign_words(outcomes: Sequence[Outcome], say: Say) -> str:
    """Say which campaigns did not last, with what is known of each."""
    if not outcomes:
        return say("Campaigns: none was told of.")
    back = [words for words in map(_back, outcomes) if words]
    if not back:
        return say("Campaigns: none of the last {n} is known to have come back.", n=len(outcomes))
    return say("Campaigns that came back within 30 days: {names}", names="; ".join(back))


def _back(one: Outcome) -> str:
    """Return a campaign that did not last in words; empty where it did, or nobody knows."""
    share = next((each for each in one.relapses if each.days == _DAYS), None)
    if share is None or share.value is None or share.low is None or share.high is None:
        return ""
    is_less = isinstance(one.effect, Effect) and one.effect.after.high < 1
    if share.value <= CAME_BACK or is_less:
        return ""
    return (
        f"{one.campaign.name} {share.value:.0%} [{share.low:.0%}, {share.high:.0%}], n = {share.n}"
    )
