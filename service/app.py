"""The composition root: the only place that knows which part is wired to which."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from streetwatch.service.api.app import create_api, front_page
from streetwatch.service.api.callbacks import callbacks_router
from streetwatch.service.api.deliveries import deliveries_router
from streetwatch.service.api.metrics import OutboxCollector, UnassignedCollector
from streetwatch.service.api.readiness import CameraHealth, Readiness, TargetHealth
from streetwatch.service.cameras import Camera
from streetwatch.service.case_desk import Desk, desk_from, warn_of_disabled
from streetwatch.service.config.open311_schema import Open311Settings
from streetwatch.service.delivery.build import Surroundings, surroundings_of
from streetwatch.service.delivery.check import start_asking
from streetwatch.service.delivery.targets import Lanes, Target, targets_of
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.router import Open311, open311_router
from streetwatch.service.desk.packs import packs_router
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.router import reports_router
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import ClipWindow, Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.openings import evidence_of, lanes, retention_of
from streetwatch.service.runtime.attention import Attention, Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop, Watching
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.memory import keep_few_heaps
from streetwatch.service.runtime.metrics import CaptureCollector, RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.server import Server, listening
from streetwatch.service.settings import Settings
from streetwatch.service.sights import CameraSights
from streetwatch.service.store.deliveries import Backlog, Deliveries
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.daily import Daily
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.detect import Detector
from streetwatch.vision.gate import Gate
from streetwatch.vision.types import Frame, Seconds

if TYPE_CHECKING:
    from streetwatch.service.console.parts import Parts

log = structlog.get_logger(__name__)

#: SIGTERM to the end takes 10 s at most: requests get the first of them, threads the rest.
HTTP_STOP_S = 2
THREAD_STOP_S: Seconds = 3.0

#: Between the first connections to two cameras: many answer one with a key frame, and all of these
#: at once would have to be decoded at once, then and every few seconds from then on.
APART_S: Seconds = 0.04

#: Packets kept beside the clip's own window: evidence is cut a little after its window ends.
RING_MARGIN_S: Seconds = 15.0


@dataclass(slots=True)
class WatchedCamera:
    """One camera's capture and when its last picture was taken."""

    camera: Camera
    capture: Capture
    recorder: Recorder
    last_frame_at: Seconds | None = None

    def health(self, now: Seconds) -> CameraHealth:
        """Return its state for people and probes."""
        state = self.capture.state
        age = None if self.last_frame_at is None else max(now - self.last_frame_at, 0.0)
        return CameraHealth(
            self.camera.id,
            self.camera.name,
            self.camera.source.redacted,
            state.phase.value,
            state.reason,
            age,
        )


@dataclass(slots=True)
class Service:
    """Everything that runs, wired from settings and cameras.

    Raises:
        InputError: the data folder can't be used.
        ModelError: the model can't be loaded.
    """

    settings: Settings
    cameras: tuple[Camera, ...]
    clock: Callable[[], Seconds] = time.time
    store: SqlStore = field(init=False)
    deliveries: Deliveries = field(init=False)
    targets: tuple[Target, ...] = field(init=False)
    lanes: Lanes = field(init=False)
    evidence: EvidenceFolder = field(init=False)
    mailboxes: Mailboxes = field(init=False, default_factory=Mailboxes)
    registry: CollectorRegistry = field(init=False, default_factory=CollectorRegistry)
    detector: Detector = field(init=False)
    watched: dict[str, WatchedCamera] = field(init=False, default_factory=dict)
    loop: DetectorLoop = field(init=False)
    daily: Daily = field(init=False)
    model: str = field(init=False)
    ending: threading.Event = field(init=False, default_factory=threading.Event)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = evidence_of(self.settings)
        self.store = open_store(self.settings.database_url)
        self.deliveries = Deliveries(self.store.engine)
        self.targets = targets_of(self.settings.targets, self._around())
        self.lanes = lanes(self.targets, self.store, clock=self.clock, registry=self.registry)
        self.registry.register(OutboxCollector(lambda: self.deliveries.backlogs(now=self.clock())))
        self.daily = Daily(
            retention_of(self.settings, self.cameras, self.store, self.evidence),
            hour=self.settings.retention.hour,
            clock=self.clock,
            registry=self.registry,
        )
        self.desk = desk_from(
            self.settings,
            self.store.engine,
            CameraSights(self.store, self.watched),
            clock=self.clock,
            on_end=self._close,
        )
        warn_of_disabled(self.desk.triaging.profile, self.cameras)
        self.registry.register(UnassignedCollector(Grids(self.store.engine).unassigned))
        self.detector = Detector.load(
            self.settings.model,
            threads=self.settings.detector_threads,
            provider=self.settings.detector_provider,
        )
        self.model = self.detector.card.version
        self.loop = DetectorLoop(
            detector=self.detector.watching(),
            mailboxes=self.mailboxes,
            cameras={one.id: self._watching(one) for one in self.cameras},
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(
                idle_s=self.settings.idle_interval_s,
                close_s=self.settings.look_interval_s,
                quiet_s=self.settings.quiet_interval_s,
            ),
            clock=self.clock,
            on_change=lambda _: self.lanes.wake(),
            batch=self.settings.detector_batch,
        )
        self.registry.register(
            CaptureCollector(
                lambda: [(name, one.capture.counts) for name, one in self.watched.items()]
            )
        )

    def _around(self) -> Surroundings:
        return surroundings_of(self.settings, evidence=self.evidence, clock=self.clock)

    def _watching(self, camera: Camera) -> Watching:
        """Wire one camera: its packets to a ring, its frames to the mailboxes, its chain."""
        window = ClipWindow(self.settings.evidence.pre_s, self.settings.evidence.post_s)
        keep_s = window.before_s + window.after_s + RING_MARGIN_S
        # A coded packet can't be masked: a camera with a privacy mask keeps no clips.
        ring = None if camera.masks else Ring(keep_s=keep_s)
        recorder = Recorder(
            site=camera.site, zones=camera.zones, folder=self.evidence, ring=ring, window=window
        )
        capture = self._capture(camera, ring)
        self.watched[camera.id] = WatchedCamera(camera, capture, recorder)
        watch = CameraWatch(
            watched=camera.watched(model=self.model, others=self.cameras, routes=self.lanes.routes),
            store=self.store,
            recorder=recorder,
        )
        look_every = self.watched[camera.id].capture.look_every
        return Watching(watch, Attention(Gate(camera.areas)), look_every, camera.masks)

    def _capture(self, camera: Camera, ring: Ring | None) -> Capture:
        return Capture(
            camera.id,
            camera.source,
            on_frame=self._on_frame,
            on_state=lambda _: None,  # asked for when somebody wants to know
            ring=ring,
            options=CaptureOptions(
                look_interval_s=self.settings.look_interval_s,
                longest=self.detector.longest_side,
            ),
        )

    def _on_frame(self, frame: Frame) -> None:
        self.watched[frame.camera_id].last_frame_at = frame.at
        self.mailboxes.put(frame)

    def readiness(self) -> Readiness:
        """Return the cameras' state and the outbox's."""
        now = self.clock()
        backlogs = self.deliveries.backlogs(now=now)
        backlog, of = backlogs.total, backlogs.by_target
        waits = ((one.id, of.get(one.id, Backlog())) for one in self.targets)
        return Readiness(
            tuple(one.health(now) for one in self.watched.values()),
            outbox_pending=backlog.pending,
            outbox_parked=backlog.parked,
            outbox_oldest_s=backlog.oldest_s,
            targets=tuple(
                TargetHealth(name, one.pending, one.parked, one.oldest_s) for name, one in waits
            ),
            late_share=self.loop.overload.late_share,
            overloaded=self.loop.overload.is_on,
        )

    def api(self) -> FastAPI:
        """Return the HTTP API."""
        book, served = self.desk.book, _open311(self.settings.open311)
        desk = desk_router(book, clock=self.clock, on_end=self._close, ending=self.ending.is_set)
        desk.include_router(self.desk.routes())
        return create_api(
            desk=desk,
            open311=open311_router(book, clock=self.clock, served=served),
            beside=(
                packs_router(book, self.evidence),
                reports_router(Reporter(self.store.engine, self.clock)),
                observations_router(self._observations()),
                *self._delivery_routers(),
            ),
            evidence=self.evidence,
            readiness=self.readiness,
            registry=self.registry,
        )

    def site(self) -> FastAPI:
        """Return the HTTP API with the console on it; once a process, since its pages are."""
        api = self.api()
        if not self.settings.console.enabled:
            api.include_router(front_page())
            return api
        from streetwatch.service.console.mount import mount_console  # noqa: PLC0415 -- large

        mount_console(api, self._parts())
        return api

    def _parts(self) -> "Parts":
        from streetwatch.service.console.parts import Parts  # noqa: PLC0415 -- large

        return Parts(
            settings=self.settings,
            clock=self.clock,
            store=self.store,
            book=self.desk.book,
            evidence=self.evidence,
            reporter=Reporter(self.store.engine, self.clock),
            deliveries=self.deliveries,
            wake=self.lanes.wake,
            readiness=self.readiness,
            cameras=lambda: self.cameras,
        )

    def _observations(self) -> Observations:
        most = self.settings.observations
        limits = Limits(int(most.picture_mb * 1e6), int(most.picture_megapixels * 1e6))
        return Observations(self.desk.book, self.evidence, self.detector, limits, self.clock)

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
        keep_few_heaps()
        self._warn_of_the_undeliverable()
        self.lanes.start()
        self.desk.start()
        start_asking(self.settings.targets or (), self._around())
        self.daily.start()
        self.loop.start()
        for number, one in enumerate(self.watched.values()):
            one.capture.start(after_s=number * APART_S)
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
        for one in self.watched.values():
            one.capture.stop(timeout_s=0)
        self.loop.stop(timeout_s=THREAD_STOP_S)
        self.daily.stop(timeout_s=THREAD_STOP_S)
        self.lanes.stop(timeout_s=THREAD_STOP_S)
        self.desk.stop(timeout_s=THREAD_STOP_S)
        self.store.engine.dispose()


def serve(settings: Settings, cameras: tuple[Camera, ...]) -> None:
    """Run the service until SIGTERM or SIGINT.

    Raises:
        InputError: the data folder or the port can't be used.
        ModelError: the model can't be loaded.
    """
    listener = listening(settings.host, settings.port)
    service = Service(settings, cameras)
    config = uvicorn.Config(
        service.site(), log_level="warning", timeout_graceful_shutdown=HTTP_STOP_S
    )
    # uvicorn ends by raising the signal once more: it must not end us before we have stopped.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    log.info("service.started", cameras=len(cameras), model=service.model)
    sys.stderr.write(f"\n    看这里 look at {settings.address}/    (Ctrl-C 停止 stops)\n\n")
    with service.running():
        Server(config, service.ending).run(sockets=[listener])
    log.info("service.stopped")


def _open311(settings: Open311Settings) -> Open311:
    return Open311(
        keys=ApiKeys((entry.client, entry.key.get_secret_value()) for entry in settings.api_keys),
        jurisdiction_id=settings.jurisdiction_id,
        public_url=settings.public_url,
        contact=settings.contact,
    )
