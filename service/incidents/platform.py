"""What case platforms say about our cases: what they call them, and how they stand there."""

from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a platform calls the case it took.

    Attributes:
        number: Its own number; None where it gives none, or gives it later.
        token: To ask for the number with (Open311).
    """

    number: str | None = None
    token: str | None = None


class PlatformState(StrEnum):
    """How a case stands on its platform, as far as it concerns the incident."""

    OPEN = "open"
    CLOSED = "closed"
    REJECTED = "rejected"  #: the platform says that it is none


#: Of two things said in one moment the later in this order is taken for the later one.
_ORDER = tuple(PlatformState)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands on its platform.

    Attributes:
        state: As the platform has it.
        said_at: When the platform said so, on its own clock; 0 where it has said nothing yet.
    """

    state: PlatformState = PlatformState.OPEN
    said_at: Seconds = 0.0

    def follows(self, before: "Standing") -> bool:
        """Whether this is news: said later than what was said before.

        A total order: what is said repeatedly or in another order ends in the same standing.
        """
        return self.rank > before.rank

    @property
    def rank(self) -> tuple[Seconds, int]:
        """Where it stands among all that is said about a case."""
        return self.said_at, _ORDER.index(self.state)


class Heard(StrEnum):
    """What became of something a platform said."""

    MOVED = "moved"  #: the incident is closed now
    KEPT = "kept"  #: noted; the incident stays as it is
    OLD = "old"  #: said before, or overtaken by what was said later
    UNKNOWN = "unknown"  #: the platform has not been handed such a case
