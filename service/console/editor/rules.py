"""What is forbidden in a zone: types to tick, and for each its times and hours."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from streetwatch.service.config.document import Location, Tree
from streetwatch.service.console.drawing.rule_form import (
    NumberField,
    number_fields,
    rules_set,
    rules_with,
    rules_without,
)
from streetwatch.service.console.editor.fields import Fields
from streetwatch.service.console.editor.hours import HoursForm
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import duration, type_words
from streetwatch.zones.rules import ViolationType


class RulesForm:
    """The rules of one zone.

    Args:
        rules: As `cameras.yaml` has them.
        on_change: Is given them as they are now, and a name for the gesture.
        fields: Notes where what stands.
        at: Where the rules stand in the document.
    """

    def __init__(
        self,
        rules: list[dict[str, Tree]],
        on_change: Callable[[list[Tree], str], None],
        *,
        fields: Fields,
        at: Location,
    ) -> None:
        self._rules: list[Any] = rules
        self._on_change = on_change
        self._fields, self._at = fields, at
        for kind in ViolationType:
            self._type(kind)

    def _type(self, kind: ViolationType) -> None:
        row = next((row for row, one in enumerate(self._rules) if one["type"] == kind), None)
        box = ui.checkbox(type_words(kind), value=row is not None).classes("sw-type")
        box.on_value_change(lambda event: self._tick(kind, on=bool(event.value))).props("dense")
        if row is not None:
            with ui.element("div").classes("sw-rule"):
                self._settings(kind, row)

    def _settings(self, kind: ViolationType, row: int) -> None:
        numbers = number_fields(kind)
        for number in numbers:
            if number.is_first:
                self._number(kind, row, number)
        HoursForm(
            self._rules[row].get("schedule"),
            lambda schedule: self._set(kind, "schedule", schedule),
            placed=self._fields.placed,
            at=(*self._at, row, "schedule"),
        )
        with ui.expansion(say("More settings")).props("dense").classes("sw-more"):
            for number in numbers:
                if not number.is_first:
                    self._number(kind, row, number)

    def _number(self, kind: ViolationType, row: int, number: NumberField) -> None:
        value = self._rules[row].get(number.key)
        shown = f"{number.default:g}"
        if number.is_time and number.default >= 60:
            shown = f"{shown} s = {duration(number.default)}"
        field = ui.number(
            say(number.title),
            value=value,
            placeholder=say("usually {value}", value=shown),
            on_change=lambda event: self._set(kind, number.key, event.value),
        )
        field.props("dense outlined stack-label clearable").props(
            "suffix=s" if number.is_time else ""
        )
        field.props["hint"] = say(number.description)
        self._fields.placed((*self._at, row, number.key), field)

    def _tick(self, kind: ViolationType, *, on: bool) -> None:
        change = rules_with if on else rules_without
        self._rules = change(self._rules, kind)
        self._on_change(self._rules, "")

    def _set(self, kind: ViolationType, key: str, value: Tree) -> None:
        self._rules = rules_set(self._rules, kind, key, value)
        self._on_change(self._rules, f"{kind} {key}")
