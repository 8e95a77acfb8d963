"""The head of the queue, as the page lists it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from nicegui.element import Element

from streetwatch.service.console.casework.words import LEVELS, worded
from streetwatch.service.console.language import say
from streetwatch.service.console.review.words import moment, type_words
from streetwatch.service.desk.review.queue import Waiting

_COMPONENT: Final = Path(__file__).parents[1] / "components" / "review_queue.js"

_TONES: Final = {"red": "bad", "orange": "warn", "yellow": "warn"}


class QueueList(Element, component=_COMPONENT):
    """Lists cases; redrawn after every verdict, so the browser changes only what differs.

    Args:
        on_open: Told the number of the case that somebody wants to look at.
    """

    def __init__(self, on_open: Callable[[str], Any]) -> None:
        super().__init__()
        self._props["nothing"] = say("Nothing waits for a verdict.")
        self._props["held"] = say("Somebody else looks at it")
        self.on("open", lambda event: on_open(event.args))

    def show(self, waiting: Sequence[Waiting], current: str | None) -> None:
        """List these, one of them looked at now."""
        self._props["rows"] = [_row(one) for one in waiting]
        self._props["current"] = current or ""
        self.update()


def _row(one: Waiting) -> dict[str, str]:
    return {
        "number": one.number,
        "type": type_words(one.type),
        "confidence": "-" if one.confidence is None else f"{one.confidence:.0%}",
        "place": f"{moment(one.reported_at)[:-3]} {one.place_name}",
        "holder": one.held_by or "",
        "level": worded(LEVELS, one.level, say) if one.level else "",
        "tone": _TONES.get(one.level or "", ""),
    }
