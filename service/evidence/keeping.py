"""Where evidence is kept: one interface, two stores, a folder or one before an object store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that is kept, whoever knows of it.

    Attributes:
        folder: The incident's id; empty for what stands in no folder.
        modified_at: When it was written last.
    """

    folder: str
    name: str
    modified_at: Seconds


class EvidenceStore(Protocol):
    """Files of evidence by incident and name, each whole or not there. Safe between threads.

    A name that could lead elsewhere raises `ValueError`, what is refused or can't be reached
    `StorageError`.
    """

    @property
    def originals(self) -> "EvidenceStore":
        """The sealed originals of these files."""

    def has(self, incident_id: str, name: str) -> bool:
        """Tell whether there is a file."""

    def names(self, incident_id: str) -> tuple[str, ...]:
        """Return the names of an incident's files, in order."""

    def read(self, incident_id: str, name: str) -> bytes:
        """Return a file; one that is not there can't be read."""

    def local(self, incident_id: str, name: str) -> Path | None:
        """Return where a file lies on this machine; None where it would have to be fetched."""

    def fetched(self, incident_id: str, name: str) -> Path | None:
        """Return where a file lies on this machine, fetched if need be; None where there is none.

        What was fetched lies there for some minutes.
        """

    def sha256(self, incident_id: str, name: str) -> str | None:
        """Return the sha256 of a file's bytes as they are kept, None where there is none."""

    def write(self, incident_id: str, name: str, content: bytes) -> str:
        """Write a file whole, replacing an earlier one, and return its sha256."""

    def write_by(self, incident_id: str, name: str, writer: Callable[[Path], None]) -> str:
        """Let `writer` fill a file, then put it in place; return its sha256."""

    def discard(self, incident_id: str, name: str) -> None:
        """Delete one file, if it is there."""

    def remove(self, incident_id: str) -> None:
        """Delete all files of an incident, originals first; one that has none is done with."""

    def sweep(self, *, before: Seconds) -> int:
        """Delete what dead processes left half-written; return how many files that were."""

    def entries(self) -> Iterator[Entry]:
        """Yield everything that is kept, half-written files too; not the originals."""
