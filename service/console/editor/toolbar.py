"""The tools above the picture."""

from collections.abc import Callable

from nicegui import ui

from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.drawing.edits import Edit
from streetwatch.service.console.editor.canvas_view import CanvasView
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import KIND_HINTS, kind_words
from streetwatch.zones.zone import ZoneKind


class Toolbar:
    """Which tool is in the hand, undo and redo.

    Args:
        board: What is edited.
        view: Takes the tool into its hand before the service has heard of it.
        on_copy: Opens the zones of other cameras.
    """

    def __init__(self, board: Board, view: CanvasView, *, on_copy: Callable[[], None]) -> None:
        self._board, self._view = board, view
        self._tools: dict[tuple[Mode, ZoneKind | None], ui.button] = {}
        with (
            ui.element("div").classes("sw-tools").props(f'role=toolbar aria-label="{say("Tools")}"')
        ):
            self._tool(Mode.SELECT, None, say("Select"), "near_me")
            for kind in ZoneKind:
                button = self._tool(Mode.DRAW, kind, kind_words(kind), "")
                button.tooltip(say(KIND_HINTS[kind]))
                with button:
                    ui.element("span").classes(f"sw-swatch is-{kind}").props("aria-hidden=true")
            self._tool(Mode.CALIBRATE, None, say("Ground"), "grid_on")
            ui.element("div").classes("sw-grow")
            self._undo = _icon("undo", say("Undo (Ctrl+Z)"), lambda: board.edit(Edit(what="undo")))
            self._redo = _icon("redo", say("Redo (Ctrl+Y)"), lambda: board.edit(Edit(what="redo")))
            _icon("content_copy", say("Copy zones of another camera"), on_copy)
        follow(board, lambda _: self._show())
        self._show()

    def _tool(self, mode: Mode, kind: ZoneKind | None, words: str, icon: str) -> ui.button:
        board = self._board
        button = ui.button(words, icon=icon or None, on_click=lambda: board.turn_to(mode, kind))
        button.on("click", js_handler=self._view.taking(mode, kind))
        self._tools[mode, kind] = button.props("flat dense no-caps")
        return button

    def _show(self) -> None:
        board = self._board
        in_hand = (board.mode, board.kind if board.mode is Mode.DRAW else None)
        for tool, button in self._tools.items():
            button.props(f"aria-pressed={'true' if tool == in_hand else 'false'}")
        self._undo.set_enabled(bool(board.history.past))
        self._redo.set_enabled(bool(board.history.future))


def _icon(name: str, words: str, on_click: Callable[[], object]) -> ui.button:
    button = ui.button(icon=name, on_click=on_click).props(f'flat dense aria-label="{words}"')
    button.tooltip(words)
    return button
