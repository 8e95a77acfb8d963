"""Values against a schema; everything that does not fit is told with its line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from streetwatch.service.config.document import Location, Origin, Tree
from streetwatch.service.config.errors import ConfigError
from streetwatch.service.config.wording import ABOUT_KIND, predicate, refused, untagged
from streetwatch.vision.capture.source import redact

#: Values under these keys may hold passwords: errors don't repeat them.
_UNSPOKEN: Final = frozenset(
    {
        *("url", "desk_url", "public_url", "path", "database"),
        *("key", "api_key", "access_key", "secret_key", "signing_key", "camera_key"),
        *("secret", "callback_secret", "client_secret", "token", "desk_token"),
        *("username", "password"),
        *("auth", "attributes", "headers", "query", "body"),
    }
)

_LONGEST_SHOWN: Final = 40


class Entry(BaseModel):
    """A mapping in a file: no unknown keys, no silent conversion."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, hide_input_in_errors=True
    )


Schema = TypeVar("Schema", bound=BaseModel)
Item = TypeVar("Item")


def unlike(name: str) -> AfterValidator:
    """Return a check that no two items of a list have the same value of an attribute."""

    def check(items: list[Item]) -> list[Item]:
        values = [getattr(item, name) for item in items]
        twice = [row for row, value in enumerate(values) if value in values[:row]]
        if twice:
            raise refused(
                f"stands in this list already: give each its own {name}", at=(twice[0], name)
            )
        return items

    return AfterValidator(check)


def checked(
    schema: type[Schema],
    tree: Tree,
    *,
    written: Tree,
    where: Callable[[Location], Origin],
    refusal: type[ConfigError],
) -> Schema:
    """Return the values as the schema has them.

    Args:
        schema: What is wanted.
        tree: The values.
        written: The same before `${NAME}` was filled in; errors show these.
        where: Names the place of a value.
        refusal: What to raise.

    Raises:
        ConfigError: a `refusal` with a line for everything that does not fit.
    """
    try:
        return schema.model_validate(tree)
    except ValidationError as error:
        found = mistakes_in(error, schema, written)
    placed = sorted(found, key=lambda one: where(one.location))
    raise refusal(f"{where(one.location)}: {one.line}" for one in placed)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value that does not fit; holds no password.

    Attributes:
        location: Where it stands.
        shown: Its value as ` (value)`, where anyone may read it.
        says: `is so: write this instead`.
    """

    location: Location
    shown: str
    says: str

    @property
    def where(self) -> str:
        """The location as people read it: `cameras[0].zones[1].id`."""
        return _dotted(self.location)

    @property
    def line(self) -> str:
        """All of it in one line."""
        return redact(f"{self.where}{self.shown} {self.says}")


def mistakes_in(
    error: ValidationError, schema: type[BaseModel], written: Tree
) -> tuple[Mistake, ...]:
    """Return everything that does not fit a schema, as pydantic found it."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(_mistake(detail, schema, written) for detail in details)


def _mistake(detail: ErrorDetails, schema: type[BaseModel], written: Tree) -> Mistake:
    location = _written(detail, schema)
    # Where the key is wrong, its value may be a password.
    shown = "" if detail["type"] == "extra_forbidden" else _shown(written, location)
    return Mistake(location, shown, predicate(detail, schema, _location(detail)))


def _location(detail: ErrorDetails) -> Location:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    return (*place, *detail.get("ctx", {}).get("at", ()))


def _written(detail: ErrorDetails, schema: type[BaseModel]) -> Location:
    """Return the location in the file."""
    location = untagged(schema, _location(detail))
    return (*location, "kind") if detail["type"] in ABOUT_KIND else location


def _dotted(location: Location) -> str:
    """Write a location as people read it: `cameras[0].zones[1].id`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    text = "".join(parts).removeprefix(".") or "the file"
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _shown(written: Tree, location: Location) -> str:
    """Return ` (value)` where the file has a plain value there that anyone may read."""
    value = written
    for part in location:
        match value, part:
            case (dict(), str()) if part in value:
                value = value[part]
            case (list(), int()) if part < len(value):
                value = value[part]
            case _:
                return ""
    if _UNSPOKEN & set(location) or isinstance(value, dict | list):
        return ""
    return f" ({_plain(value)})"


def _plain(value: str | float | bool | None) -> str:  # noqa: FBT001 -- any value of a file
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(redact(value), ensure_ascii=False)
            return text if len(text) <= _LONGEST_SHOWN else f'{text[:_LONGEST_SHOWN]}..."'
        case _:
            return str(value)[:_LONGEST_SHOWN]
