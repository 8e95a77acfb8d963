"""The zone editor as a whole: picture and tools on the left, forms on the right."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nicegui import ui

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.editor.canvas_view import CanvasView
from streetwatch.service.console.editor.dialogs import copy_zones
from streetwatch.service.console.editor.dry_run import DryRunPanel, Trial
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.editor.ground_panel import GroundPanel
from streetwatch.service.console.editor.toolbar import Toolbar
from streetwatch.service.console.editor.zone_panel import ZonePanel


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a page can ask of the editor that it shows."""

    board: Board
    view: CanvasView
    dry_run: DryRunPanel


def workbench(
    board: Board,
    *,
    src: str,
    live: bool,
    cameras: Callable[[], Iterable[Camera]],
    trial: Trial,
) -> Workbench:
    """Draw the editor.

    Args:
        board: What is edited.
        src: Address of the picture.
        live: Whether the picture is one of now.
        cameras: Whose zones can be copied.
        trial: Runs the document.
    """
    with ui.element("div").classes("sw-bench"):
        with ui.element("div").classes("sw-column"):
            tools = ui.element("div")
            view = CanvasView(board)
            with tools:
                Toolbar(board, view, on_copy=lambda: copy_zones(board, [*cameras()]))
            view.look_at(src, live=live)
            with ui.element("section").classes("sw-column sw-card"):
                dry_run = DryRunPanel(board, view, trial)
        with ui.element("aside").classes("sw-column sw-panel"):
            with ui.element("section").classes("sw-column") as zones:
                ZonePanel(board)
            GroundPanel(board, view)

    def show(_: object) -> None:
        zones.set_visibility(board.mode is not Mode.CALIBRATE)

    follow(board, show)
    _warn_of_loss(board)
    return Workbench(board, view, dry_run)


def _warn_of_loss(board: Board) -> None:
    """Have the browser ask before the page is left with work that is not saved."""
    told = False

    def tell(_: object) -> None:
        nonlocal told
        if told != board.is_changed:
            told = board.is_changed
            handler = "(event) => event.preventDefault()" if told else "null"
            ui.run_javascript(f"window.onbeforeunload = {handler}")

    follow(board, tell)
