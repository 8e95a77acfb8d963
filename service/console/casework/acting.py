"""The buttons that do something with a case, and the forms that ask what has to be said."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from pydantic import ValidationError

from streetwatch.service.access.role import Account
from streetwatch.service.console.casework.refusals import REFUSALS, refusal_words
from streetwatch.service.console.casework.steps import Ask, Step, UnsaidError, move_of, steps_of
from streetwatch.service.console.casework.words import MEASURES, REASONS
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.decisions import (
    Assignment,
    Attribution,
    Decision,
    assigned,
    attributed,
    decided,
)
from streetwatch.service.desk.report import Hold
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.service.store.audit_chain import Fact

#: Does what a form asks for; returns nothing, or raises what has to be shown.
Do = Callable[[Mapping[str, str]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Blank:
    """Something that a form asks.

    Attributes:
        options: What may be chosen; None: it is written.
        kind: Of the input: `text`, `textarea` or `date`.
    """

    name: str
    label: str
    is_needed: bool = False
    options: Mapping[str, str] | None = None
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Acting:
    """What may be done with one case by who is signed in.

    Attributes:
        case: As it was read.
        account: Stands in the history.
        on_done: Shows what has become of the case.
    """

    parts: Parts
    case: Mapping[str, Any]
    account: Account
    on_done: Callable[[], Awaitable[None]]

    def draw(self) -> None:
        """Draw the buttons that the case's state allows."""
        state = CaseState(self.case["state"])
        bar = ui.element("div").classes("cw-steps sw-row sw-wrap")
        with bar.props(f'role=group aria-label="{say("What can be done")}"'):
            for step in steps_of(state):
                button = ui.button(say(step.words), on_click=lambda step=step: self._step(step))
                button.props("dense unelevated" if step.is_main else "dense outline")
            ui.element("div").classes("sw-grow")
            if state not in ENDS:
                self._other(say("Give to…"), self._assign)
            self._other(say("Decide measure…"), self._decide)
            self._other(say("Whose is it…"), self._attribute)
            held = self.case.get("legal_hold")
            self._other(say("Lift legal hold…") if held else say("Legal hold…"), self._hold)

    def _other(self, words: str, act: Callable[[], None]) -> None:
        ui.button(words, on_click=act).props("flat dense")

    def _step(self, step: Step) -> None:
        blanks = [_blank(one, is_needed=one in step.needs) for one in step.asks]

        async def do(given: Mapping[str, str]) -> None:
            said = {Ask(name): text for name, text in given.items()}
            move = move_of(step, said, by=self.account.name, say=say)
            expected = frozenset({self.case["revision"]})
            await asyncio.to_thread(
                self.parts.reviewing.moving.move, self.case["number"], move, expected
            )

        self._ask(say(step.words), blanks, do, "case.moved", state=step.state.value)

    def _assign(self) -> None:
        blanks = [
            Blank("assignee", say("Given to"), options=None),
            Blank("authority", say("Authority")),
            Blank("note", say("Note"), kind="textarea"),
        ]

        async def do(given: Mapping[str, str]) -> None:
            facts = {name: text for name, text in given.items() if text}
            body = Assignment(by=self.account.name, **facts)
            await self._amend(assigned(body, now=self.parts.clock()))

        self._ask(say("Give to somebody"), blanks, do, "case.assigned")

    def _decide(self) -> None:
        options = {one.value: say(words) for one, words in MEASURES.items()}
        blanks = [
            Blank("measure", say("Measure"), is_needed=True, options=options),
            Blank("reason", say("Reason"), is_needed=True, kind="textarea"),
        ]

        async def do(given: Mapping[str, str]) -> None:
            body = Decision.model_validate({**given, "by": self.account.name})
            await self._amend(decided(body, now=self.parts.clock()))

        self._ask(say("Decide what is done"), blanks, do, "case.decided")

    def _attribute(self) -> None:
        blanks = [
            Blank("subject", say("Shop front or id of your own; empty takes it back")),
            Blank("note", say("Note"), kind="textarea"),
        ]

        async def do(given: Mapping[str, str]) -> None:
            body = Attribution(
                subject=given["subject"] or None, by=self.account.name, note=given["note"]
            )
            triaging, now = self.parts.triaging, self.parts.clock()
            await self._amend(attributed(body, triaging, now=now))

        self._ask(say("Say whose it is"), blanks, do, "case.attributed")

    def _hold(self) -> None:
        held = not self.case.get("legal_hold")
        blanks = [Blank("why", say("Reason"), is_needed=True, kind="textarea")]

        async def do(given: Mapping[str, str]) -> None:
            body = Hold(held=held, by=self.account.name, why=given["why"])
            book, now = self.parts.book, self.parts.clock()
            await asyncio.to_thread(book.hold, self.case["number"], body, now=now)

        title = say("Keep it beyond its time") if held else say("Lift the legal hold")
        self._ask(title, blanks, do, "case.held", held=held)

    async def _amend(self, amend: Any) -> None:  # noqa: ANN401 -- Book.amend says what
        book, now = self.parts.book, self.parts.clock()
        await asyncio.to_thread(book.amend, self.case["number"], amend, now=now)

    def _ask(self, title: str, blanks: list[Blank], do: Do, what: str, **facts: Fact) -> None:
        """Ask what has to be said, do it, and show what came of it."""
        with ui.dialog() as dialog, ui.card().classes("cw-form"):
            ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
            fields = {one.name: _field(one) for one in blanks}
            wrong = ui.label().classes("cw-wrong").props("role=alert")

            async def done() -> None:
                given = {name: str(one.value or "").strip() for name, one in fields.items()}
                refused = _missing(blanks, given) or await _tried(do, given)
                wrong.set_text(refused)
                if not refused:
                    await note(self.parts, self.account, what, self.case["number"], **facts)
                    dialog.close()
                    await self.on_done()

            with ui.element("div").classes("sw-row"):
                ui.element("div").classes("sw-grow")
                ui.button(say("Leave it"), on_click=dialog.close).props("flat dense")
                ui.button(title, on_click=done).props("unelevated dense")
        dialog.on("hide", dialog.delete)
        dialog.open()


def _missing(blanks: list[Blank], given: Mapping[str, str]) -> str:
    if any(one.is_needed and not given[one.name] for one in blanks):
        return say("Fill in what is marked with *.")
    return ""


async def _tried(do: Do, given: Mapping[str, str]) -> str:
    """Do it; return what was wrong, empty where nothing was."""
    try:
        await do(given)
    except ValidationError as error:
        return str(error.errors(include_url=False)[0]["msg"])
    except REFUSALS as error:
        return refusal_words(error)
    except (UnsaidError, StreetwatchError) as error:
        return str(error)
    return ""


def _blank(ask: Ask, *, is_needed: bool) -> Blank:
    match ask:
        case Ask.REASON:
            options = {one.value: say(words) for one, words in REASONS.items()}
            return Blank(ask, say("Reason"), is_needed, options)
        case Ask.AUTHORITY:
            return Blank(ask, say("Authority"), is_needed)
        case Ask.ASSIGNEE:
            return Blank(ask, say("Given to"), is_needed)
        case Ask.UNTIL:
            return Blank(ask, say("Until the end of"), is_needed, kind="date")
        case Ask.NOTE:
            return Blank(ask, say("Note"), is_needed, kind="textarea")


def _field(one: Blank) -> Any:  # noqa: ANN401 -- an input or a select: both have a value
    label = f"{one.label} *" if one.is_needed else one.label
    if one.options is not None:
        return ui.select(dict(one.options), label=label).props("outlined dense")
    if one.kind == "textarea":
        return ui.textarea(label).props("outlined dense autogrow")
    date = " type=date stack-label" if one.kind == "date" else ""
    return ui.input(label).props(f"outlined dense{date}")
