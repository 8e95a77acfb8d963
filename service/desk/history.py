"""What a case's history says, an undone step left out: pure values."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

#: The action of a line that takes back an earlier one; `undone` says which.
UNDO: Final = "undo"

Line = Mapping[str, Any]


def standing(history: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines that still count, in order.

    An undone step is taken back with the moves that the desk made because of it.
    """
    lines = tuple(history)
    if not any(line.get("action") == UNDO for line in lines):
        return lines  # of a million cases, hardly one has another
    kept: list[Line] = []
    for line in lines:
        if line.get("action") == UNDO:
            place = _undone(kept, line["undone"])
            kept[place:] = [after for after in kept[place + 1 :] if "state" not in after]
        else:
            kept.append(line)
    return tuple(kept)


def moves(history: Iterable[Line]) -> tuple[Line, ...]:
    """Return the moves that still count, in order."""
    return tuple(line for line in standing(history) if "state" in line)


def _undone(kept: list[Line], what: str) -> int:
    """Return where the latest line stands that did what is undone; the end where none did."""
    places = (place for place, line in enumerate(kept) if what in _done(line))
    return max(places, default=len(kept))


def _done(line: Line) -> tuple[str | None, str | None]:
    return line.get("state"), line.get("action")
