"""Looks through an Open311 endpoint's requests for one of ours.

The endpoint can't be asked for a word in a description, only for a span of time: 90 days and 1000
requests at most. Some endpoints cut their answers into pages, most do not know the word.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from streetwatch.service.delivery.open311_answers import Record
from streetwatch.vision.types import Seconds

_DAY_S: Final = 86_400.0

#: Ours is most likely young: each span is looked through before the one before it, and the
#: youngest reaches into the future, for the endpoint's clock may be ahead of ours.
_AGES_S: Final = (-_DAY_S, _DAY_S, 7 * _DAY_S, 30 * _DAY_S, 90 * _DAY_S)

#: An endpoint may end its answer here without saying so.
FULL: Final = 1000

#: A span that is full and as short as this is not halved again.
_SHORTEST_S: Final = 2.0

#: A search that takes more questions than this has not said that there is none.
MOST_QUESTIONS: Final = 200


class SearchTooLongError(Exception):
    """The endpoint has more requests than can be looked through."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a request was made."""

    start: Seconds
    end: Seconds

    def halves(self) -> tuple["Span", "Span"]:
        """Return the later half, then the earlier one."""
        middle = (self.start + self.end) / 2
        return Span(middle, self.end), Span(self.start, middle)


def spans(now: Seconds) -> Iterator[Span]:
    """Return the spans to look through, the youngest first."""
    for younger, older in pairwise(_AGES_S):
        yield Span(now - older, now - younger)


def rows(
    now: Seconds, page: Callable[[Span, int], list[Record]], *, most: int = MOST_QUESTIONS
) -> Iterator[Record]:
    """Return every request of the last 90 days, the youngest spans first.

    Args:
        now: Seconds since the epoch.
        page: Asks for the requests of a span, pages counted from 1. An endpoint without pages
            gives the same whichever is asked for.
        most: How many questions it may take.

    Raises:
        SearchTooLongError: there are more than so many questions bring.
    """
    left = list(spans(now))[::-1]
    asked = 0
    while left:
        span = left.pop()
        seen: set[str] = set()
        number = 1
        while new := _unseen(page(span, number), seen):
            yield from new
            number, asked = number + 1, asked + 1
            if asked > most:
                raise SearchTooLongError(f"more than {most} questions")
        if len(seen) >= FULL and span.end - span.start > _SHORTEST_S and number == 2:
            left.extend(reversed(span.halves()))


def _unseen(found: list[Record], seen: set[str]) -> list[Record]:
    new = [one for one in found if one.get("service_request_id", "") not in seen]
    seen.update(one.get("service_request_id", "") for one in new)
    return new
