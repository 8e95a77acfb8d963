"""What the drawn zones would have filed, before they are saved."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from nicegui import background_tasks, context, ui

from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.editor.canvas_view import CanvasView
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.moments import span_to_the_second
from streetwatch.service.console.zone_words import type_words, wrong
from streetwatch.service.dry_run import Difference, Found, Progress, Told
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

Running: TypeAlias = AsyncIterator[Told]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the drawn zones are tried on.

    Attributes:
        run: Runs the document over so many hours.
        watched_s: Tells for how long a camera was watched that is not kept yet: all of that is
            run over. None: the camera is kept, and so is what was seen.
    """

    run: Callable[[float], Running]
    watched_s: Callable[[], Seconds] | None = None


HOURS: Final = (1, 2, 6, 12, 24)

_NOTHING_KEPT: Final = mark("Not measured: nothing of this camera was seen in these hours.")
_NOTHING_YET: Final = mark("Not measured: nothing was seen yet. Try again in a few seconds.")

#: How often it is told for how long a new camera was watched.
_COUNTED_EVERY_S: Final[Seconds] = 1.0

#: A difference longer than this is told by its number.
_MOST_SHOWN: Final = 50


class DryRunPanel:
    """Starts a dry run, shows how far it is, and what it found.

    Args:
        board: What is edited.
        view: Shows where a case would have been.
        trial: Runs the document.
    """

    def __init__(self, board: Board, view: CanvasView, trial: Trial) -> None:
        self._board, self._view, self._trial = board, view, trial
        self._task: asyncio.Task[None] | None = None
        ui.label(say("Dry run")).classes("sw-subtitle")
        ui.label(say("What these zones would have filed, from what was seen lately.")).classes(
            "sw-quiet"
        )
        with ui.element("div").classes("sw-row"):
            self._hours = None if trial.watched_s else _hours()
            if trial.watched_s is not None:
                self._draw_watched(trial.watched_s)
            self._start = ui.button(say("Try"), icon="play_arrow", on_click=self._begin)
            self._start.props("outline no-caps")
            self._stop = ui.button(say("Cancel"), on_click=self.cancel).props("flat no-caps")
        self._bar = ui.linear_progress(0, show_value=False)
        self._bar.props(f'aria-label="{say("Progress of the dry run")}"')
        self._found = ui.element("div").classes("sw-column").props("aria-live=polite")
        self._show_running(on=False)
        context.client.on_delete(self.cancel)
        follow(board, lambda _: self._forget())

    def cancel(self) -> None:
        """Stop it, if it runs."""
        if self._task is not None:
            self._task.cancel()

    def _draw_watched(self, watched_s: Callable[[], Seconds]) -> None:
        so_far = ui.label().props("role=status").classes("sw-number")

        def show() -> None:
            span = span_to_the_second(watched_s())
            so_far.set_text(say("Watched for {span} so far", span=span))

        ui.timer(_COUNTED_EVERY_S, show)

    def _begin(self) -> None:
        if self._board.mistakes:
            self._tell(say("Mend what is marked red first."))
            return
        self._show_running(on=True)
        self._task = background_tasks.create(self._follow(), name="dry run")

    async def _follow(self) -> None:
        hours = self._hours.value if self._hours is not None else None
        running = self._trial.run(float(hours or 2))
        with self._found:
            try:
                async for step in running:
                    self._show(step)
            except BusyError:
                self._tell(say("Another dry run is under way: wait until that has ended."))
            except CameraRefusedError as error:
                self._tell(wrong(error.mistakes[0]))
            finally:
                self._show_running(on=False)

    def _show(self, step: Told) -> None:
        match step:
            case Progress():
                self._bar.set_value(step.done)
            case Difference():
                self._show_difference(step)

    def _show_running(self, *, on: bool) -> None:
        self._bar.set_visibility(on)
        self._stop.set_visibility(on)
        self._start.set_visibility(not on)

    def _forget(self) -> None:
        """What was found is of zones that are no more."""
        if self._task is not None and self._task.done():
            self._found.clear()
            self._view.show_found([])
            self._task = None

    def _tell(self, text: str) -> None:
        self._found.clear()
        with self._found:
            ui.label(text)

    def _show_difference(self, found: Difference) -> None:
        if not found.looks:
            self._tell(say(_NOTHING_YET if self._trial.watched_s else _NOTHING_KEPT))
            return
        self._tell(_in_short(found) if self._trial.watched_s is None else _of_new(found))
        with self._found:
            for sign, cases in (("+", found.more), ("-", found.less)):
                for case in cases[:_MOST_SHOWN]:
                    self._case(sign, case)

    def _case(self, sign: str, case: Found) -> None:
        at = datetime.fromtimestamp(case.at, CHINA)
        words = f"{sign} {at:%m-%d %H:%M} {type_words(case.type)} · {case.zone_id}"
        stay = {"box": case.box, "label": type_words(case.type), "state": "found"}
        button = ui.button(words, on_click=lambda: self._view.show_found([stay]))
        button.props("flat dense no-caps align=left").classes(
            "sw-more-case" if sign == "+" else "sw-less-case"
        )
        if case.still is not None:
            with button:
                ui.element("img").props(f'src="{case.still}" alt="" loading=lazy')


def _hours() -> ui.select:
    hours = {one: say("last hour", "last {count} hours", count=one) for one in HOURS}
    return ui.select(hours, value=2, label=say("Over the")).props("dense outlined")


def _of_new(found: Difference) -> str:
    """Say what a camera that was never watched before would have filed."""
    span = span_to_the_second((found.to_at or 0.0) - (found.from_at or 0.0))
    count = len(found.more)
    return say(
        "{count} case in {span}. Longer dwells need longer watching.",
        "{count} cases in {span}. Longer dwells need longer watching.",
        count=count,
        span=span,
    )


def _in_short(found: Difference) -> str:
    if not found.more and not found.less:
        return say("No difference: {same} cases as before.", same=found.same)
    more = say("{count} case more", "{count} cases more", count=len(found.more))
    less = say("{count} case less", "{count} cases less", count=len(found.less))
    return say("{more}, {less}; {same} as before.", more=more, less=less, same=found.same)
