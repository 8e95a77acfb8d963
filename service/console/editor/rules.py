"""What is forbidden in a zone: types to tick, and for each its times and hours."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from streetwatch.service.config.document import Location, Tree
from streetwatch.service.console.drawing.rule_form import (
    NumberField,
    exemptible,
    heights_read,
    heights_written,
    number_fields,
    rules_set,
    rules_with,
    rules_without,
)
from streetwatch.service.console.editor.fields import Fields, Where
from streetwatch.service.console.editor.hours import HoursForm
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import duration, label_words, type_words
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
        is_ticked = self._row(kind) is not None
        box = ui.checkbox(type_words(kind), value=is_ticked).classes("sw-type").props("dense")
        settings = ui.element("div").classes("sw-rule")
        box.on_value_change(lambda event: self._tick(kind, settings, on=bool(event.value)))
        self._show(kind, settings)

    def _row(self, kind: ViolationType) -> int | None:
        rows = (row for row, one in enumerate(self._rules) if one["type"] == kind)
        return next(rows, None)

    def _show(self, kind: ViolationType, settings: ui.element) -> None:
        """Draw what a ticked type has; nothing for one that is not."""
        settings.clear()
        row = self._row(kind)
        settings.set_visibility(row is not None)
        if row is not None:
            with settings:
                self._draw(kind, self._rules[row].get("schedule"))

    def _draw(self, kind: ViolationType, schedule: Tree) -> None:
        numbers = number_fields(kind)
        for number in numbers:
            if number.is_first:
                self._number(kind, number)
        HoursForm(
            schedule,
            lambda changed: self._set(kind, "schedule", changed),
            placed=self._fields.placed,
            at=self._place(kind, "schedule"),
        )
        with ui.expansion(say("More settings")).props("dense").classes("sw-more"):
            for number in numbers:
                if not number.is_first:
                    self._number(kind, number)
            self._exempt(kind)
            self._least_height(kind)

    def _place(self, kind: ViolationType, key: str) -> Where:
        return lambda: (*self._at, self._row(kind) or 0, key)

    def _number(self, kind: ViolationType, number: NumberField) -> None:
        shown = f"{number.default:g}"
        if number.is_time and number.default >= 60:
            shown = f"{shown} s = {duration(number.default)}"
        field = ui.number(
            say(number.title),
            value=self._value(kind, number.key),
            placeholder=say("usually {value}", value=shown),
            on_change=lambda event: self._set(kind, number.key, number.written(event.value)),
        )
        field.props("dense outlined stack-label clearable")
        field.props("suffix=s" if number.is_time else "")
        field.props["hint"] = say(number.description)
        self._fields.placed(self._place(kind, number.key), field)

    def _exempt(self, kind: ViolationType) -> None:
        labels = {label: label_words(label) for label in exemptible(kind)}
        if labels:
            field = ui.select(
                labels,
                value=self._value(kind, "exempt") or [],
                label=say("Exempt"),
                multiple=True,
                on_change=lambda event: self._set(kind, "exempt", event.value or None),
            )
            field.props("dense outlined use-chips stack-label")
            field.props["hint"] = say("What of the type may stand there.")
            self._fields.placed(self._place(kind, "exempt"), field)

    def _least_height(self, kind: ViolationType) -> None:
        field = ui.input(
            say("Least height"),
            value=heights_written(self._value(kind, "least_height")),
            placeholder="0.3 0.02; 1 0.15",
            on_change=lambda event: self._set(
                kind, "least_height", heights_read(event.value or "")
            ),
        )
        field.props("dense outlined stack-label clearable")
        field.props["hint"] = say(
            "Smaller boxes do not count: row and height, 0..1 of the picture, from the top down."
        )
        self._fields.placed(self._place(kind, "least_height"), field)

    def _value(self, kind: ViolationType, key: str) -> Any:  # noqa: ANN401 -- of a Tree
        row = self._row(kind)
        return None if row is None else self._rules[row].get(key)

    def _tick(self, kind: ViolationType, settings: ui.element, *, on: bool) -> None:
        change = rules_with if on else rules_without
        self._rules = change(self._rules, kind)
        self._show(kind, settings)
        self._on_change(self._rules, "")

    def _set(self, kind: ViolationType, key: str, value: Tree) -> None:
        self._rules = rules_set(self._rules, kind, key, value)
        self._on_change(self._rules, f"{kind} {key}")
