"""The composition root: the only place that knows which part is wired to which."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from prometheus_client import CollectorRegistry

from streetwatch.service.access.access import Access
from streetwatch.service.api.metrics import OutboxCollector, UnassignedCollector
from streetwatch.service.api.readiness import Readiness, TargetHealth
from streetwatch.service.between.asking import Asking
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.case_desk import Desk, desk_from, reviewing_from, warn_of_disabled
from streetwatch.service.delivery.build import Surroundings, surroundings_of
from streetwatch.service.delivery.check import start_asking
from streetwatch.service.delivery.targets import Lanes, Target, targets_of
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.months import Months
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.detecting import asking_of, detector_from
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.originals import Originals
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.evidence_rounds import EvidenceRounds, evidence_rounds
from streetwatch.service.foreseeing import foreseer_from
from streetwatch.service.incidents import hearing
from streetwatch.service.keyring import links_of, own_token_of, signer_of, signing_of
from streetwatch.service.lookout import Lookout, lookout_from
from streetwatch.service.openings import (
    access_of,
    audit_of,
    catalogue_of,
    evidence_of,
    lanes,
    originals_of,
    retention_of,
)
from streetwatch.service.rounds import Rounds
from streetwatch.service.runtime.memory import Memory
from streetwatch.service.runtime.watched_camera import WatchedCamera
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import Reread
from streetwatch.service.sharing import elsewhere_of, first_of, shared_store
from streetwatch.service.sights import CameraSights
from streetwatch.service.store.audit import Audit
from streetwatch.service.store.deliveries import Backlog, Deliveries
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.upkeep.daily import Daily
from streetwatch.vision.capture.steady import SteadyClock
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place

log = structlog.get_logger(__name__)

#: SIGTERM to the end takes 10 s at most: requests have had the first of them.
THREAD_STOP_S: Seconds = 3.0

#: What was half-written so long before the start, a process that died has left.
DEAD_S: Seconds = 60.0


@dataclass(slots=True)
class Service:
    """Everything that runs, wired from settings and cameras.

    Attributes:
        cameras: Those of `cameras.yaml`; the catalogue has the console's too.

    Raises:
        InputError: the data folder can't be used.
        ModelError: the model can't be loaded.
    """

    settings: Settings
    cameras: tuple[Camera, ...]
    clock: Callable[[], Seconds] = field(default_factory=SteadyClock)
    reread: Reread | None = None
    store: SqlStore = field(init=False)
    deliveries: Deliveries = field(init=False)
    targets: tuple[Target, ...] = field(init=False)
    lanes: Lanes = field(init=False)
    evidence: EvidenceStore = field(init=False)
    signer: Signer = field(init=False)
    keeping: EvidenceRounds = field(init=False)
    registry: CollectorRegistry = field(init=False, default_factory=CollectorRegistry)
    asking: Asking | None = field(init=False)
    detector: Detector = field(init=False)
    lookout: Lookout = field(init=False)
    daily: Daily = field(init=False)
    memory: Memory = field(init=False, default_factory=Memory)
    ending: threading.Event = field(init=False, default_factory=threading.Event)
    desk: Desk = field(init=False)
    reviewing: Reviewing = field(init=False)
    reporter: Reporter = field(init=False)
    foreseer: Foreseer = field(init=False)
    months: Months = field(init=False)
    renewing: Rounds = field(init=False)
    access: Access = field(init=False)
    audit: Audit = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = evidence_of(self.settings)
        self.signer = signer_of(self.settings)
        self.store = shared_store(self.settings)
        self.access, self.audit = access_of(self.settings, self.store), audit_of(self.store)
        self.deliveries = Deliveries(self.store.engine)
        self.targets = targets_of(self.settings.targets, self.around())
        self.lanes = lanes(self.targets, self.store, clock=self.clock, registry=self.registry)
        self.registry.register(OutboxCollector(lambda: self.deliveries.backlogs(now=self.clock())))
        catalogue = catalogue_of(self.settings, self.cameras, self.store, clock=self.clock)
        self.daily = Daily(
            retention_of(self.settings, catalogue, self.store, self.evidence),
            hour=self.settings.retention.hour,
            clock=self.clock,
            registry=self.registry,
            is_ours=first_of(self.settings, self.store),
        )
        self.desk = desk_from(
            self.settings,
            self.store.engine,
            CameraSights(self.store, lambda: self.watched, elsewhere_of(self.settings, self.store)),
            clock=self.clock,
            on_end=self.close,
        )
        self.reviewing = reviewing_from(self.desk, self.store, on_end=self.close)
        self.registry.register(UnassignedCollector(Grids(self.store.engine).unassigned))
        self.asking = asking_of(self.settings, self.clock)
        self.detector = detector_from(
            self.settings, self.store, self.asking, registry=self.registry
        )
        self.keeping = evidence_rounds(
            self.settings,
            self.evidence,
            self.store,
            longest_side=self.detector.longest_side,
            clock=self.clock,
            registry=self.registry,
            on_made=self.lanes.wake,
        )
        self.lookout = lookout_from(
            self.settings,
            catalogue,
            self.detector,
            store=self.store,
            asking=self.asking,
            copies=self.keeping.copies,
            signer=self.signer,
            lanes=self.lanes,
            registry=self.registry,
            promised=self.desk.courier.wake if self.desk.courier else None,
        )
        self._look_back(catalogue)
        self._watch()
        catalogue.follow(self._watch)

    def _look_back(self, catalogue: Catalogue) -> None:
        """Wire who says what was, and what the cases say about tomorrow."""
        self.reporter = Reporter(self.store.engine, self.clock, lambda: _places(catalogue.cameras))
        self.foreseer = foreseer_from(
            self.settings, self.store.engine, lambda: catalogue.cameras, clock=self.clock
        )
        self.months = Months(self.reporter, self.foreseer)
        self.renewing = self.months.rounds(first_of(self.settings, self.store))

    def around(self) -> Surroundings:
        """Return what targets are reached with."""
        return surroundings_of(
            self.settings,
            evidence=self.evidence,
            clock=self.clock,
            own_token=own_token_of(self.settings),
            originals=self.originals(),
            links=links_of(self.settings),
        )

    def originals(self) -> Originals:
        """Return what opens the sealed originals."""
        return originals_of(self.evidence, self.store, clock=self.clock)

    def _watch(self) -> None:
        """Watch the cameras that the catalogue has now."""
        cameras = self.lookout.catalogue.cameras
        warn_of_disabled(self.desk.triaging.profile, cameras)
        self.lookout.follow()

    @property
    def watched(self) -> Mapping[str, WatchedCamera]:
        """The cameras that run, by id."""
        return self.lookout.watched()

    def readiness(self) -> Readiness:
        """Return the cameras' state and the outbox's."""
        now = self.clock()
        backlogs = self.deliveries.backlogs(now=now)
        backlog, of = backlogs.total, backlogs.by_target
        waits = ((one.id, of.get(one.id, Backlog())) for one in self.targets)
        return Readiness(
            self.lookout.healths(now),
            outbox_pending=backlog.pending,
            outbox_parked=backlog.parked,
            outbox_oldest_s=backlog.oldest_s,
            targets=tuple(
                TargetHealth(name, one.pending, one.parked, one.oldest_s) for name, one in waits
            ),
            late_share=self.lookout.loop.overload.late_share,
            overloaded=self.lookout.loop.overload.is_on,
            detector_silent_s=self.lookout.loop.silent_s,
            evidence=self.keeping.health(),
        )

    def signing(self) -> Signing:
        """Return what packs are signed with."""
        return signing_of(self.signer, self.store)

    def close(self, incident_id: str, state: CaseState, at: Seconds) -> None:
        """Close every incident of a case: those whose reports were merged into it too."""
        for each in self.desk.book.names(incident_id):
            hearing.close(each, rejected=state in REFUSALS, store=self.store, at=at)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the threads for the length of a `with` block."""
        self.memory.start()
        self.evidence.sweep(before=self.clock() - DEAD_S)
        self._warn_of_the_undeliverable()
        self.lanes.start()
        self.keeping.start()
        self.desk.start()
        start_asking(self.settings.targets or (), self.around())
        self.daily.start()
        self.lookout.start()
        self.renewing.start()
        try:
            yield
        finally:
            self._stop()

    def _warn_of_the_undeliverable(self) -> None:
        """Name the targets that were promised something and stand in the settings no more."""
        here = {one.id for one in self.targets}
        for target, backlog in self.deliveries.backlogs(now=self.clock()).by_target.items():
            if backlog.pending and target not in here:
                log.warning("delivery.no_such_target", target=target, pending=backlog.pending)

    def _stop(self) -> None:
        """Stop from the stream to the platform, so that nothing is handed to what has ended."""
        self.renewing.stop(timeout_s=THREAD_STOP_S)
        self.keeping.stop_masking()
        self.lookout.stop(timeout_s=THREAD_STOP_S)
        self.keeping.stop_moving(timeout_s=THREAD_STOP_S)
        self.daily.stop(timeout_s=THREAD_STOP_S)
        self.lanes.stop(timeout_s=THREAD_STOP_S)
        self.desk.stop(timeout_s=THREAD_STOP_S)
        self.memory.stop(timeout_s=THREAD_STOP_S)
        if self.asking is not None:
            self.asking.close()
        self.store.engine.dispose()


def _places(cameras: Iterable[Camera]) -> tuple[Place, ...]:
    return tuple(one.place for one in cameras if one.place is not None)
