"""The page of one case: evidence, facts, deliveries, history, and what may be done."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nicegui import ui

from streetwatch.service.access.role import Account, Role
from streetwatch.service.console import originals
from streetwatch.service.console.casework.acting import Acting
from streetwatch.service.console.casework.detail import (
    Sending,
    earlier_of,
    exhibits,
    facts_of,
    history_of,
    sendings,
    suggestion,
)
from streetwatch.service.console.casework.elements import DueClock, Exhibits
from streetwatch.service.console.casework.words import (
    LEVELS,
    STATES,
    tone_of,
    type_names,
    worded,
)
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.moments import seconds_of
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.places import history_around
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.originals import SHORTEST_REASON
from streetwatch.service.store.deliveries import Delivery, Wanted

#: Messages about one case that are shown; there are a handful.
_MOST = 100


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a case, together."""

    case: Mapping[str, Any]
    sent: tuple[Delivery, ...]
    place: Mapping[str, Any]


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/cases/{name}")
    async def page(name: str) -> None:
        with shell.page(name, active="cases") as account:
            ui.add_head_html('<link rel="stylesheet" href="/console/static/casework.css">')
            screen = _Screen(parts.within(account.reach), name, account)
            if not await screen.read():
                ui.label(say("There is no such case.")).classes("sw-empty").props("role=alert")
                return
            screen.draw()
            shell.live(("desk", "revision"), parts.book.latest_revision, lambda _: screen.refresh())


def read_case(parts: Parts, name: str) -> _Known | None:
    """Read a case and what surrounds it; None where there is none."""
    try:
        case = parts.book.case(name)
    except NoSuchCaseError:
        return None
    sent = [
        one
        for incident in parts.book.names(name)
        for one in parts.deliveries.page(
            Wanted(incident_id=incident), limit=_MOST, offset=0
        ).deliveries
    ]
    place = history_around(parts.book.engine, case["number"], parts.book.reach)
    return _Known(case, tuple(sent), place)


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """One case as one reader sees it."""

    parts: Parts
    name: str
    account: Account
    known: _Known | None = None
    drawn: ui.element = field(init=False)

    async def read(self) -> bool:
        """Read the case anew; tell whether anything is new."""
        known = await asyncio.to_thread(read_case, self.parts, self.name)
        if known == self.known:
            return False
        self.known = known
        return known is not None

    def draw(self) -> None:
        """Draw everything, once."""
        self.drawn = ui.element("div").classes("sw-column")
        with self.drawn:
            self._draw_all()

    async def refresh(self) -> None:
        """Draw what has become of the case, if anything."""
        if await self.read():
            self.drawn.clear()
            with self.drawn:
                self._draw_all()

    @property
    def case(self) -> Mapping[str, Any]:
        """The case as it was read last."""
        if self.known is None:
            raise NoSuchCaseError(self.name)
        return self.known.case

    def _draw_all(self) -> None:
        self._draw_head()
        with ui.element("div").classes("cw-case"):
            with ui.element("div").classes("sw-column"):
                self._draw_evidence()
                self._draw_deliveries()
                self._draw_history()
            with ui.element("div").classes("sw-column"):
                self._draw_facts()
                self._draw_suggestion()
                self._draw_place()

    def _draw_head(self) -> None:
        case, state = self.case, CaseState(self.case["state"])
        names = type_names(self.parts.triaging.profile, language_here())
        with ui.element("div").classes("sw-row sw-wrap"):
            ui.link(say("All cases"), "/console/cases")
            title = f"{case['number']} · {names.get(case['type'], case['type'])}"
            ui.label(title).classes("sw-title").props("role=heading aria-level=1")
            ui.label(say(STATES[state])).classes(f"sw-chip {tone_of(state)}")
            if case.get("level"):
                ui.label(worded(LEVELS, case["level"], say)).classes(f"cw-dot {case['level']}")
            due_at = seconds_of(case.get("deadline"))
            if due_at is not None:
                DueClock(due_at, now=self.parts.clock())
            if case.get("legal_hold"):
                ui.label(say("legal hold")).classes("sw-chip warn")
        if self.account.role.reaches(Role.OPERATOR):
            Acting(self.parts, case, self.account, on_done=self.refresh).draw()

    def _draw_evidence(self) -> None:
        files = exhibits(self.case, say)
        with _card(say("Evidence")):
            if files:
                Exhibits(files)
            else:
                ui.label(say("No picture is kept of this case.")).classes("sw-empty")
            self._draw_originals()
            pack = f"/desk/cases/{self.case['number']}/evidence.zip"
            ui.link(say("Everything as one ZIP"), pack).props("download")

    def _draw_originals(self) -> None:
        """Offer what is under the masks to whoever may see it and says why."""
        incident = self.case["external_id"]
        names = self.parts.originals.names(incident)
        if not names or not self.account.may(originals.NEEDED):
            return
        with ui.element("details"):
            with ui.element("summary"):
                ui.html(escape(say("Without masks")), tag="span", sanitize=False)
            form = ui.element("form").classes("sw-column")
            form.props(f'method=post action="{originals.PATH}/{incident}" target=_blank')
            with form:
                _draw_question(names)

    def _draw_facts(self) -> None:
        names = type_names(self.parts.triaging.profile, language_here())
        with _card(say("Facts")), ui.element("dl").classes("cw-facts"):
            for fact in facts_of(self.case, names=names, say=say):
                with ui.element("dt"):
                    ui.label(fact.name)
                with ui.element("dd"):
                    ui.label(fact.value)

    def _draw_suggestion(self) -> None:
        words, reasons = suggestion(self.case, language_here(), say)
        if words:
            with _card(say("Suggested measure")):
                ui.label(words).classes("sw-subtitle")
                for reason in reasons:
                    ui.label(reason).classes("sw-quiet")

    def _draw_deliveries(self) -> None:
        lines = sendings(self.known.sent if self.known else (), say=say)
        with _card(say("Deliveries")):
            if not lines:
                ui.label(say("No platform was told of this case.")).classes("sw-quiet")
                return
            with ui.element("table").classes("sw-table"):
                _header(
                    say("Target"), say("Message"), say("Stands"), say("Since"), say("Its number")
                )
                with ui.element("tbody"):
                    for one in lines:
                        self._draw_sending(one)

    def _draw_sending(self, one: Sending) -> None:
        with ui.element("tr"):
            for text in (one.target, one.what):
                _cell(text)
            with ui.element("td"):
                ui.label(one.words).classes(f"sw-chip {one.tone}")
                if one.attempts > 1:
                    tries = say("{count} try", "{count} tries", count=one.attempts)
                    ui.label(tries).classes("sw-quiet")
            _cell(one.when)
            _cell(one.number)
        if one.why or one.can_resend:
            with ui.element("tr"), ui.element("td").props("colspan=5").classes("cw-why"):
                ui.label(one.why).classes("sw-quiet")
                if one.can_resend and self.account.role.reaches(Role.OPERATOR):
                    self._draw_resend(one)

    def _draw_resend(self, one: Sending) -> None:
        async def resend() -> None:
            deliveries, now = self.parts.deliveries, self.parts.clock()
            await asyncio.to_thread(deliveries.resend, one.target, one.key, now=now)
            self.parts.wake()
            await note(self.parts, self.account, "delivery.resent", one.target, names=[one.key])
            ui.notify(say("It is sent now."))
            await self.refresh()

        ui.button(say("Send now"), on_click=resend).props("flat dense")

    def _draw_history(self) -> None:
        with _card(say("History")), ui.element("ul").classes("cw-deeds"):
            for deed in history_of(self.case, say):
                with ui.element("li"):
                    ui.label(deed.at).classes("sw-number sw-quiet")
                    with ui.element("div"):
                        by = f" · {deed.by}" if deed.by else ""
                        ui.label(f"{deed.what}{by}")
                        if deed.why:
                            ui.label(deed.why).classes("sw-quiet")

    def _draw_place(self) -> None:
        place = self.known.place if self.known else {}
        earlier = earlier_of(place, self.case["number"], say)
        with _card(say("Other cases here")):
            if not earlier:
                ui.label(say("None of this type.")).classes("sw-quiet")
            for one in earlier[:20]:
                with ui.element("div").classes("sw-row sw-wrap"):
                    ui.link(one.number, f"/console/cases/{one.number}")
                    ui.label(one.state_words).classes("sw-chip")
                    ui.label(one.at).classes("sw-quiet sw-number")
                    ui.label(one.apart).classes("sw-quiet")


def _draw_question(names: Iterable[str]) -> None:
    """Draw what is asked before an original is opened: a plain form; a file answers it."""
    ui.label(say("Who looks, and why, is written down.")).classes("sw-quiet")
    with ui.element("select").props(f'name=name aria-label="{say("File")}"'):
        for name in names:
            ui.element("option").props(f'value="{name}" label="{name}"')
    why = f'placeholder="{say("Why?")}" aria-label="{say("Why?")}"'
    ui.element("input").props(f"name=why required minlength={SHORTEST_REASON} maxlength=400 {why}")
    ui.html(f"<button>{escape(say('Open'))}</button>", sanitize=False)


def _card(title: str) -> ui.element:
    card = ui.element("section").classes("sw-card sw-column").props(f'aria-label="{title}"')
    with card:
        ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
    return card


def _header(*names: str) -> None:
    with ui.element("thead"), ui.element("tr"):
        for name in names:
            with ui.element("th").props("scope=col"):
                ui.label(name)


def _cell(text: str) -> None:
    with ui.element("td"):
        ui.label(text)
