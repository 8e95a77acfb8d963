"""Fields of a form whose mistakes the document's schema tells, each beside its field."""

from collections.abc import Callable
from typing import Any, TypeAlias

from nicegui.elements.mixins.validation_element import ValidationElement

from streetwatch.service.config.document import Location
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.zone_words import wrong

#: Says where the document has what a field shows: lists above it may grow and shrink.
Where: TypeAlias = Callable[[], Location]


class Fields:
    """Where the document has what each field shows.

    Args:
        board: What is edited.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._fields: list[tuple[Where, ValidationElement[Any]]] = []

    def clear(self) -> None:
        """Forget fields that are drawn anew."""
        self._fields.clear()

    def placed(self, at: Where, field: ValidationElement[Any]) -> None:
        """Note a field: what is wrong with it is the schema's to say, not the field's."""
        field.without_auto_validation()
        self._fields.append((at, field))

    def show_mistakes(self) -> None:
        """Say beside each field what is wrong with it."""
        self._fields = [(at, field) for at, field in self._fields if not field.is_deleted]
        for at, field in self._fields:
            field.error = wrong(self._board.wrong_at(*at())) or None
