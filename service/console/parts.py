"""What the pages read and act upon, handed over by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass

from streetwatch.service.api.readiness import Readiness
from streetwatch.service.cameras import Camera
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.settings import Settings
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Parts:
    """The service as the pages see it.

    Attributes:
        settings: What the service was told.
        clock: Says what time it is, seconds since the epoch.
        store: The incidents, and the database with everything else.
        book: The desk's cases.
        evidence: Their files.
        reporter: Figures over periods.
        deliveries: What goes to the case platforms.
        wake: Has the lanes look at once whether something waits.
        readiness: The state of cameras and targets, asked anew each time.
        cameras: Those that are watched now.
    """

    settings: Settings
    clock: Callable[[], Seconds]
    store: SqlStore
    book: Book
    evidence: EvidenceFolder
    reporter: Reporter
    deliveries: Deliveries
    wake: Callable[[], None]
    readiness: Callable[[], Readiness]
    cameras: Callable[[], tuple[Camera, ...]]
