"""The picture with the zones: draws the board, and tells it what was done."""

from collections.abc import Iterable
from typing import Any, Final

from streetwatch.service.console.components.zone_editor import ZoneEditor
from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.drawing.canvas import areas_drawn, ground_drawn
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.zone_words import canvas_words, spoken, wrong
from streetwatch.zones.zone import ZoneKind

#: Narrower, the detector rarely finds a car: 20 pixels of its 640 wide picture.
LEAST_SHARE: Final = 20 / 640


class CanvasView:
    """The drawn part of the page.

    Args:
        board: What is edited.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._is_guided = False
        self._live: list[dict[str, Any]] = []
        self._found: list[dict[str, Any]] = []
        self._editor = ZoneEditor(
            size=board.size,
            words=canvas_words(),
            on_edit=board.edit,
            on_pick=board.pick,
            on_mode=lambda mode: board.turn_to(Mode(mode)),
        )
        follow(board, lambda _: self.draw())
        self.draw()

    def look_at(self, src: str, *, live: bool) -> None:
        """Show a picture: of now, or one that stays."""
        self._editor.look_at(src, live=live)

    def taking(self, mode: Mode, kind: ZoneKind | None) -> str:
        """Return what the browser runs to take a tool at once, without a word from here."""
        return self._editor.taking(str(mode), str(kind or ""))

    def show_live(self, stays: Iterable[dict[str, Any]]) -> None:
        """Draw what stands there now."""
        self._live = list(stays)
        self._editor.draw(stays=self._found or self._live)

    def show_found(self, stays: Iterable[dict[str, Any]]) -> None:
        """Draw what a dry run found, over what stands there now."""
        self._found = list(stays)
        self._editor.draw(stays=self._found or self._live)

    def guide(self, *, shown: bool) -> None:
        """Show how large a car is, row by row."""
        self._is_guided = shown
        self.draw()

    def draw(self) -> None:
        """Draw what the board has now."""
        board = self._board
        says = {name: wrong(one) for name, one in board.wrong_outlines().items()}
        least_px = LEAST_SHARE * board.size[0]
        ground = ground_drawn(board.sketch.calibration, board.size, least_px=least_px)
        measuring = board.mode is Mode.CALIBRATE
        self._editor.draw(
            areas=areas_drawn(board.sketch, says, spoken()),
            selected=board.selected,
            mode=str(board.mode),
            kind=str(board.kind),
            ground=ground["ground"],
            grid=ground["grid"] if measuring or self._is_guided else [],
            guide=ground["guide"] if self._is_guided else [],
        )
