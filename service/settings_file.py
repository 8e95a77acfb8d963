"""Reading the settings: their file, the variables that win over it, where each was written."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel
from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as UnreadableVariableError

from streetwatch.service.config.checking import checked
from streetwatch.service.config.document import Document, Location, Origin, Tree, read_document
from streetwatch.service.config.environment import filled
from streetwatch.service.config.errors import SettingsError
from streetwatch.service.config.paths import anchored
from streetwatch.service.settings import NESTED, PREFIX, Settings


class _Variables(EnvSettingsSource):
    """The `STREETWATCH_*` variables of a given environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environ.items()}


#: Says where a setting (`retention.hour`) was written; None: nowhere, so it is the default.
Origins: TypeAlias = Callable[[str], Origin | None]


#: Reads the settings anew, and where each is written now.
Reread: TypeAlias = Callable[[], tuple[Settings, Origins]]


def load_settings(path: Path, *, environ: Mapping[str, str]) -> Settings:
    """Read the settings (see `told_settings`)."""
    return told_settings(path, environ=environ)[0]


def told_settings(path: Path, *, environ: Mapping[str, str]) -> tuple[Settings, Origins]:
    """Read the settings, and where each was written (docs/reference/settings.md).

    Args:
        path: `streetwatch.yaml`. Paths written in it count from its folder, those in
            variables from the working directory.
        environ: `STREETWATCH_PORT` wins over `port`, `STREETWATCH_DEMO__PORT` over `demo.port`;
            also fills in `${NAME}`.

    Raises:
        SettingsError: a line for everything that is wrong; none holds a password.
    """
    document = read_document(path, refusal=SettingsError)
    tree = filled(document, environ, refusal=SettingsError)
    variables = _variables(environ)
    settings = checked(
        Settings,
        _merged(anchored(tree, path.parent), variables),
        written=_merged(document.tree, variables),
        where=lambda location: _where(location, document, variables),
        refusal=SettingsError,
    )
    return settings, lambda key: _written(tuple(key.split(".")), document, variables)


def _variables(environ: Mapping[str, str]) -> dict[str, Tree]:
    try:
        return _Variables(environ)()
    except UnreadableVariableError:
        groups = ", ".join(PREFIX + name.upper() for name in _groups())
        text = f"{groups}: holds no JSON: write {PREFIX}DEMO{NESTED}PORT=8554 instead"
        raise SettingsError([text]) from None


def _groups() -> list[str]:
    """Return the settings that hold others."""
    fields = Settings.model_fields.items()
    return [name for name, field in fields if isinstance(field.default, BaseModel)]


def _merged(tree: Tree, over: Tree) -> Tree:
    if not isinstance(tree, dict) or not isinstance(over, dict):
        return over
    return tree | {key: _merged(tree[key], over[key]) if key in tree else over[key] for key in over}


def _where(location: Location, document: Document, variables: Tree) -> Origin:
    """Name the variable that a value came from, or its line."""
    value = variables
    for part in location:
        if not isinstance(value, dict) or not isinstance(part, str) or part not in value:
            return document.where(location)
        value = value[part]
    return Origin(0, PREFIX + NESTED.join(map(str, location)).upper())


def _written(location: Location, document: Document, variables: Tree) -> Origin | None:
    origin = _where(location, document, variables)
    is_written = not origin.line or location in document.lines
    return origin if is_written else None
