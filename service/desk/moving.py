"""How people move cases: through here, whoever asks - the API, the console, a review."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace

from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.errors import ChangedMeanwhileError, NoSuchCaseError
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.states import ENDS, CaseState, DeskConflictError
from streetwatch.service.desk.timing import timed
from streetwatch.service.incidents.reach import Reach
from streetwatch.vision.types import Seconds

#: Told the external id of a case that people closed or rejected, which of the two, and when.
OnEnd = Callable[[str, CaseState, Seconds], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that was left as it was, and why."""

    case: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves cases, and tells of those that have come to their end."""

    book: Book
    clock: Callable[[], Seconds]
    on_end: OnEnd

    def within(self, reach: Reach) -> "Moving":
        """Return who moves the cases of a part of the city; others are not there."""
        return replace(self, book=self.book.within(reach))

    def move(self, name: str, move: Move, expected: Container[int] | None = None) -> Document:
        """Move a case; see `Book.move`."""
        now = self.clock()
        after = self.book.move(name, move, now=now, expected=expected)
        if after["state"] in ENDS:
            self.on_end(after["external_id"], CaseState(after["state"]), now)
        return timed(after, now)


def each(
    names: Iterable[str], act: Callable[[str], Document]
) -> tuple[list[Document], list[Refused]]:
    """Do something with many cases, each once; what is refused holds up no other."""
    done: list[Document] = []
    refused: list[Refused] = []
    for name in dict.fromkeys(names):
        try:
            done.append(act(name))
        except (NoSuchCaseError, DeskConflictError) as error:
            refused.append(Refused(name, error))
    return done, refused


def status_of(error: Exception) -> int:
    """Return the HTTP status of a refusal."""
    match error:
        case NoSuchCaseError():
            return 404
        case ChangedMeanwhileError():
            return 412
        case _:
            return 409
