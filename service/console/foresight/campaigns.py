"""The tab of campaigns: what each changed, what came back, and the form that tells of one."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from nicegui import ui

from streetwatch.service.access.role import Account, Right
from streetwatch.service.console.casework.words import Say, type_names
from streetwatch.service.console.deeds import note
from streetwatch.service.console.figures.drawing import draw_table
from streetwatch.service.console.foresight.spanned import Spanned, account_here
from streetwatch.service.console.language import language_here, mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.foresight.campaigns import Campaign
from streetwatch.service.desk.foresight.foreseer import Outcome
from streetwatch.service.desk.foresight.permitted import Stages
from streetwatch.service.foresight.campaign import Effect, Lack, Ratio
from streetwatch.service.foresight.occupancy import Occupancy
from streetwatch.service.foresight.relapse import Relapse
from streetwatch.service.foresight.relapse_chains import Chain
from streetwatch.service.incidents.errors import InputError

#: Campaigns whose figures are computed when the tab is opened, the newest ones.
MOST_SHOWN: Final = 10
MOST_CHAINS: Final = 20

#: Read on light and on dark.
_INK: Final = "#7b8696"
_LINE: Final = "#7b869633"

_LACKS: Final = {
    Lack.SHORT_BEFORE: mark("not measured: under 28 days before it"),
    Lack.SHORT_AFTER: mark("not measured: under 14 days after it"),
    Lack.FEW: mark("not measured: under 20 violations before it"),
}


async def draw_campaigns(parts: Parts, asked: Spanned) -> None:
    """Draw the tab."""
    account = account_here()
    if account is not None and account.may(Right.HANDLE) and account.reach.is_whole:
        _Form(parts, account).draw()
    foreseer, wanted = parts.foreseer, asked.span.wanted()
    try:
        outcomes = await asyncio.to_thread(
            lambda: [foreseer.outcome(one) for one in foreseer.campaigns()[:MOST_SHOWN]]
        )
        relapses = await asyncio.to_thread(foreseer.relapses, wanted)
        chains = await asyncio.to_thread(foreseer.chains, wanted, most=MOST_CHAINS)
    except InputError as error:
        ui.label(str(error)).classes("sw-empty")
        return
    names = type_names(parts.triaging.profile, language_here())
    with ui.element("div").classes("fg-charts"):
        draw_table(
            say("What campaigns changed"),
            (
                say("Campaign"),
                say("Its days"),
                say("after / expected [95 %]"),
                say("n before / after"),
                say("Finding"),
                say("back within 30 days"),
            ),
            (outcome_line(one, say) for one in outcomes),
        )
        draw_table(
            say("Permitted places around campaigns: looks with a stall [95 %]"),
            (say("Campaign"), say("Place"), say("before"), say("during"), say("after")),
            (stages_line(one, each, say) for one in outcomes for each in one.used),
            nothing=say("No permitted place lies where a campaign was."),
        )
        draw_table(
            say("Back after closing"),
            (say("Within"), say("Share"), say("95 % interval"), "n"),
            (relapse_line(one, say) for one in relapses if one.n),
            csv=f"/foresight/relapse?format=csv&{asked.span.query}",
            span=asked.span.words,
        )
        draw_table(
            say("Places that come back"),
            (say("Place"), say("Type"), say("times"), say("median gap"), say("Cases")),
            (chain_line(one, names.get(one.type, one.type), say) for one in chains),
            csv=f"/foresight/chains?format=csv&{asked.span.query}",
            span=asked.span.words,
        )
    for one in outcomes:
        _draw_course(one)


def outcome_line(one: Outcome, say: Say) -> Sequence[str]:
    """Return a campaign as a line of the table."""
    days = f"{one.campaign.first} – {one.campaign.last}"  # noqa: RUF001
    month = next((share for share in one.relapses if share.days == 30), None)
    back = relapse_words(month, say) if month is not None else say("not measured")
    if isinstance(one.effect, Lack):
        return one.campaign.name, days, "", "", say(_LACKS[one.effect]), back
    return (
        one.campaign.name,
        days,
        ratio_words(one.effect.after),
        f"{one.effect.before_n} / {one.effect.after_n}",
        finding(one.effect, say),
        back,
    )


def stages_line(one: Outcome, place: Stages, say: Say) -> Sequence[str]:
    """Return a permitted place before, during and after a campaign as a line of the table."""
    uses = (use_words(each, say) for each in (place.before, place.during, place.after))
    return one.campaign.name, f"{place.place.camera_name} / {place.place.zone_id}", *uses


def use_words(one: Occupancy | None, say: Say) -> str:
    """Write how far a permitted place was used, with its interval and the days."""
    if one is None:
        return say("not measured")
    return f"{one.share:.0%} [{one.low:.0%}, {one.high:.0%}] (n={one.days})"


def ratio_words(one: Ratio) -> str:
    """Write a ratio with its interval."""
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"


def finding(effect: Effect, say: Say) -> str:
    """Say whether a campaign changed more than chance would."""
    if not effect.after.is_change:
        return say("no more than chance")
    return say("fewer, beyond chance") if effect.after.high < 1 else say("more, beyond chance")


def relapse_words(one: Relapse, say: Say) -> str:
    """Write a share that came back, with its n."""
    if one.value is None:
        return say("not measured")
    return f"{one.value:.1%} (n={one.n})"


def relapse_line(one: Relapse, say: Say) -> Sequence[str]:
    """Return a share that came back as a line of the table."""
    within = say("{days} days", days=one.days)
    if one.value is None or one.low is None or one.high is None:
        return within, say("not measured"), "", str(one.n)
    return within, f"{one.value:.1%}", f"{one.low:.1%} – {one.high:.1%}", str(one.n)  # noqa: RUF001


def chain_line(one: Chain, kind: str, say: Say) -> Sequence[str]:
    """Return a place that came back as a line of the table."""
    gap = "" if one.gap_days is None else say("{days} days", days=f"{one.gap_days:.1f}")
    return one.place, kind, str(len(one.numbers)), gap, ", ".join(one.numbers[-3:])


def _draw_course(one: Outcome) -> None:
    """Draw a campaign's days as a chart, with the way to take them along."""
    title = say("Day by day: {name}", name=one.campaign.name)
    card = ui.element("section").classes("sw-card sw-column fg-chart")
    with card.props(f'aria-label="{title.replace(chr(34), "")}"'):
        ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
        ui.echart(course_chart(one)).style("height:220px").props(
            f'role=img aria-label="{title.replace(chr(34), "")}"'
        )
        ui.link(say("CSV"), f"/foresight/campaigns/{one.campaign.id}?format=csv").props("download")


def course_chart(one: Outcome) -> dict[str, Any]:
    """Return a campaign's days as ECharts takes them; its own days are marked."""
    days = [
        date.fromordinal(date(1970, 1, 1).toordinal() + one.days.first + at).isoformat()
        for at in range(len(one.days.course.counts))
    ]
    marked = [{"xAxis": one.campaign.first.isoformat()}, {"xAxis": one.campaign.last.isoformat()}]
    return {
        "backgroundColor": "transparent",
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": days, "axisLabel": {"color": _INK}},
        "yAxis": {
            "type": "value",
            "minInterval": 1,
            "axisLabel": {"color": _INK},
            "splitLine": {"lineStyle": {"color": _LINE}},
        },
        "series": [
            {
                "type": "bar",
                "data": [int(n) for n in one.days.course.counts],
                "itemStyle": {"color": "#3f7fd6"},
                "markArea": {"itemStyle": {"color": "rgba(200,120,30,.18)"}, "data": [marked]},
            }
        ],
    }


class _Form:
    """Tells of a campaign."""

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts, self._account = parts, account

    def draw(self) -> None:
        """Draw it, closed."""
        cameras = {one.id: one.name for one in self._parts.cameras()}
        names = type_names(self._parts.triaging.profile, language_here())
        with ui.element("details").classes("sw-card fs-form"):
            with ui.element("summary"):
                ui.label(say("Tell of a campaign"))
            with ui.element("div").classes("sw-row sw-wrap"):
                self._name = ui.input(say("Name")).props("dense outlined")
                self._first = ui.input(say("From")).props("dense outlined type=date stack-label")
                self._last = ui.input(say("To")).props("dense outlined type=date stack-label")
                self._camera = ui.select(cameras, label=say("Camera"), clearable=True)
                self._grid = ui.input(say("or unit grid, 310101*")).props("dense outlined")
                self._type = ui.select(dict(names), label=say("Type"), clearable=True)
                for one in (self._camera, self._type):
                    one.classes("fg-select").props("dense outlined options-dense")
                ui.button(say("Keep"), on_click=self._keep).props("unelevated color=primary")
            self._said = ui.label().classes("sw-quiet").props("role=status")

    async def _keep(self) -> None:
        try:
            told = self._told()
            await asyncio.to_thread(self._parts.foreseer.book.put, told)
        except (InputError, ValueError) as error:
            self._said.set_text(str(error))
            return
        await note(self._parts, self._account, "campaign.told", told.id)
        ui.navigate.reload()

    def _told(self) -> Campaign:
        first = date.fromisoformat(self._first.value or "")
        slug = re.sub(r"[^a-z0-9]+", "-", str(self._name.value or "").lower()).strip("-")
        return Campaign(
            id=f"{first:%Y%m%d}-{slug or self._camera.value or 'grid'}"[:64],
            name=(self._name.value or "").strip() or first.isoformat(),
            first=first,
            last=date.fromisoformat(self._last.value or ""),
            type=self._type.value or None,
            grid=(self._grid.value or "").strip() or None,
            camera=self._camera.value or None,
            told_by=self._account.name,
            told_at=self._parts.clock(),
        )
