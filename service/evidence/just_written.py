"""What was written a moment ago, for whoever moves it on: nobody has to look through the folder."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

#: More than these are found in the folder, by the next round that looks through it.
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Named:
    """A file of evidence.

    Attributes:
        kind: As `BucketedEvidence.kind`.
    """

    kind: str
    incident_id: str
    name: str


@dataclass(slots=True)
class JustWritten:
    """Names in the order in which they were written. Usable from any thread."""

    _names: deque[Named] = field(default_factory=lambda: deque(maxlen=MOST))
    _told: Callable[[], object] = lambda: None

    def tell(self, told: Callable[[], object]) -> None:
        """Have somebody told of each file that is written from now on."""
        self._told = told

    def put(self, one: Named) -> None:
        """Note a file that was written."""
        self._names.append(one)
        self._told()

    def take(self) -> Named | None:
        """Take out the name that waits longest."""
        try:
            return self._names.popleft()
        except IndexError:
            return None

    def clear(self) -> None:
        """Forget all: what is not moved yet lies in the folder."""
        self._names.clear()
