"""Windows over the editor: zones of another camera, a question before something is lost."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.drawing.document import sketch_of
from streetwatch.service.console.drawing.sketch import Area, copied
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import kind_words


def copy_zones(board: Board, cameras: Sequence[Camera]) -> None:
    """Let somebody choose zones of another camera."""
    others = {one.id: one for one in cameras if one.id != board.camera.get("id") and one.zones}
    with ui.dialog() as dialog, ui.card().classes("sw-dialog"):
        ui.label(say("Copy zones of another camera")).classes("sw-subtitle")
        if not others:
            ui.label(say("No other camera has zones."))
        chosen: list[Area] = []
        names = {name: camera.name for name, camera in others.items()}
        field = ui.select(names, label=say("Camera"), with_input=True) if others else None
        zones = ui.element("div").classes("sw-column")

        def show(name: str) -> None:
            chosen[:] = sketch_of(others[name].document).areas
            zones.clear()
            with zones:
                for area in tuple(chosen):
                    _choice(area, chosen)

        def take() -> None:
            board.change(copied(board.sketch, chosen))
            dialog.close()

        if field is not None:
            field.on_value_change(lambda event: show(event.value))
            ui.button(say("Copy"), on_click=take)
        ui.button(say("Close"), on_click=dialog.close).props("flat no-caps")
    dialog.open()


def _choice(area: Area, chosen: list[Area]) -> None:
    def ticked(*, on: bool) -> None:
        if on:
            chosen.append(area)
        else:
            chosen.remove(area)

    box = ui.checkbox(f"{area.id} · {kind_words(area.kind)}", value=True).props("dense")
    box.on_value_change(lambda event: ticked(on=bool(event.value)))


def sure(question: str, yes: str, then: Callable[[], Awaitable[None]]) -> None:
    """Ask before something is done that can't be undone here."""
    with ui.dialog() as dialog, ui.card().classes("sw-dialog"):
        ui.label(question)

        async def do() -> None:
            dialog.close()
            await then()

        with ui.element("div").classes("sw-row"):
            ui.button(yes, on_click=do).props("color=negative no-caps")
            ui.button(say("Cancel"), on_click=dialog.close).props("flat no-caps")
    dialog.open()
