"""The bar above the list that says which cases are wanted."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from streetwatch.service.console.casework.asking import Asked, begins_at, ends_at
from streetwatch.service.console.casework.words import LEVELS, SOURCES, STATES
from streetwatch.service.console.language import say


@dataclass(slots=True)
class Filters:
    """Draws the bar and tells what is asked whenever somebody changes it.

    Attributes:
        asked: What is asked now.
        names: What each type is called.
        cameras: Names by id.
        on_change: Told the new question.
    """

    asked: Asked
    names: Mapping[str, str]
    cameras: Mapping[str, str]
    on_change: Callable[[Asked], Awaitable[None]]

    def draw(self) -> None:
        """Draw it."""
        with ui.element("search").classes("cw-filters sw-row sw-wrap"):
            self._text("q", say("Number"), icon="search", debounce_ms=300)
            self._many("state", say("State"), {one.value: say(w) for one, w in STATES.items()})
            self._many("type", say("Type"), dict(self.names))
            self._many("level", say("Level"), {one.value: say(w) for one, w in LEVELS.items()})
            self._many("camera", say("Camera"), dict(self.cameras))
            self._flag("overdue", say("Late"))
            self._flag("unassigned", say("Given to nobody"))
            with ui.expansion(say("More")).classes("cw-more").props("dense switch-toggle-side"):
                self._draw_more()

    def _draw_more(self) -> None:
        with ui.element("div").classes("sw-row sw-wrap"):
            self._many("source", say("Source"), {one: say(w) for one, w in SOURCES.items()})
            self._each("assignee", say("Given to"))
            self._each("authority", say("Authority"))
            self._each("grid_code", say("Grid, or how it begins"))
            self._day("since", say("Reported from"), begins_at)
            self._day("until", say("Reported until"), ends_at)

    async def _changed(self, name: str, value: object) -> None:
        self.asked = self.asked.with_(name, value)
        await self.on_change(self.asked)

    def _many(self, name: str, label: str, options: dict[str, str]) -> None:
        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._changed(name, list(event.value or ()))

        chosen = [one for one in self.asked.given.get(name, ()) if one in options]
        select = ui.select(options, label=label, value=chosen, multiple=True, on_change=changed)
        select.classes("cw-select").props("dense outlined options-dense clearable")

    def _each(self, name: str, label: str) -> None:
        """Draw a text that stands for one value of several."""

        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._changed(name, [event.value] if event.value else [])

        first = next(iter(self.asked.given.get(name, ())), "")
        box = ui.input(label, value=first, on_change=changed)
        box.classes("cw-text").props("dense outlined clearable debounce=400")

    def _text(self, name: str, label: str, *, icon: str, debounce_ms: int) -> None:
        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._changed(name, (event.value or "").strip())

        box = ui.input(label, value=str(self.asked.given.get(name, "")), on_change=changed)
        box.classes("cw-text").props(f"dense outlined clearable debounce={debounce_ms}")
        with box.add_slot("prepend"):
            ui.icon(icon).props("aria-hidden=true")

    def _flag(self, name: str, label: str) -> None:
        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._changed(name, "true" if event.value else "")

        is_on = self.asked.given.get(name) == "true"
        ui.checkbox(label, value=is_on, on_change=changed).props("dense")

    def _day(self, name: str, label: str, moment: Callable[[str], str]) -> None:
        async def changed(event: ValueChangeEventArguments[Any]) -> None:
            await self._changed(name, moment(event.value) if event.value else "")

        day = str(self.asked.given.get(name, ""))[:10]
        box = ui.input(label, value=day, on_change=changed)
        box.classes("cw-text").props("dense outlined type=date stack-label")
