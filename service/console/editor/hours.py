"""When a rule or a permitted zone applies: days and hours, or always."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.hours_form import (
    EVERY_DAY,
    Hours,
    hours_of,
    schedule_with,
)
from streetwatch.service.console.editor.fields import Where
from streetwatch.service.console.language import mark, say

DAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))

#: Remembers where the document has what a field shows, so that a mistake stands beside it.
Placed: TypeAlias = Callable[[Where, ValidationElement[Any]], None]


class HoursForm:
    """The windows of one schedule.

    Args:
        schedule: As `cameras.yaml` has it; None: always.
        on_change: Is given it as it is now.
        placed: Notes fields.
        at: Where the schedule stands in the document.
    """

    def __init__(
        self, schedule: Tree, on_change: Callable[[Tree], None], *, placed: Placed, at: Where
    ) -> None:
        self._hours = list(hours_of(schedule))
        self._on_change = on_change
        self._placed, self._at = placed, at
        self._rows = ui.element("div").classes("sw-column")
        self._notes: dict[int, ui.label] = {}
        self._draw()

    def _draw(self) -> None:
        self._rows.clear()
        with self._rows:
            if not self._hours:
                ui.label(say("Always")).classes("sw-quiet")
            for row in range(len(self._hours)):
                self._window(row)
            add = ui.button(say("Add hours"), icon="add", on_click=self._add)
            add.props("flat dense no-caps").classes("sw-start")

    def _window(self, row: int) -> None:
        hours = self._hours[row]
        with ui.element("div").classes("sw-hours").props(f'role=group aria-label="{say("Hours")}"'):
            with ui.element("div").classes("sw-days"):
                for day, words in enumerate(DAYS):
                    self._day(row, day, say(words))
            with ui.element("div").classes("sw-row"):
                self._time(row, "from", hours.start, say("Begins"))
                self._time(row, "to", hours.end, say("Ends"))
                remove = ui.button(icon="close", on_click=lambda: self._remove(row))
                remove.props(f'flat dense aria-label="{say("Take these hours out")}"')
            self._notes[row] = ui.label(say("until the next day")).classes("sw-quiet")
            self._notes[row].set_visibility(hours.is_overnight)

    def _day(self, row: int, day: int, words: str) -> None:
        def ticked(*, on: bool) -> None:
            days = self._hours[row].days
            self._set(row, replace(self._hours[row], days=days | {day} if on else days - {day}))

        box = ui.checkbox(words, value=day in self._hours[row].days)
        box.on_value_change(lambda event: ticked(on=bool(event.value))).props("dense")

    def _time(self, row: int, key: str, value: str, words: str) -> None:
        def typed(text: str) -> None:
            hours = self._hours[row]
            is_start = key == "from"
            self._set(row, replace(hours, start=text) if is_start else replace(hours, end=text))

        field = ui.input(words, value=value, on_change=lambda event: typed(event.value or ""))
        field.props('dense outlined mask="##:##" inputmode=numeric')
        self._placed(lambda: (*self._at(), row, key), field)

    def _set(self, row: int, hours: Hours) -> None:
        self._hours[row] = hours
        self._notes[row].set_visibility(hours.is_overnight)
        self._on_change(schedule_with(self._hours))

    def _add(self) -> None:
        self._hours.append(Hours(EVERY_DAY))
        self._draw()
        self._on_change(schedule_with(self._hours))

    def _remove(self, row: int) -> None:
        del self._hours[row]
        self._draw()
        self._on_change(schedule_with(self._hours))
