"""The page `Cases`: a list that follows the desk."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui
from starlette.requests import Request

from streetwatch.service.access.role import Account, Right
from streetwatch.service.console.casework.asking import LINES, Asked, asked_in, exported
from streetwatch.service.console.casework.elements import CaseList
from streetwatch.service.console.casework.filters import Filters
from streetwatch.service.console.casework.lines import Line, line_of
from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.query import Page, Sort
from streetwatch.service.store.transactions import COUNTED


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/cases")
    async def page(request: Request) -> None:
        with shell.page(say("Cases"), active="cases") as account:
            ui.add_head_html('<link rel="stylesheet" href="/console/static/casework.css">')
            asked = asked_in(request.query_params.multi_items())
            theirs = parts.within(account.reach)
            screen = _Screen(theirs, asked, account=account)
            await screen.draw()
            shell.keys(("↑ ↓", say("Go from case to case")), ("Enter", say("Open the case")))
            shell.live(("desk", "revision"), parts.book.latest_revision, lambda _: screen.refresh())


@dataclass(slots=True, eq=False, repr=False)
class _Screen:
    """The list as one reader sees it.

    Attributes:
        asked: What they want to see.
        account: Whoever reads.
        before: The numbers after which the pages up to this one begin.
    """

    parts: Parts
    asked: Asked
    account: Account
    before: list[str] = field(default_factory=list)
    parked: int = 0
    page: Page = field(default_factory=lambda: Page((), 0, None))
    table: CaseList = field(init=False)
    count: ui.label = field(init=False)
    wrong: ui.label = field(init=False)
    aside: ui.element = field(init=False)
    aside_words: ui.label = field(init=False)
    empty: ui.label = field(init=False)
    back: ui.button = field(init=False)
    on: ui.button = field(init=False)
    csv: ui.link = field(init=False)

    async def draw(self) -> None:
        """Draw everything, once."""
        await self._read()
        with ui.element("div").classes("sw-row"):
            ui.label(say("Cases")).classes("sw-title").props("role=heading aria-level=1")
            self.count = ui.label().classes("sw-quiet sw-number").props("role=status")
            ui.element("div").classes("sw-grow")
            self.csv = ui.link(say("Export as CSV"), exported(self.asked)).props("download")
        cameras = {one.id: one.name for one in self.parts.cameras()}
        names = type_names(self.parts.triaging.profile, language_here())
        Filters(self.asked, names=names, cameras=cameras, on_change=self.ask).draw()
        self.wrong = ui.label().classes("cw-wrong").props("role=alert")
        self._draw_aside()
        with ui.element("div").classes("sw-card cw-card"):
            now, sort = self.parts.clock(), self._sort()
            self.table = CaseList(self._lines(), now=now, sort=sort, on_sort=self.sort)
            self.empty = ui.label(say("No case is like this.")).classes("sw-empty")
        with ui.element("nav").classes("sw-row cw-pages").props(f'aria-label="{say("Lines")}"'):
            self.back = ui.button(say("Previous page"), on_click=self.previous).props("flat dense")
            self.on = ui.button(say("Next page"), on_click=self.following).props("flat dense")
        self._show()

    def _draw_aside(self) -> None:
        """Draw what tells of messages that wait for a person, and sends them again."""
        self.aside = ui.element("div").classes("sw-row sw-card").props("role=status")
        with self.aside:
            ui.icon("report").classes("cw-wrong").props("aria-hidden=true")
            self.aside_words = ui.label()
            if self.account.may(Right.DELIVER) and self.account.reach.is_whole:
                ui.button(say("Send all now"), on_click=self.drain).props("flat dense")

    async def drain(self) -> None:
        """Send everything that is parked."""
        deliveries, now = self.parts.deliveries, self.parts.clock()
        await asyncio.to_thread(deliveries.drain, None, parked=True, now=now)
        self.parts.wake()
        await note(self.parts, self.account, "deliveries.drained")
        ui.notify(say("It is sent now."))
        await self.refresh()

    async def ask(self, asked: Asked) -> None:
        """Show what is asked for now, from the beginning."""
        self.asked, self.before = asked, []
        address = f"/console/cases?{asked.query}" if asked.query else "/console/cases"
        ui.navigate.history.replace(address)
        await self.refresh()

    async def sort(self, sort: Sort) -> None:
        """Show the list in another order."""
        await self.ask(self.asked.with_("sort", sort.value))

    async def following(self) -> None:
        """Show the next page."""
        if self.page.next is not None:
            self.before.append(self.page.next)
            await self.refresh()

    async def previous(self) -> None:
        """Show the page before."""
        if self.before:
            self.before.pop()
            await self.refresh()

    async def refresh(self) -> None:
        """Show what has become of the cases."""
        await self._read()
        self._show()

    async def _read(self) -> None:
        after = self.before[-1] if self.before else None
        wanted = self.asked.question().filter(self.parts.clock())

        def read() -> tuple[Page, int]:
            book, sort = self.parts.book, self._sort()
            parked = self.parts.deliveries.backlogs(now=self.parts.clock()).total.parked
            try:
                return book.page(wanted, limit=LINES, after=after, sort=sort), parked
            except NoSuchCaseError:  # deleted meanwhile, its time was over
                return book.page(wanted, limit=LINES, sort=sort), parked

        self.page, self.parked = await asyncio.to_thread(read)

    def _sort(self) -> Sort:
        return self.asked.question().sort

    def _lines(self) -> list[Line]:
        now = self.parts.clock()
        names = type_names(self.parts.triaging.profile, language_here())
        return [line_of(one, names=names, say=say, now=now) for one in self.page.cases]

    def _show(self) -> None:
        self.table.show(self._lines(), now=self.parts.clock(), sort=self._sort())
        self.table.set_visibility(bool(self.page.cases))
        self.empty.set_visibility(not self.page.cases)
        self.count.set_text(self._counted())
        self.wrong.set_text(self.asked.wrong)
        self.wrong.set_visibility(bool(self.asked.wrong))
        words = say(
            "{count} message was refused and is parked.",
            "{count} messages were refused and are parked.",
            count=self.parked,
        )
        self.aside_words.set_text(words)
        self.aside.set_visibility(bool(self.parked))
        self.back.set_enabled(bool(self.before))
        self.on.set_enabled(self.page.next is not None)
        self.csv.props["href"] = exported(self.asked)

    def _counted(self) -> str:
        if not self.page.cases:
            return say("none")
        first = len(self.before) * LINES + 1
        facts: dict[str, Any] = {"first": first, "last": first + len(self.page.cases) - 1}
        if self.page.total >= COUNTED:
            return say("{first} to {last} of more than {total}", total=COUNTED, **facts)
        return say("{first} to {last} of {total}", total=self.page.total, **facts)
