"""What a camera is called and where it stands."""

from dataclasses import replace
from typing import Any, Final

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from streetwatch.service.config.checking import Mistake
from streetwatch.service.config.document import Location
from streetwatch.service.console.attach.form import CameraForm
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import wrong

#: Where the document has what a field shows.
_PLACES: Final[dict[str, Location]] = {
    "id": ("id",),
    "name": ("name",),
    "lon": ("place", "lon"),
    "lat": ("place", "lat"),
    "grid_code": ("place", "grid_code"),
}


class DetailsForm:
    """Name, id and place.

    Args:
        form: What is filled in so far.
        is_new: Whether the id can still be chosen.
    """

    def __init__(self, form: CameraForm, *, is_new: bool) -> None:
        self._form = form
        self._fields: dict[str, ValidationElement[Any]] = {}
        self._text("name", say("Name that people read"), form.name)
        if is_new:
            field = self._text("id", say("Id"), form.id)
            field.props(f'placeholder="{say("made from the name")}" stack-label')
        with ui.element("div").classes("sw-pair"):
            self._number("lon", say("Longitude, WGS-84"), form.lon)
            self._number("lat", say("Latitude"), form.lat)
        self._text("grid_code", say("Unit grid, 15 digits"), form.grid_code)

    def onto(self, form: CameraForm) -> CameraForm:
        """Return a form with what is filled in here."""
        return replace(form, **{name: getattr(self._form, name) for name in _PLACES})

    def show(self, mistakes: tuple[Mistake, ...]) -> bool:
        """Say beside each field what is wrong; tell whether anything here is."""
        for name, field in self._fields.items():
            found = [one for one in mistakes if one.location == _PLACES[name]]
            field.error = wrong(found[0]) if found else None
        return any(field.error for field in self._fields.values())

    def _text(self, name: str, words: str, value: str) -> ui.input:
        field = ui.input(words, value=value).props("dense outlined")
        field.on_value_change(lambda event: self._set(name, event.value or ""))
        self._fields[name] = field
        return field

    def _number(self, name: str, words: str, value: float | None) -> None:
        field = ui.number(words, value=value).props("dense outlined")
        field.on_value_change(lambda event: self._set(name, event.value))
        self._fields[name] = field

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401 -- of the field's type
        self._form = replace(self._form, **{name: value})
