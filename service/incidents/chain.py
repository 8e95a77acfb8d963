"""A camera's chain of records: each names the one before, so that none goes unseen."""

from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds


class RecordKind(StrEnum):
    """What a record is of."""

    MANIFEST = "manifest"  #: evidence that was sealed
    DELETION = "deletion"  #: a manifest that went with its files when their time was over


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain goes on.

    Attributes:
        position: Of the next record; the first is 1.
        previous: The sha256 of the record before it, hex; None before the first.
    """

    position: int = 1
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One record in its camera's chain.

    Attributes:
        sha256: Of the record's bytes, hex.
        previous: Of the record before it.
        public_key: What proves the signature: 32 bytes, hex.
        signature: Of the record's bytes, hex.
        at: When it was written.
        body: The record itself; None where it is a file of the evidence.
    """

    camera_id: str
    position: int
    kind: RecordKind
    incident_id: str
    sha256: str
    previous: str | None
    public_key: str
    signature: str
    at: Seconds
    body: str | None = None

    @property
    def end(self) -> End:
        """Where the chain goes on after it."""
        return End(self.position + 1, self.sha256)
