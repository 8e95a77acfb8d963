"""The composition root: the only place that knows which part is wired to which."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from streetwatch.service.access.access import Access
from streetwatch.service.api.app import create_api, front_page
from streetwatch.service.api.audit import audit_router
from streetwatch.service.api.callbacks import callbacks_router
from streetwatch.service.api.deliveries import deliveries_router
from streetwatch.service.api.foresight.campaigns import campaigns_router
from streetwatch.service.api.foresight.coverage import coverage_router
from streetwatch.service.api.foresight.crowds import crowds_router
from streetwatch.service.api.foresight.frontage import frontage_router
from streetwatch.service.api.foresight.hotspots import hotspots_router
from streetwatch.service.api.foresight.month import month_router
from streetwatch.service.api.foresight.patrol import patrol_router
from streetwatch.service.api.keys import keys_router
from streetwatch.service.api.live import live_router
from streetwatch.service.api.metrics import OutboxCollector, UnassignedCollector
from streetwatch.service.api.readiness import Readiness, TargetHealth
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.case_desk import Desk, desk_from, reviewing_from, warn_of_disabled
from streetwatch.service.delivery.build import Surroundings, surroundings_of
from streetwatch.service.delivery.check import SampleFiles, start_asking
from streetwatch.service.delivery.targets import Lanes, Target, targets_of
from streetwatch.service.desk.case_csv import case_csv_router
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.months import Months
from streetwatch.service.desk.foresight.outlook import Outlook
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.router import Open311, open311_router
from streetwatch.service.desk.packs import packs_router
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.router import reports_router
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.review.router import review_router
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.detecting import detector_from
from streetwatch.service.entry import filer_of, gate_of
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.originals import Originals
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.evidence_rounds import EvidenceRounds, evidence_rounds
from streetwatch.service.foreseeing import foreseer_from
from streetwatch.service.front.front import fronted
from streetwatch.service.incidents import handle
from streetwatch.service.lookout import Lookout, lookout_from
from streetwatch.service.openings import (
    access_of,
    audit_of,
    catalogue_of,
    elsewhere_of,
    evidence_of,
    first_of,
    lanes,
    links_of,
    originals_of,
    own_token_of,
    retention_of,
    shared_store,
    signer_of,
    signing_of,
)
from streetwatch.service.rounds import Rounds
from streetwatch.service.runtime.fleet import WatchedCamera
from streetwatch.service.runtime.memory import Memory
from streetwatch.service.server import Server, configured, listening, outlive_signals
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import Reread
from streetwatch.service.sights import CameraSights
from streetwatch.service.store.audit import Audit
from streetwatch.service.store.deliveries import Backlog, Deliveries
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.upkeep.daily import Daily
from streetwatch.vision.capture.steady import SteadyClock
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place

if TYPE_CHECKING:
    from streetwatch.service.console.parts import Parts

log = structlog.get_logger(__name__)

#: SIGTERM to the end takes 10 s at most: requests get the first of them, threads the rest.
HTTP_STOP_S = 2
THREAD_STOP_S: Seconds = 3.0

#: What the cases say about tomorrow.
_FORESIGHT = (campaigns_router, frontage_router, patrol_router)

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
    detector: Detector = field(init=False)
    lookout: Lookout = field(init=False)
    daily: Daily = field(init=False)
    memory: Memory = field(init=False, default_factory=Memory)
    ending: threading.Event = field(init=False, default_factory=threading.Event)
    desk: Desk = field(init=False)
    reviewing: Reviewing = field(init=False)
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
        self.targets = targets_of(self.settings.targets, self._around())
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
            on_end=self._close,
        )
        self.reviewing = reviewing_from(self.desk, self.store, on_end=self._close)
        self.registry.register(UnassignedCollector(Grids(self.store.engine).unassigned))
        self.detector = detector_from(
            self.settings, self.store, clock=self.clock, registry=self.registry
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
            copies=self.keeping.copies,
            signer=self.signer,
            lanes=self.lanes,
            registry=self.registry,
            promised=self.desk.courier.wake if self.desk.courier else None,
        )
        self.months = Months(self._reporter(), self._foreseer())
        self.renewing = self.months.rounds(first_of(self.settings, self.store))
        self._watch()
        catalogue.follow(self._watch)

    def _around(self) -> Surroundings:
        return surroundings_of(
            self.settings,
            evidence=self.evidence,
            clock=self.clock,
            own_token=own_token_of(self.settings),
            originals=self._originals(),
            links=links_of(self.settings),
        )

    def _originals(self) -> Originals:
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

    def api(self) -> FastAPI:
        """Return the HTTP API."""
        book, served = self.desk.book, self._open311()
        desk = desk_router(book, clock=self.clock, on_end=self._close, ending=self.ending.is_set)
        desk.include_router(self.desk.routes())
        desk.include_router(review_router(self.reviewing))
        return create_api(
            gate=gate_of(
                self.settings,
                self.access,
                self.store,
                cameras=lambda: self.lookout.catalogue.cameras,
                clock=self.clock,
            ),
            desk=desk,
            open311=open311_router(book, clock=self.clock, served=served),
            beside=(
                packs_router(book, self.evidence, self.signing),
                keys_router(self.signing),
                *self.lookout.routers(),
                case_csv_router(book, clock=self.clock),
                reports_router(self._reporter()),
                hotspots_router(self._outlook()),
                coverage_router(self._outlook()),
                *(router(self._foreseer()) for router in _FORESIGHT),
                crowds_router(self._crowds()),
                month_router(self.months),
                observations_router(self._observations()),
                audit_router(self.audit),
                *self._delivery_routers(),
            ),
            evidence=self.evidence,
            readiness=self.readiness,
            registry=self.registry,
        )

    def signing(self) -> Signing:
        """Return what packs are signed with."""
        return signing_of(self.signer, self.store)

    def _open311(self) -> Open311:
        told = self.settings.open311
        return Open311(
            keys=ApiKeys((entry.client, entry.key.get_secret_value()) for entry in told.api_keys),
            holder=filer_of(self.access, self.clock),
            jurisdiction_id=told.jurisdiction_id,
            public_url=told.public_url,
            links=links_of(self.settings),
            contact=told.contact,
        )

    def site(self) -> FastAPI:
        """Return the HTTP API with the console on it; once a process, since its pages are."""
        api = self.api()
        if not self.settings.console.enabled:
            api.include_router(front_page())
            return api
        from streetwatch.service.console.mount import mount_console  # noqa: PLC0415 -- large

        api.include_router(live_router(self.lookout.live))
        mount_console(api, self._parts())
        return api

    def _parts(self) -> "Parts":
        from streetwatch.service.console.parts import Parts  # noqa: PLC0415 -- large

        return Parts(
            settings=self.settings,
            reread=self.reread or (lambda: (self.settings, lambda _: None)),
            profile=self.desk.triaging.profile,
            around=replace(self._around(), evidence=SampleFiles(), originals=None),
            clock=self.clock,
            access=self.access,
            audit=self.audit,
            store=self.store,
            book=self.desk.book,
            triaging=self.desk.triaging,
            evidence=self.evidence,
            originals=self._originals(),
            signing=self.signing,
            reporter=self._reporter(),
            foreseer=self._foreseer(),
            crowds=self._crowds(),
            months=self.months,
            deliveries=self.deliveries,
            wake=self.lanes.wake,
            readiness=self.readiness,
            cameras=lambda: self.lookout.catalogue.cameras,
            catalogue=Cameras(self.lookout.catalogue),
            live=self.lookout.live,
            probing=self.lookout.probing,
            dry_runs=self.lookout.dry_runs,
            gatherings=self.lookout.gatherings,
            looks=self.lookout.looks,
            reviewing=self.reviewing,
        )

    def _reporter(self) -> Reporter:
        def places() -> tuple[Place, ...]:
            return tuple(
                one.place for one in self.lookout.catalogue.cameras if one.place is not None
            )

        return Reporter(self.store.engine, self.clock, places)

    def _outlook(self) -> Outlook:
        return Outlook(self.store.engine, lambda: self.lookout.catalogue.cameras, self.clock)

    def _foreseer(self) -> Foreseer:
        cameras = self.lookout.catalogue
        return foreseer_from(
            self.settings, self.store.engine, lambda: cameras.cameras, clock=self.clock
        )

    def _crowds(self) -> Crowds:
        cameras = self.lookout.catalogue
        return Crowds(
            self.store.engine,
            lambda: cameras.cameras,
            self.clock,
            self.settings.foresight.levels,
        )

    def _observations(self) -> Observations:
        most = self.settings.observations
        limits = Limits(int(most.picture_mb * 1e6), int(most.picture_megapixels * 1e6))
        return Observations(self.desk.book, self.evidence, self.keeping.sees, limits, self.clock)

    def _delivery_routers(self) -> tuple[APIRouter, ...]:
        secrets = {
            one.id: one.callback_secret for one in self.targets if one.callback_secret is not None
        }
        receipts = Receipts(self.store.engine)
        return (
            deliveries_router(self.deliveries, clock=self.clock, wake=self.lanes.wake),
            callbacks_router(secrets, receipts=receipts, store=self.store, clock=self.clock),
        )

    def _close(self, incident_id: str, state: CaseState, at: Seconds) -> None:
        """Close every incident of a case: those whose reports were merged into it too."""
        for each in self.desk.book.names(incident_id):
            handle.close(each, rejected=state in REFUSALS, store=self.store, at=at)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the threads for the length of a `with` block."""
        self.memory.start()
        self.evidence.sweep(before=self.clock() - DEAD_S)
        self._warn_of_the_undeliverable()
        self.lanes.start()
        self.keeping.start()
        self.desk.start()
        start_asking(self.settings.targets or (), self._around())
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
        self.keeping.stop(timeout_s=THREAD_STOP_S)
        self.lookout.stop(timeout_s=THREAD_STOP_S)
        self.daily.stop(timeout_s=THREAD_STOP_S)
        self.lanes.stop(timeout_s=THREAD_STOP_S)
        self.desk.stop(timeout_s=THREAD_STOP_S)
        self.memory.stop(timeout_s=THREAD_STOP_S)
        self.store.engine.dispose()


def serve(settings: Settings, cameras: tuple[Camera, ...], reread: Reread | None = None) -> None:
    """Run the service until SIGTERM or SIGINT.

    Args:
        settings: What it is told.
        cameras: What it watches.
        reread: Reads the settings anew, for the console, which shows where each is written.

    Raises:
        InputError: the data folder or the port can't be used.
        ModelError: the model can't be loaded.
    """
    listener = listening(settings.host, settings.port)
    service = Service(settings, cameras, reread=reread)
    config = configured(
        fronted(service.site(), settings), stop_s=HTTP_STOP_S, proxies=settings.access.proxies
    )
    outlive_signals()  # we have not stopped yet when uvicorn has
    log.info("service.started", cameras=len(cameras), model=service.detector.card.version)
    sys.stderr.write(f"\n    看这里 look at {settings.address}/    (Ctrl-C 停止 stops)\n\n")
    if settings.console.enabled:
        _lead_in(service)
    with service.running():
        Server(config, service.ending).run(sockets=[listener])
    log.info("service.stopped")


def _lead_in(service: Service) -> None:
    """Print the link with which the first admin is made, where there is nobody yet."""
    token = service.access.door.first_link(now=service.clock())
    if token is not None:
        link = f"{service.settings.address}/console/welcome?token={token}"
        sys.stderr.write(f"    首次登录 first sign-in, good for one use:\n    {link}\n\n")
