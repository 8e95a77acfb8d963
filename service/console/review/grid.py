"""The grid: many cases at a glance, judged together."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.events import KeyEventArguments

from streetwatch.service.console.casework.words import REASONS
from streetwatch.service.console.language import say
from streetwatch.service.console.review.words import type_words
from streetwatch.service.desk.review.queue import Waiting
from streetwatch.service.desk.review.verdict import Judgement
from streetwatch.service.desk.states import RejectReason

#: Given the numbers, the verdict and the reason.
Judge = Callable[[Sequence[str], Judgement, RejectReason | None], Any]


class Grid:
    """Cards to choose from, and one verdict for all that are chosen."""

    def __init__(
        self, waiting: Sequence[Waiting], judge: Judge, on_close: Callable[[], Any]
    ) -> None:
        self._judge = judge
        ui.keyboard(on_key=lambda event: _closes(event) and on_close())
        self._chosen: dict[str, ui.checkbox] = {}
        with (
            ui.element("div").classes("rv-bar").props(f'role=toolbar aria-label="{say("Verdict")}"')
        ):
            self._count = ui.label().classes("sw-number").props("role=status")
            self._buttons = [*self._verdicts()]
            ui.element("div").classes("sw-grow")
            ui.button(say("Choose all"), on_click=self._all).props("flat dense")
            ui.button(say("Back to one"), icon="close", on_click=on_close).props("flat dense")
        if not waiting:
            ui.label(say("Nothing waits for a verdict.")).classes("sw-empty")
        with ui.element("div").classes("rv-grid"):
            for one in waiting:
                self._card(one)
        self._told()

    def _verdicts(self) -> Sequence[ui.button | ui.dropdown_button]:
        confirm = ui.button(
            say("Confirm"), on_click=lambda: self._give(Judgement.CONFIRMED, None)
        ).props("outline color=positive padding='4px 10px'")
        reject = ui.dropdown_button(say("Reject"), auto_close=True)
        reject.props("outline color=negative padding='4px 10px'")
        with reject:
            for reason, words in REASONS.items():
                ui.item(
                    say(words),
                    on_click=lambda reason=reason: self._give(Judgement.REJECTED, reason),
                )
        unsure = ui.button(say("Not sure"), on_click=lambda: self._give(Judgement.UNSURE, None))
        return (confirm, reject, unsure.props("outline padding='4px 10px'"))

    def _card(self, one: Waiting) -> None:
        words = f"{type_words(one.type)} {one.place_name}"
        with ui.element("div").classes("rv-card").props(f"data-number={one.number}"):
            picture = ui.element("img").props(f'src="/evidence/{one.external_id}/close_up.jpg"')
            picture.props('alt="" loading=lazy')
            box = ui.checkbox(words, on_change=self._told)
            if one.held_by:
                box.props("disable").tooltip(say("Somebody else looks at it"))
                return
            self._chosen[one.number] = box

    @property
    def _numbers(self) -> list[str]:
        return [number for number, box in self._chosen.items() if box.value]

    def _all(self) -> None:
        is_all = len(self._numbers) == len(self._chosen)
        for box in self._chosen.values():
            box.value = not is_all

    def _told(self) -> None:
        count = len(self._numbers)
        self._count.text = say("{count} chosen", "{count} chosen", count=count)
        for button in self._buttons:
            button.set_enabled(count > 0)

    def _give(self, judgement: Judgement, reason: RejectReason | None) -> Any:  # noqa: ANN401
        return self._judge(self._numbers, judgement, reason)


def _closes(event: KeyEventArguments) -> bool:
    """Tell whether a key leads back to the player."""
    return event.action.keydown and event.key.name in {"g", "Escape"}
