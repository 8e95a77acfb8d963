"""Paths into JSON, `a.b[0].c`: read from an answer, written into a body."""

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

Step: TypeAlias = "str | int | None"  #: a key, an index, or None for every item

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]|\[(\*)\]")

#: A longer list in a body is a slip of the pen.
_MOST_ITEMS: Final = 1000


class NoSuchFieldError(LookupError):
    """Nothing stands at a path."""


def steps(path: str) -> list[Step]:
    """Read a path.

    >>> steps("data.rows[0].ids[*]")
    ['data', 'rows', 0, 'ids', None]
    """
    return [name or (None if star else int(index)) for name, index, star in _STEP.findall(path)]


def found(tree: object, path: str) -> object:
    """Return what stands at a path; with `[*]` a list of what every item has there.

    >>> found({"rows": [{"id": 7}, {"id": 8}]}, "rows[*].id")
    [7, 8]

    Raises:
        NoSuchFieldError: nothing does.
    """
    return _found(tree, steps(path), path)


def _found(tree: object, way: list[Step], path: str) -> object:
    if not way:
        return tree
    step, rest = way[0], way[1:]
    match tree, step:
        case list(), None:
            return [_found(item, rest, path) for item in tree]
        case list(), int() if step < len(tree):
            return _found(tree[step], rest, path)
        case dict(), str() if step in tree:
            return _found(tree[step], rest, path)
        case _:
            raise NoSuchFieldError(path)


def built(values: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return the mapping that has each value at its path.

    >>> built([("a.b[1].c", 1), ("a.d", 2)])
    {'a': {'b': [None, {'c': 1}], 'd': 2}}

    Raises:
        NoSuchFieldError: a path leads through what is no mapping or list there.
    """
    root: object = {}
    for path, value in values:
        root = _with(root, steps(path), value, path)
    return root if isinstance(root, dict) else {}


def _with(tree: object, way: list[Step], value: object, path: str) -> object:
    """Return a tree with a value at the end of a way."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    match step, {} if tree is None and isinstance(step, str) else tree:
        case str(), dict() as mapping:
            return {**mapping, step: _with(mapping.get(step), rest, value, path)}
        case int(), (list() | None) as items if step < _MOST_ITEMS:
            longer = [*(items or []), *[None] * (step + 1 - len(items or []))]
            longer[step] = _with(longer[step], rest, value, path)
            return longer
        case _:
            raise NoSuchFieldError(path)
