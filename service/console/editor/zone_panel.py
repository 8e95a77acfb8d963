"""The zones of a camera as a list, and the form of the one that is chosen."""

from typing import Any

from nicegui import ui

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.drawing.edits import Edit
from streetwatch.service.console.drawing.sketch import Area, of_kind, renamed, with_setting
from streetwatch.service.console.editor.fields import Fields
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.editor.hours import HoursForm
from streetwatch.service.console.editor.rules import RulesForm
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import KIND_HINTS, kind_words, type_words, wrong
from streetwatch.zones.place import Surface
from streetwatch.zones.zone import ZoneKind


def _forbidden(area: Area) -> str:
    """Say what may not be in a zone."""
    rules: Any = area.settings.get("rules") or []
    return say(", ").join(type_words(rule["type"]) for rule in rules)


class ZonePanel:
    """The list and the form beside the picture.

    Args:
        board: What is edited.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._fields = Fields(board)
        self._list = ui.element("ul").classes("sw-zones")
        self._form = ui.element("section").classes("sw-column")
        self._above: ui.label | None = None
        follow(board, self._changed)
        self._changed(None)

    def _changed(self, by: object) -> None:
        self._show_list()
        if by is not self:
            self._show_form()
        self._show_mistakes()

    def _show_list(self) -> None:
        board = self._board
        self._list.clear()
        with self._list:
            for row, area in enumerate(board.sketch.areas):
                with ui.element("li"):
                    self._entry(row, area)
            if not board.sketch.areas:
                ui.label(
                    say("No zones yet: choose a kind above the picture and click its corners.")
                )

    def _entry(self, row: int, area: Area) -> None:
        board = self._board
        button = ui.button(on_click=lambda: self._choose(area.id)).props("flat dense no-caps")
        button.props(f"aria-pressed={'true' if area.id == board.selected else 'false'}")
        with button:
            ui.element("span").classes(f"sw-swatch is-{area.kind}").props("aria-hidden=true")
            with ui.element("span").classes("sw-fill"):
                ui.label(area.id)
                ui.label(_forbidden(area)).classes("sw-small")
            if board.wrong_at("zones", row):
                ui.icon("error").classes("sw-wrong").props(f'aria-label="{say("needs mending")}"')
            ui.label(kind_words(area.kind)).classes("sw-quiet")

    def _choose(self, name: str) -> None:
        if self._board.mode is not Mode.SELECT:
            self._board.turn_to(Mode.SELECT)
        self._board.pick(name)

    def _show_form(self) -> None:
        self._form.clear()
        self._fields.clear()
        area = self._board.area
        with self._form:
            if area is not None:
                self._draw_form(area, self._board.row_of(area.id))

    def _draw_form(self, area: Area, row: int) -> None:
        self._above = ui.label().classes("sw-wrong").props("role=alert")
        name = ui.input(say("Short name"), value=area.id).props("dense outlined")
        name.on("blur", lambda: self._rename(area.id, name))
        name.on("keydown.enter", lambda: self._rename(area.id, name))
        self._fields.placed(lambda: ("zones", row, "id"), name)
        kinds = {str(kind): kind_words(kind) for kind in ZoneKind}
        kind = ui.select(kinds, label=say("Kind"), value=str(area.kind)).props("dense outlined")
        kind.on_value_change(lambda event: self._turn(area.id, ZoneKind(event.value)))
        ui.label(say(KIND_HINTS[area.kind])).classes("sw-quiet")
        if area.kind is ZoneKind.PROHIBITED:
            self._rules(area, row)
        if area.kind is ZoneKind.PERMITTED:
            self._permit(area, row)
        self._surface(area)
        remove = ui.button(
            say("Delete the zone"),
            icon="delete",
            on_click=lambda: self._board.edit(Edit(what="remove", id=area.id)),
        )
        remove.props("flat dense no-caps").classes("sw-danger sw-start")

    def _rules(self, area: Area, row: int) -> None:
        rules: Any = area.settings.get("rules") or []
        ui.label(say("What may not be here")).classes("sw-subtitle")
        RulesForm(
            rules,
            lambda changed, gesture: self._set(area.id, "rules", changed or None, gesture),
            fields=self._fields,
            at=("zones", row, "rules"),
        )

    def _permit(self, area: Area, row: int) -> None:
        ui.label(say("When it is permitted")).classes("sw-subtitle")
        HoursForm(
            area.settings.get("schedule"),
            lambda schedule: self._set(area.id, "schedule", schedule, "hours"),
            placed=self._fields.placed,
            at=lambda: ("zones", row, "schedule"),
        )
        grace: Any = area.settings.get("grace_s")
        field = ui.number(
            say("Time to clear away, after the hours"),
            value=grace,
            on_change=lambda event: self._set(area.id, "grace_s", event.value, "grace"),
        )
        field.props("dense outlined suffix=s")
        self._fields.placed(lambda: ("zones", row, "grace_s"), field)

    def _surface(self, area: Area) -> None:
        if area.kind is not ZoneKind.PROHIBITED:
            return
        surfaces = {
            "": say("as its type usually has"),
            str(Surface.ROAD): say("road: the traffic police sees to it"),
            str(Surface.PAVEMENT): say("pavement: the bureau sees to it"),
        }
        chosen: Any = area.settings.get("surface") or ""
        field = ui.select(surfaces, label=say("Underfoot"), value=chosen).props("dense outlined")
        field.on_value_change(
            lambda event: self._set(area.id, "surface", event.value or None, "surface")
        )

    def _set(self, name: str, key: str, value: Tree, gesture: str) -> None:
        changed = with_setting(self._board.sketch, name, key, value)
        gesture = f"{name} {gesture}" if gesture else ""
        self._board.change(changed, by=self, gesture=gesture)

    def _turn(self, name: str, kind: ZoneKind) -> None:
        self._board.change(of_kind(self._board.sketch, name, kind))

    def _rename(self, old: str, field: ui.input) -> None:
        board, new = self._board, (field.value or "").strip()
        if new == old:
            return
        if board.sketch.area(new) is not None:
            field.error = say("Another zone is called so already.")
            return
        board.selected = new
        board.change(renamed(board.sketch, old, new))

    def _show_mistakes(self) -> None:
        self._fields.show_mistakes()
        area = self._board.area
        if area is None or self._above is None:
            return
        row = self._board.row_of(area.id)
        shown = [
            wrong(one)
            for one in self._board.mistakes
            if one.location == ("zones", row) or one.location[:3] == ("zones", row, "polygon")
        ]
        self._above.set_text(" ".join(shown))
        self._above.set_visibility(bool(shown))
