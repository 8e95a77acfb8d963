"""One reviewer's session on one page: what they look at, what is next, what they have done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from streetwatch.service.desk.review.verdict import Judgement
from streetwatch.vision.types import Seconds

#: Taken besides the one that is looked at: their pictures are loaded before they are asked for.
AHEAD: Final = 3

#: The latest that were passed over are not offered again before the queue is through.
_MOST_PASSED: Final = 200

#: The pace is taken over so long.
PACE_S: Final[Seconds] = 900.0

_HOUR_S: Final[Seconds] = 3600.0


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict that was given in this session."""

    number: str
    judgement: Judgement
    at: Seconds


@dataclass(frozen=True, slots=True)
class Session:
    """Numbers of cases, in order.

    Attributes:
        line: What is looked at, and what comes after it.
        passed: What was looked at and left without a verdict, the latest last.
        given: Verdicts that were not taken back, the latest last.
        began_at: When the first was given.
    """

    line: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    began_at: Seconds | None = None

    @property
    def current(self) -> str | None:
        """What is looked at; None: nothing is left."""
        return self.line[0] if self.line else None

    @property
    def wanted(self) -> int:
        """How many more cases are to be taken."""
        return max(1 + AHEAD - len(self.line), 0)

    @property
    def skip(self) -> tuple[str, ...]:
        """What is not to be taken again: it is here, or was passed over."""
        return (*self.line, *self.passed[-_MOST_PASSED + 1 + AHEAD :])

    def joined(self, numbers: Iterable[str]) -> "Session":
        """Return the session with more cases at the end of the line."""
        new = [number for number in dict.fromkeys(numbers) if number not in self.line]
        return replace(self, line=(*self.line, *new))

    def opened(self, number: str) -> "Session":
        """Return the session with one case looked at now, whatever was before."""
        rest = tuple(one for one in self.line if one != number)
        passed = tuple(one for one in self.passed if one != number)
        return replace(self, line=(number, *rest)[: 1 + AHEAD], passed=passed)

    def next(self) -> "Session":
        """Return the session after the current case was passed over."""
        if not self.line:
            return self
        return replace(self, line=self.line[1:], passed=(*self.passed, self.line[0]))

    def previous(self) -> "Session":
        """Return the session with the case looked at that was passed over last."""
        return self.opened(self.passed[-1]) if self.passed else self

    def judged(self, number: str, judgement: Judgement, at: Seconds) -> "Session":
        """Return the session after a verdict."""
        given = (*self.given, Given(number, judgement, at))
        began_at = at if self.began_at is None else self.began_at
        return replace(self._without(number), given=given, began_at=began_at)

    def refused(self, number: str) -> "Session":
        """Return the session after a verdict was refused: that case is somebody else's."""
        return self._without(number)

    def undone(self) -> "Session":
        """Return the session after the last verdict was taken back: its case is looked at again."""
        if not self.given:
            return self
        last = self.given[-1]
        return replace(self.opened(last.number), given=self.given[:-1])

    def holding(self, numbers: Iterable[str]) -> "Session":
        """Return the session with only these in the line: others have the rest."""
        held = set(numbers)
        return replace(self, line=tuple(one for one in self.line if one in held))

    def afresh(self) -> "Session":
        """Return the session as it begins with another question: what was done stays done."""
        return Session(given=self.given, began_at=self.began_at)

    def pace(self, now: Seconds) -> float | None:
        """Return how many verdicts an hour there were lately; None before the second."""
        return pace([one.at for one in self.given], now)

    def _without(self, number: str) -> "Session":
        line = tuple(one for one in self.line if one != number)
        passed = tuple(one for one in self.passed if one != number)
        return replace(self, line=line, passed=passed)


def pace(moments: Sequence[Seconds], now: Seconds) -> float | None:
    """Return verdicts an hour, between the first and the last of the latest quarter of an hour.

    >>> pace([0.0, 10.0, 20.0], 25.0)
    360.0
    """
    lately = [at for at in moments if now - PACE_S <= at <= now]
    if len(lately) < 2 or lately[-1] <= lately[0]:
        return None
    return (len(lately) - 1) * _HOUR_S / (lately[-1] - lately[0])
