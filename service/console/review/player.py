"""The player, as the page handles it."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nicegui.element import Element

from streetwatch.service.console.review.reel import Reel
from streetwatch.service.console.review.words import player_words, reason_words

_COMPONENT = Path(__file__).parents[1] / "components" / "review_player.js"


class Player(Element, component=_COMPONENT):
    """Shows the first of the reels; a key in the browser goes on to the next at once."""

    def __init__(self, reels: Iterable[Reel]) -> None:
        super().__init__()
        self._props["words"] = player_words()
        self._props["reasons"] = reason_words()
        self.show(reels)

    def show(self, reels: Iterable[Reel]) -> None:
        """Show these, the first of them now."""
        self._props["reels"] = [one.props() for one in reels]
        self.update()

    def hear(self, name: str, handler: Callable[[dict[str, Any]], Any]) -> None:
        """Call a handler with what the browser says."""
        self.on(name, lambda event: handler(event.args or {}))
