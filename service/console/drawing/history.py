"""Undo and redo: every state is a value, and nothing is ever undone by computing backwards."""

from dataclasses import dataclass
from typing import Final, Generic, Self, TypeVar

Value = TypeVar("Value")

#: Steps that can be taken back.
_DEEPEST: Final = 200


@dataclass(frozen=True, slots=True)
class History(Generic[Value]):
    """A value, what it was and what it would be again.

    Attributes:
        now: The value.
        past: What it was, the oldest first.
        future: What was undone, the next one last.
        gesture: Names the last step if more of the same may join it: ten taps of an arrow key
            are one step back.
    """

    now: Value
    past: tuple[Value, ...] = ()
    future: tuple[Value, ...] = ()
    gesture: str = ""

    def then(self, value: Value, *, gesture: str = "") -> Self:
        """Return the history after an edit; an edit that changes nothing is none."""
        if value == self.now:
            return self
        joins = gesture != "" and gesture == self.gesture
        past = self.past if joins else (*self.past, self.now)[-_DEEPEST:]
        return type(self)(value, past, (), gesture)

    def undone(self) -> Self:
        """Return the history one step back."""
        if not self.past:
            return self
        return type(self)(self.past[-1], self.past[:-1], (*self.future, self.now))

    def redone(self) -> Self:
        """Return the history one step forward again."""
        if not self.future:
            return self
        return type(self)(self.future[-1], (*self.past, self.now), self.future[:-1])
