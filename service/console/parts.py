"""What the pages read and act upon, handed over by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from streetwatch.service.access.access import Access
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.cameras.probing import Probing
from streetwatch.service.delivery.build import Surroundings
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.months import Months
from streetwatch.service.desk.profile import Profile
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.triaging import Triaging
from streetwatch.service.dry_run import DryRuns
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.originals import Originals
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.gathering import Gatherings
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.runtime.live import LiveView
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import Reread
from streetwatch.service.store.audit import Audit
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Parts:
    """The service as the pages see it.

    Attributes:
        settings: What the service was told.
        reread: Reads the settings anew, and where each is written.
        profile: The city's codes.
        around: What a target is tried with.
        clock: Says what time it is, seconds since the epoch.
        access: The users, and who is signed in.
        audit: Who did what.
        store: The incidents, and the database with everything else.
        book: The desk's cases.
        triaging: Suggests measures; has the city's profile of codes.
        evidence: Their files.
        originals: The sealed originals of these.
        signing: What packs are signed with, and every key of before.
        reporter: Figures over periods.
        foreseer: What the cases say about tomorrow.
        crowds: How many people were seen where.
        months: The months' pages.
        deliveries: What goes to the case platforms.
        wake: Has the lanes look at once whether something waits.
        readiness: The state of cameras and targets, asked anew each time.
        cameras: Those that are watched now.
        catalogue: All cameras, and the way to change them.
        live: What each camera shows now.
        probing: Tries a camera's address.
        dry_runs: Tries zones on what was seen.
        gatherings: Looks at cameras that are being attached.
        looks: Keeps what was seen.
        reviewing: What reviewers do; moves cases.
    """

    settings: Settings
    reread: Reread
    profile: Profile
    around: Surroundings
    clock: Callable[[], Seconds]
    access: Access
    audit: Audit
    store: SqlStore
    book: Book
    triaging: Triaging
    evidence: EvidenceStore
    originals: Originals
    signing: Callable[[], Signing]
    reporter: Reporter
    foreseer: Foreseer
    crowds: Crowds
    months: Months
    deliveries: Deliveries
    wake: Callable[[], None]
    readiness: Callable[[], Readiness]
    cameras: Callable[[], tuple[Camera, ...]]
    catalogue: Cameras
    live: LiveView
    probing: Probing
    dry_runs: DryRuns
    gatherings: Gatherings
    looks: LooksLog
    reviewing: Reviewing

    def within(self, reach: Reach) -> "Parts":
        """Return what somebody sees who is limited to a part of the city."""
        if reach.is_whole:
            return self
        return replace(
            self,
            book=self.book.within(reach),
            reporter=self.reporter.within(reach),
            foreseer=self.foreseer.within(reach),
            crowds=self.crowds.within(reach),
            months=self.months.within(reach),
            reviewing=self.reviewing.within(reach),
            live=self.live.within(reach),
            catalogue=self.catalogue.within(reach),
            gatherings=self.gatherings.within(reach),
            cameras=lambda: tuple(one for one in self.cameras() if one.lies_in(reach)),
        )
