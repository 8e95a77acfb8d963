"""Fills templates in: `{field}`, `{field|table}`, `{field|format}`. Nothing in them is executed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final
from urllib.parse import quote

from streetwatch.service.config.template_values import PLACEHOLDER
from streetwatch.service.delivery.field_paths import NoSuchFieldError, found
from streetwatch.zones.schedule import CHINA

EPOCHS: Final = {"epoch_s": 1, "epoch_ms": 1000}


class FillingError(ValueError):
    """A template asks for what there is not."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What a template is filled in with.

    Attributes:
        fields: Ours, by path.
        tables: A platform's words for ours, by the table's name.
        formats: How times are written, by the format's name: strftime, `epoch_s` or `epoch_ms`.
        zone: Of the times.
    """

    fields: Mapping[str, object]
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = CHINA

    def fill(self, template: object) -> object:
        """Return a template's value; a text that is one placeholder keeps the value's type.

        Raises:
            FillingError: it asks for what there is not.
        """
        match template:
            case str():
                whole = PLACEHOLDER.fullmatch(template)
                return self._value(whole) if whole else self.text(template)
            case dict():
                return {key: self.fill(inner) for key, inner in template.items()}
            case list():
                return [self.fill(inner) for inner in template]
            case _:
                return template

    def text(self, template: str) -> str:
        """Return a template as text.

        Raises:
            FillingError: it asks for what there is not.
        """
        return PLACEHOLDER.sub(lambda match: as_text(self._value(match)), template)

    def path(self, template: str) -> str:
        """Return a template as the path of an address: no value can lead elsewhere.

        Raises:
            FillingError: it asks for what there is not, or a value is empty.
        """
        return PLACEHOLDER.sub(self._segment, template)

    def _segment(self, match: re.Match[str]) -> str:
        text = as_text(self._value(match))
        if not text.strip("."):
            raise FillingError(f"{match[1]} is empty, and the path needs it")
        return quote(text, safe="")

    def _value(self, match: re.Match[str]) -> object:
        path, name = match[1], match[2]
        try:
            value = found(self.fields, path)
        except NoSuchFieldError:
            raise FillingError(f"there is no field {path}") from None
        return value if name is None else self._translated(value, path, name)

    def _translated(self, value: object, path: str, name: str) -> object:
        if isinstance(value, list):
            return [self._translated(item, path, name) for item in value]
        if name in self.tables:
            table = self.tables[name]
            if as_text(value) not in table:
                raise FillingError(f"the table {name} has no {as_text(value)}: write its word")
            return table[as_text(value)]
        if name in self.formats:
            return self._moment(value, path, self.formats[name])
        raise FillingError(f"there is no table and no format {name}")

    def _moment(self, value: object, path: str, form: str) -> object:
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise FillingError(f"{path} is no time") from None
        if form in EPOCHS:
            return int(moment.astimezone(UTC).timestamp() * EPOCHS[form])
        return moment.astimezone(self.zone).strftime(form)


def as_text(value: object) -> str:
    """Write a value as a form has it; nothing is the empty text, a list has commas.

    >>> [as_text(value) for value in (None, True, 7, 0.5, ["a", "b"], "x")]
    ['', 'true', '7', '0.5', 'a,b', 'x']
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list():
            return ",".join(map(as_text, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
