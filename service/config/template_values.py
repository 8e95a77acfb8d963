"""What the values of a template look like, and how they are checked."""

import re
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, JsonValue

from streetwatch.service.config.document import Tree
from streetwatch.service.config.wording import refused

_PATH: Final = re.compile(r"[^.\[\]{}|\s]+(\[(\d+|\*)\])*(\.[^.\[\]{}|\s]+(\[(\d+|\*)\])*)*")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

#: `{field}`, or `{field|table}`, `{field|format}`.
PLACEHOLDER: Final = re.compile(r"\{([^{}|\s]+)(?:\|([^{}|\s]+))?\}")

Values: TypeAlias = list[str | int | float | bool | None]


class Method(StrEnum):
    """Of a request."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class Encoding(StrEnum):
    """Of a request's body."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"


def _field_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise refused("is no path into an answer: write it like data.rows[0].code")
    return path


def _header_name(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise refused("is no name of a header: write it like X-Token")
    return name


def _local_path(path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise refused("is no path: begin it with one /; the host stands under the target's url")
    if re.search(r"[?#\s]", path):
        raise refused("has a ?, a # or a blank: write what follows ? under query")
    return path


def _filled_in(value: JsonValue) -> JsonValue:
    """Refuse braces that are no placeholder, wherever they are inside."""
    match value:
        case str() if re.search(r"[{}]", PLACEHOLDER.sub("", value)):
            raise refused("has a brace that is no placeholder: write {field} or {field|name}")
        case dict():
            for key, inner in value.items():
                _at(key, inner)
        case list():
            for row, inner in enumerate(value):
                _at(row, inner)
        case _:
            pass
    return value


def _at(key: str | int, value: JsonValue) -> None:
    try:
        _filled_in(value)
    except type(refused("")) as error:
        context = error.context or {}
        raise refused(str(context["predicate"]), at=(key, *context["at"])) from None


def placeholders(value: Tree) -> list[tuple[str, str]]:
    """Return the fields that a value is filled in with, each with its table or format or ''."""
    match value:
        case str():
            return [(found[1], found[2] or "") for found in PLACEHOLDER.finditer(value)]
        case dict():
            return [one for inner in value.values() for one in placeholders(inner)]
        case list():
            return [one for inner in value for one in placeholders(inner)]
        case _:
            return []


FieldPath = Annotated[str, AfterValidator(_field_path)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Filled = Annotated[JsonValue, AfterValidator(_filled_in)]
FilledText = Annotated[str, AfterValidator(_filled_in)]
LocalPath = Annotated[str, AfterValidator(_filled_in), AfterValidator(_local_path)]
