"""Parts of a page that follow the board."""

from collections.abc import Callable

from nicegui import context

from streetwatch.service.console.drawing.board import Board


def follow(board: Board, draw: Callable[[object], None]) -> None:
    """Have a part of the page drawn again after each change.

    It is drawn in the place where it stands, not in that of the click: what was clicked may be
    drawn anew by another part.
    """
    place = context.slot

    def follower(by: object) -> None:
        with place:
            draw(by)

    board.follow(follower)
