"""The review page as it is drawn and used: what is said to it, what it says back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from nicegui import Client, background_tasks, context, ui

from streetwatch.service.console.casework.refusals import REFUSALS, refusal_words
from streetwatch.service.console.language import say
from streetwatch.service.console.review.dialogs import ask_mute
from streetwatch.service.console.review.filters import Chosen, draw_filters
from streetwatch.service.console.review.grid import Grid
from streetwatch.service.console.review.panels import (
    draw_counts,
    draw_facts,
    draw_history,
    draw_surroundings,
)
from streetwatch.service.console.review.player import Player
from streetwatch.service.console.review.queue_list import QueueList
from streetwatch.service.console.review.words import VERDICTS
from streetwatch.service.console.review.work import RENEW_S, Overview, Work
from streetwatch.service.console.shell import Shell
from streetwatch.service.desk.review.verdict import Judgement
from streetwatch.service.desk.states import RejectReason
from streetwatch.vision.types import Seconds

T = TypeVar("T")

#: How often the queue is read for its list: others work on it too.
_LOOK_S: Seconds = 2.0


#: Writes into the audit log: a deed's name, and what it was about.
Note = Callable[..., Awaitable[None]]

DEEDS: Final = {
    "judge": "case.judged",
    "judge_all": "cases.judged",
    "undo": "verdicts.undone",
    "mute": "case.muted",
}


class Screen:
    """One reviewer's page. What is done is done in order, one after the other."""

    def __init__(self, work: Work, shell: Shell, note: Note) -> None:
        self._work = work
        self._note = note
        self._shell = shell
        self._chosen = Chosen()
        self._in_turn = asyncio.Lock()
        self._begun = 0
        self._overview: Overview | None = None
        self._player: Player | None = None
        self._is_away = False

    async def draw(self) -> None:
        """Draw the page and begin."""
        ui.add_head_html('<link rel="stylesheet" href="/console/static/review.css">')
        ui.label(say("Review")).classes("sw-hidden").props("role=heading aria-level=1")
        await asyncio.to_thread(self._work.ask, self._question())
        self._overview = await asyncio.to_thread(self._work.overview)
        with ui.element("div").classes("rv"):
            with ui.element("section").classes("rv-side queue").props(_label(say("Queue"))):
                self._counts()
                self._filters()
                self._list()
            with ui.element("section").classes("rv-middle").props(_label(say("The case"))):
                self._middle()
            with ui.element("aside").classes("rv-side facts").props(_label(say("Facts"))):
                await self._facts()
        client = context.client
        self._shell.live(("review", client.id), self._work.overview, self._looked, every_s=_LOOK_S)
        ui.timer(RENEW_S, self._renew)
        client.on_disconnect(self._leave)
        client.on_connect(self._come_back)

    @ui.refreshable_method
    def _counts(self) -> None:
        if self._overview is not None:
            draw_counts(self._overview, self._work.session, self._work.reviewing.clock())

    def _filters(self) -> None:
        with ui.expansion(say("Filters"), icon="tune").props("dense"):
            draw_filters(self._chosen, self._work.cameras(), self._ask)

    def _list(self) -> None:
        frame = ui.element("div").classes("rv-scroll")
        with frame.props(f"tabindex=0 {_label(say('Queue'))}"):
            self._queue = QueueList(self._open)
        self._listed()

    def _listed(self) -> None:
        if self._overview is not None:
            self._queue.show(self._overview.head, self._work.session.current)

    @ui.refreshable_method
    def _middle(self, *, as_grid: bool = False) -> None:
        if as_grid:
            self._player = None
            waiting = self._overview.head if self._overview else ()
            with ui.element("div").classes("rv-scroll").props("tabindex=0"):
                Grid(waiting, self._judge_all, self._to_one)
            return
        self._player = player = Player(self._work.line())
        player.hear("verdict", self._judge)
        player.hear("next", lambda said: self._done(self._work.next, said["number"]))
        player.hear("previous", lambda _: self._done(self._work.previous))
        player.hear("undo", lambda _: self._undo())
        player.hear(
            "mute", lambda said: ask_mute(said["number"], self._mute, self._work.reviewing.clock)
        )
        player.hear("grid", lambda _: self._to_grid())

    @ui.refreshable_method
    async def _facts(self) -> None:
        number = self._work.session.current
        case = self._work.cases.get(number or "")
        if number is None or case is None:
            return
        around = await asyncio.to_thread(self._work.around, number)
        if context.client.is_deleted:
            return
        with (
            ui.element("div")
            .classes("sw-card rv-scroll")
            .props(f"tabindex=0 {_label(say('Facts'))}")
        ):
            draw_facts(case)
            draw_surroundings(around)
            draw_history(case)

    def _question(self) -> Any:  # noqa: ANN401 -- a Question
        return self._chosen.question(self._work.reviewer.name, self._work.reviewing.clock())

    async def _looked(self, overview: Overview) -> None:
        """Draw what others have changed."""
        self._overview = overview
        await self._counts.refresh()
        self._listed()
        if not self._work.session.line and overview.counts.waiting > overview.counts.elsewhere:
            background_tasks.create(self._ask_on(context.client))

    async def _ask_on(self, page: Client) -> None:
        """Ask in a task of its own, which has to be told on which page it draws."""
        with page:
            await self._ask()

    async def _done(self, do: Callable[..., T], *said: object) -> T | None:
        """Do something and draw what has become of it; a refusal is told."""
        self._begun += 1
        turn = self._begun
        async with self._in_turn:
            done: T | None = None
            try:
                done = await asyncio.to_thread(do, *said)
            except REFUSALS as error:
                ui.notify(say("Not done: {why}", why=refusal_words(error)), type="warning")
            else:
                await self._written_down(do.__name__, said)
            if context.client.is_deleted:  # its reader has gone meanwhile
                return done
            if self._player is not None:
                self._player.show(self._work.line())
            # Whoever has pressed on already does not look at the sides.
            if turn == self._begun:
                await self._draw_sides()
        return done

    async def _written_down(self, did: str, said: Sequence[object]) -> None:
        """Write what a reviewer has decided into the audit log; looking is none of its business."""
        if did in DEEDS:
            told = [str(one) for one in said if one is not None]
            await self._note(DEEDS[did], facts=told)

    async def _draw_sides(self) -> None:
        self._overview = await asyncio.to_thread(self._work.overview)
        if context.client.is_deleted:
            return
        await self._counts.refresh()
        self._listed()
        await self._facts.refresh()

    async def _renew(self) -> None:
        async with self._in_turn:
            await asyncio.to_thread(self._work.renew)

    async def _leave(self) -> None:
        """Let go at once: whoever loads the page anew is given the same cases again."""
        self._is_away = True
        async with self._in_turn:
            await asyncio.to_thread(self._work.leave)

    async def _come_back(self) -> None:
        if self._is_away:
            self._is_away = False
            await self._done(self._work.come_back)

    async def _ask(self) -> None:
        await self._done(self._work.ask, self._question())

    async def _open(self, number: str) -> None:
        await self._done(self._work.open, number)

    async def _judge(self, said: dict[str, Any]) -> None:
        reason = said.get("reason")
        judgement = Judgement(said["judgement"])
        reject = RejectReason(reason) if reason else None
        await self._done(self._work.judge, said["number"], judgement, reject)

    async def _undo(self) -> None:
        given = self._work.session.given[-1:]
        if await self._done(self._work.undo) and given:
            ui.notify(say("Taken back: {verdict}", verdict=say(VERDICTS[given[0].judgement])))

    async def _mute(self, number: str, until: Seconds | None) -> None:
        await self._done(self._work.mute, number, until)
        words = say("The place is muted.") if until else say("The place is not muted any more.")
        ui.notify(words)

    async def _judge_all(
        self, numbers: Sequence[str], judgement: Judgement, reason: RejectReason | None
    ) -> None:
        refused = await self._done(self._work.judge_all, numbers, judgement, reason)
        left = len(refused or ())
        ui.notify(say("{done} judged, {left} left alone", done=len(numbers) - left, left=left))
        self._to_grid()

    def _to_grid(self) -> None:
        self._middle.refresh(as_grid=True)

    def _to_one(self) -> None:
        self._middle.refresh(as_grid=False)


def _label(words: str) -> str:
    return f'aria-label="{words}"'
