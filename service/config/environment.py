"""`${NAME}` in a file: filled in from the environment after the YAML is read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from streetwatch.service.config.document import Document, Location, Tree
from streetwatch.service.config.errors import ConfigError

_PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def filled(document: Document, environ: Mapping[str, str], *, refusal: type[ConfigError]) -> Tree:
    """Return the document's values with every `${NAME}` in a text replaced.

    Keys are left alone. A value is put in as it is: it can't add keys or lines.

    Raises:
        ConfigError: a `refusal` that names what the environment lacks.
    """
    problems: list[str] = []

    def fill(tree: Tree, location: Location) -> Tree:
        match tree:
            case dict():
                return {key: fill(value, (*location, key)) for key, value in tree.items()}
            case list():
                return [fill(value, (*location, row)) for row, value in enumerate(tree)]
            case str() if "${" in tree:
                problems.extend(
                    f"{document.where(location)}: {lack}" for lack in _lacks(tree, environ)
                )
                return _PLACEHOLDER.sub(lambda found: environ.get(found[1], ""), tree)
            case _:
                return tree

    tree = fill(document.tree, ())
    if problems:
        raise refusal(problems)
    return tree


def filled_in(written: Tree, environ: Mapping[str, str]) -> Iterator[str]:
    """Return what every `${NAME}` in a file stands for: passwords, mostly."""
    match written:
        case str():
            yield from (environ[name] for name in _PLACEHOLDER.findall(written) if name in environ)
        case dict():
            for inner in written.values():
                yield from filled_in(inner, environ)
        case list():
            for inner in written:
                yield from filled_in(inner, environ)
        case _:
            pass


def _lacks(text: str, environ: Mapping[str, str]) -> list[str]:
    names: list[str] = _PLACEHOLDER.findall(text)
    # What is no name is not repeated: somebody may have put the password itself in braces.
    wrong = text.count("${") > len(names) or not all(map(_NAME.fullmatch, names))
    if wrong:
        return ["${...} does not hold the name of a variable: write it as ${KERB_PASSWORD}"]
    return [
        f"${{{name}}} is not set in the environment: set {name} before the start"
        for name in names
        if name not in environ
    ]
