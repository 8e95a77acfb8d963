"""The sealed originals of masked copies: opened by name, for a reason, and noted before."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.vision.types import Seconds

#: A reason of one word is none.
SHORTEST_REASON: Final = 6


class NoOriginalError(InputError):
    """There is none of this name, or its time was over."""


class NoReasonError(InputError):
    """Nobody looks without saying why."""

    def __init__(self) -> None:
        super().__init__(f"say why, in {SHORTEST_REASON} characters or more")


@dataclass(frozen=True, slots=True)
class Opening:
    """One look at an original.

    Attributes:
        who: A user, a target (`target:NAME`) or a command (`cli:NAME`).
        why: In their words.
        incident_id: Whose original it is.
        name: Of the file.
        address: Where the request came from.
    """

    who: str
    why: str
    incident_id: str
    name: str
    address: str = ""


#: Writes an opening down; what it raises keeps the original shut.
Note = Callable[[Opening, Seconds], None]


@dataclass(frozen=True, slots=True)
class Originals:
    """Opens originals.

    Attributes:
        folder: The evidence that they are the originals of.
        clock: Seconds since the epoch.
        note: Writes every opening down.
    """

    folder: EvidenceStore
    clock: Callable[[], Seconds]
    note: Note

    def names(self, incident_id: str) -> tuple[str, ...]:
        """Return the files of an incident that have an original, by name."""
        return self.folder.originals.names(incident_id)

    def open(self, opening: Opening) -> Path:
        """Return where an original is, noted before it is seen.

        Raises:
            NoReasonError: no reason was given.
            NoOriginalError: there is none.
            StorageError: it can't be told.
        """
        if len(opening.why.strip()) < SHORTEST_REASON:
            raise NoReasonError
        try:
            known = self.names(opening.incident_id)
        except ValueError:
            known = ()
        if opening.name not in known:
            raise NoOriginalError(
                f"{opening.incident_id}/{opening.name}: no original is kept of it"
            )
        self.note(opening, self.clock())
        path = self.folder.originals.fetched(opening.incident_id, opening.name)
        if path is None:
            raise NoOriginalError(
                f"{opening.incident_id}/{opening.name}: no original is kept of it"
            )
        return path


@dataclass(frozen=True, slots=True)
class UnmaskedFiles:
    """Evidence for a target that is sent originals: its settings say why.

    Attributes:
        originals: Opens them.
        who: The target.
        why: From its settings.
    """

    originals: Originals
    who: str
    why: str

    def read(self, incident_id: str, name: str) -> bytes:
        """Return a file's original, the file itself where it has none.

        Raises:
            StorageError: it can't be read.
        """
        try:
            path = self.originals.open(Opening(self.who, self.why, incident_id, name))
            return path.read_bytes()
        except NoOriginalError:
            return self.originals.folder.read(incident_id, name)
        except OSError as error:
            raise StorageError(
                f"original {incident_id}/{name} can't be read: {error.strerror or error}"
            ) from error
