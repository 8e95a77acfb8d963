"""What all walls show: read once, however many look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from streetwatch.service.console.parts import Parts
from streetwatch.service.desk.query import Revision
from streetwatch.service.desk.tallies import OpenCases, open_cases
from streetwatch.service.runtime.live import LiveCamera


@dataclass(frozen=True, slots=True)
class Glance:
    """The cameras now, and the open cases of each that has any.

    Attributes:
        revision: Of the desk: while it stays, so do the cases.
    """

    cameras: tuple[LiveCamera, ...]
    cases: Mapping[str, OpenCases]
    revision: Revision


@dataclass(slots=True)
class Glancing:
    """Looks at all cameras; counts the cases anew when one has changed."""

    parts: Parts
    counted_at: Revision | None = None
    cases: Mapping[str, OpenCases] = field(default_factory=lambda: MappingProxyType({}))

    def now(self) -> Glance:
        """Return what there is now.

        Raises:
            StorageError: the database refused.
        """
        revision = self.parts.book.latest_revision()
        if revision != self.counted_at:
            self.cases = open_cases(self.parts.book.engine)
            self.counted_at = revision
        return Glance(self.parts.live.cameras(), self.cases, revision)
