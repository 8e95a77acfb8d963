"""A YAML file as plain values that remember the line each was written on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import yaml

from streetwatch.service.config.errors import ConfigError

Location: TypeAlias = tuple[str | int, ...]  #: keys and indices from the top of the file
Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"

_TAG: Final = "tag:yaml.org,2002:"
_READ_AS_THEMSELVES: Final = frozenset({"null", "bool", "int", "float"})
_READ_AS_TEXT: Final = frozenset({"str", "timestamp", "value", "merge"})
_CLOCK: Final = re.compile(r"[-+]?\d+(:\d+)+(\.\d*)?")

#: Aliases can make a short file unfold into an endless one.
_MOST_VALUES: Final = 100_000


class Unquoted(str):
    """Digits and colons without quotes: YAML 1.1 may mean 22 * 60 by 22:00."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values and where they were written.

    Attributes:
        name: Of the file, as the user gave it.
        tree: Its values; every key is text.
        lines: The line of each key and list item, counted from 1.
    """

    name: str
    tree: Tree
    lines: Mapping[Location, int]

    def where(self, location: Location) -> "Origin":
        """Return where a value was written, or what it would have stood in."""
        known = location
        while known and known not in self.lines:
            known = known[:-1]
        return Origin(self.lines.get(known, 1), self.name)


class Origin(NamedTuple):
    """Where a value comes from: a line of a file, or (line 0) an environment variable."""

    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


def read_document(path: Path, *, refusal: type[ConfigError]) -> Document:
    """Read a YAML file.

    Args:
        path: UTF-8, one YAML document. Anchors and aliases work, merge keys and tags do not.
        refusal: What to raise.

    Raises:
        ConfigError: a `refusal`: it can't be read or is not YAML, or a key is written twice.
    """
    name = str(path)
    text = _text(path, refusal)
    root = _composed(text, name, refusal)
    reading = _Reading(name)
    tree = reading.value(root, ())
    if reading.problems:
        raise refusal(reading.problems)
    return Document(name, tree, reading.lines)


def _text(path: Path, refusal: type[ConfigError]) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise refusal([f"{path}: no such file: write one as in {refusal.reference}"]) from None
    except OSError as error:
        why = error.strerror or "can't be read"
        raise refusal([f"{path}: {why.lower()}: give a file that you may read"]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal([f"{path}:{line}: not UTF-8 text: save the file as UTF-8"]) from None


def _composed(text: str, name: str, refusal: type[ConfigError]) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise refusal([_unreadable(error, name)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise refusal([f"{name}:{line}: holds a control character: take it out"]) from None
    except RecursionError:
        raise refusal([f"{name}:1: nested too deeply: see {refusal.reference}"]) from None
    if root is None:
        raise refusal([f"{name}:1: the file is empty: write it as in {refusal.reference}"])
    return root


def _unreadable(error: yaml.MarkedYAMLError, name: str) -> str:
    """Explain a syntax error without quoting the file: it may hold a password."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(error.problem)
    if "'\\t'" in problem:
        advice = "a tab: indent with spaces"
    elif "alias" in problem or "anchor" in problem:
        advice = "* or & begins a name in YAML: put text that begins with one in quotes"
    elif "another document" in problem:
        advice = "a second document: leave out the line ---"
    elif "block" in str(error.context) or "mapping values" in problem:
        advice = f"{problem}: check the indentation here and on the lines above"
    else:
        advice = f"{problem}: close brackets and quotes, put text with : # {{ }} in quotes"
    return f"{name}:{line}: not YAML at column {column}: {advice}"


class _Reading:
    """One pass over the nodes of a file."""

    def __init__(self, name: str) -> None:
        self.problems: list[str] = []
        self.lines: dict[Location, int] = {}
        self._name = name
        self._inside: set[int] = set()
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, location: Location) -> Tree:
        self.lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._inside or len(self.lines) > _MOST_VALUES:
            self._refuse(node, "unfolds without an end: write the values out, not as *name")
            return None
        self._inside.add(id(node))
        try:
            return self._collection(node, location)
        finally:
            self._inside.remove(id(node))

    def _collection(self, node: yaml.Node, location: Location) -> Tree:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        return [self.value(item, (*location, row)) for row, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, location: Location) -> Tree:
        entries: dict[str, Tree] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a key must be a word: put text with { or [ in quotes")
                continue
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in entries:
                text = f'the key "{key}" stands on line {first[key]} already: keep one of the two'
                self._refuse(key_node, text)
                continue
            first[key] = self.lines[(*location, key)] = line
            entries[key] = self.value(value_node, (*location, key))
        return entries

    def _scalar(self, node: yaml.ScalarNode) -> Tree:
        text = str(node.value)
        kind = node.tag.removeprefix(_TAG)
        if node.style is None and _CLOCK.fullmatch(text):
            return Unquoted(text)
        if kind in _READ_AS_TEXT:
            return text
        if kind not in _READ_AS_THEMSELVES:
            self._refuse(node, "a YAML tag means nothing here: leave out the word with !")
            return None
        try:
            value: Tree = self._scalars.construct_object(node)
        except (ValueError, KeyError):
            self._refuse(node, f"is no {kind}: write a plain value")
            return None
        return value

    def _refuse(self, node: yaml.Node, text: str) -> None:
        self.problems.append(f"{self._name}:{node.start_mark.line + 1}: {text}")
