"""Turns a template's request into one that can be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from streetwatch.service.config.request_schema import CallEntry
from streetwatch.service.config.template_values import Encoding
from streetwatch.service.delivery.field_paths import NoSuchFieldError, built
from streetwatch.service.delivery.filling import Filling, FillingError, as_text

#: File name, bytes and media type of a part.
Part = tuple[str, bytes, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A request, filled in.

    Attributes:
        method: Of HTTP.
        path: Follows the target's url.
        query: Follows the path.
        headers: Without those that show who sends.
        encoding: Of the body.
        body: By field; nested for JSON, texts for forms.
        parts: Files, each under the name of its part.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    encoding: Encoding
    body: Mapping[str, object]
    parts: list[tuple[str, Part]] = field(default_factory=list, repr=False)

    def options(self) -> dict[str, Any]:
        """Return what httpx wants to know beside method, path and headers."""
        options: dict[str, Any] = {"params": self.query} if self.query else {}
        if not self.body and not self.parts:
            return options
        match self.encoding:
            case Encoding.JSON:
                return options | {"json": self.body}
            case Encoding.FORM:
                return options | {"data": self.body}
            case Encoding.MULTIPART:
                texts = [(name, (None, value)) for name, value in self.body.items()]
                return options | {"files": [*texts, *self.parts]}
            case _:
                assert_never(self.encoding)


def call_of(
    entry: CallEntry, filling: Filling, parts: list[tuple[str, Part]] | None = None
) -> Call:
    """Fill a request in.

    Raises:
        FillingError: it asks for what there is not.
    """
    return Call(
        method=entry.method.value,
        path=filling.path(entry.path),
        query=_texts(entry.query, filling),
        headers={name: _one_line(filling.text(text)) for name, text in entry.headers.items()},
        encoding=entry.encoding,
        body=_body(entry, filling),
        parts=parts or [],
    )


def _body(entry: CallEntry, filling: Filling) -> Mapping[str, object]:
    if entry.encoding is not Encoding.JSON:
        return _texts(entry.body, filling)
    try:
        return built((path, filling.fill(value)) for path, value in entry.body.items())
    except NoSuchFieldError as error:
        raise FillingError(f"body: {error} leads through a value that stands there") from None


def _texts(values: Mapping[str, object], filling: Filling) -> dict[str, str]:
    """Fill in as text; what is nothing is left out, as a form has it."""
    filled = {name: filling.fill(value) for name, value in values.items()}
    return {name: as_text(value) for name, value in filled.items() if value is not None}


def _one_line(text: str) -> str:
    """Leave out what would end a header, or is no character at all."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
