"""Moving cases, whoever asks for it: the API or a page."""

from collections.abc import Callable
from dataclasses import dataclass

from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.desk.timing import timed
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves cases, and tells of those that have come to their end.

    Attributes:
        book: Where the cases are.
        clock: Seconds since the epoch.
        on_end: Told the external id of a case that people closed or rejected, its state, and when.
    """

    book: Book
    clock: Callable[[], Seconds]
    on_end: Callable[[str, CaseState, Seconds], None]

    def move(self, name: str, move: Move, expected: frozenset[int] | None = None) -> Document:
        """Move a case.

        Raises:
            NoSuchCaseError: there is no such case.
            MoveRefusedError: it can't go there.
            ChangedMeanwhileError: the case has none of the revisions that are expected.
        """
        now = self.clock()
        after = self.book.move(name, move, now=now, expected=expected)
        if after["state"] in ENDS:
            self.on_end(after["external_id"], CaseState(after["state"]), now)
        return timed(after, now)
