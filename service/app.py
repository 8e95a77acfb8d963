"""The composition root: the only place that knows which part is wired to which."""

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from streetwatch.service.api.app import create_api
from streetwatch.service.api.metrics import OutboxCollector
from streetwatch.service.api.readiness import CameraHealth, Readiness
from streetwatch.service.cameras import Camera
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import ClipWindow, Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.runtime.attention import Attention, Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop, Watching
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.settings import Settings
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.detect import Detector
from streetwatch.vision.gate import Gate
from streetwatch.vision.types import Frame, Seconds
from streetwatch.zones.zone import ZoneKind

log = structlog.get_logger(__name__)

#: SIGTERM to the end takes 10 s at most: requests get the first of them, threads the rest.
HTTP_STOP_S = 2
THREAD_STOP_S: Seconds = 3.0

#: Packets kept beside the clip's own window: evidence is cut a little after its window ends.
RING_MARGIN_S: Seconds = 15.0

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- compared with, not bound to


@dataclass(slots=True)
class WatchedCamera:
    """One camera's capture and when its last picture was taken."""

    camera: Camera
    capture: Capture
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


def desk_of(settings: Settings) -> tuple[Book, EvidenceFolder]:
    """Return the desk's book and the evidence of a service, running or not.

    Raises:
        InputError: the service of these settings has never run.
    """
    database = settings.data_dir / "streetwatch.db"
    if not database.is_file():
        raise InputError(f"{database}: no such file: give --config of a service that has run")
    store = open_store(f"sqlite:///{database}")
    return Book(store.engine), EvidenceFolder(settings.data_dir / "evidence")


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
    outbox: Outbox = field(init=False)
    relay: Relay = field(init=False)
    evidence: EvidenceFolder = field(init=False)
    mailboxes: Mailboxes = field(init=False, default_factory=Mailboxes)
    registry: CollectorRegistry = field(init=False, default_factory=CollectorRegistry)
    watched: dict[str, WatchedCamera] = field(init=False, default_factory=dict)
    detector: Detector = field(init=False)
    loop: DetectorLoop = field(init=False)
    model: str = field(init=False)

    def __post_init__(self) -> None:
        data_dir = self.settings.data_dir
        self.evidence = EvidenceFolder(data_dir / "evidence")
        self.store = open_store(f"sqlite:///{data_dir / 'streetwatch.db'}")
        self.outbox = Outbox(self.store.engine)
        self.relay = Relay(
            self.outbox,
            DeskSink(self.settings.desk_url or _address(self.settings)),
            clock=self.clock,
        )
        self.registry.register(OutboxCollector(lambda: self.outbox.backlog(now=self.clock())))
        self.detector = Detector.load(self.settings.model, threads=self.settings.detector_threads)
        self.model = self.detector.card.version
        self.loop = DetectorLoop(
            detector=self.detector,
            mailboxes=self.mailboxes,
            cameras={one.id: self._watching(one) for one in self.cameras},
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(
                idle_s=self.settings.idle_interval_s,
                close_s=self.settings.look_interval_s,
                quiet_s=self.settings.quiet_interval_s,
            ),
            clock=self.clock,
            on_change=lambda _: self.relay.wake(),
        )

    def _watching(self, camera: Camera) -> Watching:
        """Wire one camera: its packets to a ring, its frames to the mailboxes, its chain."""
        window = ClipWindow(self.settings.evidence.pre_s, self.settings.evidence.post_s)
        keep_s = window.before_s + window.after_s + RING_MARGIN_S
        # A coded packet can't be masked: a camera with a privacy mask keeps no clips.
        ring = None if camera.masks else Ring(keep_s=keep_s)
        self.watched[camera.id] = WatchedCamera(camera, self._capture(camera, ring))
        recorder = Recorder(
            site=camera.site, zones=camera.zones, folder=self.evidence, ring=ring, window=window
        )
        watch = CameraWatch(
            watched=camera.watched(model=self.model), store=self.store, recorder=recorder
        )
        areas = tuple(zone.polygon for zone in camera.zones if zone.kind is ZoneKind.PROHIBITED)
        look_every = self.watched[camera.id].capture.look_every
        return Watching(watch, Attention(Gate(areas)), look_every, camera.masks)

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
        backlog = self.outbox.backlog(now=now)
        return Readiness(
            tuple(one.health(now) for one in self.watched.values()),
            outbox_pending=backlog.pending,
            outbox_parked=backlog.parked,
            outbox_oldest_s=backlog.oldest_s,
        )

    def api(self) -> FastAPI:
        """Return the HTTP API."""
        return create_api(
            desk=desk_router(Book(self.store.engine), clock=self.clock, on_end=self._close),
            evidence=self.evidence,
            readiness=self.readiness,
            registry=self.registry,
        )

    def _close(self, incident_id: str, state: CaseState, at: Seconds) -> None:
        handle.close(incident_id, rejected=state in REFUSALS, store=self.store, at=at)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the threads for the length of a `with` block."""
        self.relay.start()
        self.loop.start()
        for one in self.watched.values():
            one.capture.start()
        try:
            yield
        finally:
            self._stop()

    def _stop(self) -> None:
        """Stop from the stream to the platform, so that nothing is handed to what has ended."""
        for one in self.watched.values():
            one.capture.stop(timeout_s=0)
        self.loop.stop(timeout_s=THREAD_STOP_S)
        self.relay.stop(timeout_s=THREAD_STOP_S)
        self.store.engine.dispose()


def serve(settings: Settings, cameras: tuple[Camera, ...]) -> None:
    """Run the service until SIGTERM or SIGINT.

    Raises:
        InputError: the data folder or the port can't be used.
        ModelError: the model can't be loaded.
    """
    listener = _listen(settings.host, settings.port)
    service = Service(settings, cameras)
    config = uvicorn.Config(
        service.api(), log_level="warning", timeout_graceful_shutdown=HTTP_STOP_S
    )
    # uvicorn ends by raising the signal once more: it must not end us before we have stopped.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    log.info("service.started", cameras=len(cameras), model=service.model)
    sys.stderr.write(f"\n    看这里 look at {_address(settings)}/    (Ctrl-C 停止 stops)\n\n")
    with service.running():
        uvicorn.Server(config).run(sockets=[listener])
    log.info("service.stopped")


def _address(settings: Settings) -> str:
    """Where this process answers, as seen from itself."""
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    return f"http://{host}:{settings.port}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise InputError(
            f"{host}:{port}: can't listen here ({error.strerror}): "
            "end what listens there, or set another port (STREETWATCH_PORT)"
        ) from error
