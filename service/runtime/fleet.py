"""The cameras that run: started, changed and stopped one by one, while the others go on."""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

import structlog

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.runtime.arrivals import Arrivals
from streetwatch.service.runtime.attention import Attention
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.viewing import Viewing
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.runtime.watched_camera import WatchedCamera, Wiring
from streetwatch.service.runtime.watching import Watching
from streetwatch.service.store.leases import Lease, LeaseLostError
from streetwatch.service.store.references import Kept
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.state import Phase
from streetwatch.vision.capture.stream import Capture
from streetwatch.vision.capture.two_streams import TwoStreams
from streetwatch.vision.gate import Gate
from streetwatch.vision.health import Health, Reference
from streetwatch.vision.types import Frame, Look, Seconds, Size

log = structlog.get_logger(__name__)

#: Between the first connections to two cameras: many answer one with a key frame, and all of these
#: at once would have to be decoded at once, then and every few seconds from then on.
APART_S: Seconds = 0.04

#: How long a change waits for the look at hand.
APPLIED_WITHIN_S: Seconds = 2.0


@dataclass(slots=True)
class Fleet:
    """All cameras that run. Usable from any thread; what it changes is changed between two looks.

    Attributes:
        watched: By id; never changed in place.
    """

    wiring: Wiring
    loop: DetectorLoop
    mailboxes: Mailboxes
    watched: Mapping[str, WatchedCamera] = field(init=False, default_factory=dict)
    _arrivals: Arrivals = field(init=False)
    _changing: threading.Lock = field(init=False, default_factory=threading.Lock)
    _is_running: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._arrivals = Arrivals(lambda camera: self._capture(camera, self._ring(camera)))

    def start(self) -> None:
        """Begin to watch."""
        with self._changing:
            self._is_running = True
            for number, one in enumerate(self.watched.values()):
                one.capture.start(after_s=number * APART_S)

    def stop(self) -> None:
        """Watch no more; reads in progress end with their time-outs. May be called again."""
        with self._changing:
            self._is_running = False
            self._arrivals.expect(())
            for one in self.watched.values():
                one.capture.stop(timeout_s=0)

    def is_live(self, camera_id: str) -> bool:
        """Tell whether a camera that is watched gives pictures."""
        running = self.watched.get(camera_id)
        return running is not None and running.capture.state.is_live

    def expect(self, cameras: Iterable[Camera]) -> frozenset[str]:
        """Read the streams of cameras that are about to come; nobody looks at them yet.

        Returns:
            Those whose pictures come: they can be watched without a gap.
        """
        with self._changing:
            return self._arrivals.expect(cameras if self._is_running else ())

    def apply(
        self, cameras: Iterable[Camera], held: Mapping[str, Lease] | None = None
    ) -> Mapping[str, Future[None]]:
        """Watch these cameras from now on; those that are as they were are not touched.

        What stands on a camera that is taken away stays as it was stored, an outage to it: nobody
        saw it leave. Should the camera come back, it goes on.

        Args:
            cameras: All that there are, in whatever process they are watched.
            held: The leases of those that are watched in this process; None: all are.

        Returns:
            The cameras that ended: done when all that was seen on one is stored.
        """
        cameras = tuple(cameras)
        mine = [one for one in cameras if held is None or one.id in held]
        ids = {camera.id for camera in mine}
        with self._changing:
            before = self.watched
            ended = {name: self._ended(one) for name, one in before.items() if name not in ids}
            changes = list(ended.values())
            after = {
                camera.id: self._kept(
                    before.get(camera.id),
                    camera,
                    cameras,
                    held[camera.id] if held is not None else None,
                    changes,
                )
                for camera in mine
            }
            # Who hands on a picture is looked up here: a camera's place must be there first.
            self.watched = MappingProxyType(after)
            changed = (one for name, one in after.items() if before.get(name) is not one)
            fresh = [one for one in changed if one.capture.state.phase is Phase.STOPPED]
            for number, one in enumerate(fresh) if self._is_running else ():
                one.capture.start(after_s=number * APART_S)
            wait_for(changes, timeout=APPLIED_WITHIN_S)
        return ended

    def _kept(
        self,
        running: WatchedCamera | None,
        camera: Camera,
        cameras: tuple[Camera, ...],
        lease: Lease | None,
        changes: list[Future[None]],
    ) -> WatchedCamera:
        """Return a camera as it is to run: as it does, with other zones, or anew."""
        if running is None:
            return self._started(camera, cameras, lease)
        if running.lease == lease and running.has_same_pictures(camera):
            changes.append(self._redrawn(running, camera, cameras))
            return running
        wait_for([self._ended(running)], timeout=APPLIED_WITHIN_S)
        return self._started(camera, cameras, lease)

    def _started(
        self, camera: Camera, cameras: tuple[Camera, ...], lease: Lease | None
    ) -> WatchedCamera:
        """Wire one camera: its packets to a ring, its frames to the mailboxes, its chain."""
        wiring = self.wiring
        capture = self._arrivals.taken(camera) or self._capture(camera, self._ring(camera))
        viewing = Viewing(
            partial(self._look_every, camera.id), wiring.options.look_interval_s, wiring.clock
        )
        recorder = Recorder(
            site=camera.site,
            zones=camera.zones,
            copies=wiring.copies,
            seal=replace(wiring.seal, clock_offset=partial(self._clock_offset, camera.id)),
            ring=capture.ring,
            window=wiring.window,
            is_viewed=lambda: viewing.is_viewed,
        )
        kept = wiring.references.known(camera.id)
        watch = CameraWatch(
            watched=self._watched(camera, cameras),
            store=wiring.store if lease is None else wiring.store.fenced(lease),
            recorder=recorder,
            on_look=partial(self._on_look, camera.id),
            size=None if kept is None else kept.size,
        )
        watching = Watching(
            watch,
            _attention(camera),
            viewing.look_every,
            camera.masks,
            Health.since(kept.reference if kept and kept.drawn == camera.drawn else None),
            is_on_duty=camera.is_on_duty,
            remember=partial(self._remember, camera.id),
            beside=camera.permitted,
        )
        self.loop.watch(camera.id, watching)
        return WatchedCamera(camera, capture, recorder, watch, watching, viewing, lease=lease)

    def _ring(self, camera: Camera) -> Ring | None:
        """Return where a camera's packets are kept; None: one that can't be masked is not kept."""
        wiring = self.wiring
        return (
            None
            if camera.masks
            else Ring(keep_s=wiring.window.whole_s, keep_bytes=wiring.keep_bytes)
        )

    def _clock_offset(self, camera_id: str) -> Seconds | None:
        """Return how far a camera's clock is ahead of ours, as its stream says now."""
        running = self.watched.get(camera_id)
        return None if running is None else running.capture.clock_offset_s

    def _capture(self, camera: Camera, ring: Ring | None) -> Capture | TwoStreams:
        reads = TwoStreams if camera.looks_in_sub_stream else Capture
        return reads(
            camera.id,
            camera.source,
            on_frame=self._on_frame,
            on_state=lambda _: None,  # asked for when somebody wants to know
            ring=ring,
            options=self.wiring.options,
            clock=self.wiring.clock,
        )

    def replace_capture(self, camera_id: str, running: WatchedCamera) -> bool:
        """Read a camera's stream in a new thread; return False where it isn't watched any more.

        The old thread, should it come to itself, hands on nothing more.
        """
        with self._changing:
            if self.watched.get(camera_id) is not running or not self._is_running:
                return False
            before = running.capture
            before.stop(timeout_s=0)
            running.left = tuple(one for one in (*running.left, before) if not one.is_over)
            running.capture = self._capture(running.camera, before.ring)
            running.capture.start()
            return True

    def _look_every(self, camera_id: str, interval_s: Seconds) -> None:
        running = self.watched.get(camera_id)
        if running is not None:
            running.capture.look_every(interval_s)

    def _remember(self, camera_id: str, reference: Reference, size: Size) -> None:
        running = self.watched.get(camera_id)
        if running is not None:
            kept = Kept(running.camera.drawn, reference, size)
            self.wiring.references.keep(camera_id, kept, running.lease)

    def _redrawn(
        self, running: WatchedCamera, camera: Camera, cameras: tuple[Camera, ...]
    ) -> Future[None]:
        """Change a camera's zones, name or place, its stream left as it is."""
        before, running.camera = running.camera, camera
        watched = self._watched(camera, cameras)
        watch, watching = running.watch, running.watching
        if before == camera:
            return self.loop.between_looks(lambda: watch.beside(watched.others))

        def change() -> None:
            watch.redraw(watched, self.wiring.clock())
            watching.redrawn(_attention(camera))
            watching.is_on_duty, watching.beside = camera.is_on_duty, camera.permitted

        return self.loop.between_looks(change)

    def _ended(self, running: WatchedCamera) -> Future[None]:
        """Stop one camera; the evidence of its cases is completed with what there is.

        Where it has a lease, whoever has it next completes it.
        """
        running.capture.stop(timeout_s=0)
        camera_id, watch = running.camera.id, running.watch

        def end() -> None:
            self.mailboxes.forget(camera_id)
            if running.lease is None:
                watch.finish(self.wiring.clock())
                return
            with suppress(LeaseLostError):  # whoever has it now has gone on from what was stored
                watch.leave()

        self.loop.unwatch(camera_id)
        log.info("camera.stopped", camera=camera_id)
        return self.loop.between_looks(end)

    def _watched(self, camera: Camera, cameras: tuple[Camera, ...]) -> Watched:
        wiring = self.wiring
        return camera.watched(model=wiring.seal.model, others=cameras, routes=wiring.routes)

    def _on_look(self, camera_id: str, look: Look) -> None:
        self.wiring.looks.add(camera_id, look)
        self.wiring.looked(camera_id, look.at)
        running = self.watched.get(camera_id)
        if running is not None:
            self.wiring.seen(running.camera, look)

    def _on_frame(self, frame: Frame) -> None:
        running = self.watched.get(frame.camera_id)
        if running is not None:
            running.last_frame_at = frame.at
            self.mailboxes.put(frame)


def _attention(camera: Camera) -> Attention:
    return Attention(Gate(camera.areas))
