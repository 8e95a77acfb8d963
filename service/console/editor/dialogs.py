"""Windows over the editor: zones of another camera, the keys, somebody else's change."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.drawing.document import sketch_of
from streetwatch.service.console.drawing.sketch import Area, copied
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.zone_words import kind_words

KEYS = (
    ("n", mark("draw a zone")),
    ("Esc", mark("stop drawing")),
    ("← ↑ → ↓", mark("move a corner, a zone or the cross-hair by one pixel; with Shift by ten")),
    ("Space", mark("set a corner while drawing")),
    ("Enter", mark("finish the outline; on a zone: go to its corners")),
    ("Backspace", mark("take the last corner back")),
    ("Tab", mark("next zone or corner")),
    ("I", mark("one more corner after this one")),
    ("Delete", mark("delete the corner or the zone")),
    ("Ctrl+Z / Ctrl+Y", mark("undo / redo")),
    ("+ / - / 0", mark("closer, further, the whole picture; the mouse wheel too")),
    ("Alt", mark("held while dragging: do not snap")),
)


def tell_keys() -> None:
    """Show what each key does."""
    with ui.dialog() as dialog, ui.card():
        ui.label(say("Keys")).classes("sw-subtitle")
        with ui.element("dl").classes("sw-keys"):
            for key, words in KEYS:
                with ui.element("dt"):
                    ui.html(f"<kbd class=sw-key>{key}</kbd>", sanitize=False)
                with ui.element("dd"):
                    ui.label(say(words))
        ui.button(say("Close"), on_click=dialog.close).props("flat no-caps")
    dialog.open()


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
