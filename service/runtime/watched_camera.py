"""One camera that runs, and what every camera is wired to."""

from collections.abc import Callable
from dataclasses import dataclass

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.routing import Routes
from streetwatch.service.runtime.condition import Condition, condition_of
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.viewing import Viewing
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.runtime.watching import Watching
from streetwatch.service.store.leases import Lease
from streetwatch.service.store.references import References
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.capture.two_streams import TwoStreams
from streetwatch.vision.types import Look, Seconds


@dataclass(slots=True)
class WatchedCamera:
    """One camera that runs.

    Attributes:
        watch: Judges its looks.
        viewing: Keeps its pictures fresh while people look at them.
        last_frame_at: When its last picture was taken; None before the first.
        left: Captures that were replaced and whose threads have not ended.
        lease: With which it is watched; None where one process watches all.
    """

    camera: Camera
    capture: Capture | TwoStreams
    recorder: Recorder
    watch: CameraWatch
    watching: Watching
    viewing: Viewing
    last_frame_at: Seconds | None = None
    left: tuple[Capture | TwoStreams, ...] = ()
    lease: Lease | None = None

    def age_s(self, now: Seconds) -> Seconds | None:
        """Return how old its last picture is."""
        return None if self.last_frame_at is None else max(now - self.last_frame_at, 0.0)

    def condition(self, now: Seconds) -> Condition:
        """Return how it is."""
        seeing = self.watching.health.seeing
        return condition_of(self.capture.state.phase, self.age_s(now), seeing)

    def has_same_pictures(self, after: Camera) -> bool:
        """Tell whether its stream can be kept, and the pictures of it that are held.

        Pictures that were painted over otherwise are let go of: nobody may see what is masked now.
        """
        before = self.camera
        return (before.source, before.looks_in_sub_stream, before.masks) == (
            after.source,
            after.looks_in_sub_stream,
            after.masks,
        )


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every camera is wired to.

    Attributes:
        copies: Writes their pictures.
        seal: Signs their evidence, and names what sees for them.
        routes: Which target is told what.
        window: How much of the stream a clip has.
        keep_bytes: Of each stream, for clips, at most.
        options: How the streams are read.
        looks: Keeps what was seen.
        references: Keeps what the cameras showed when their zones were drawn.
        clock: Seconds since the epoch.
        looked: Told of each look of a camera, and of when it was.
        seen: Told of each look and the camera as it is then.
    """

    store: SqlStore
    copies: Copies
    seal: EvidenceSeal
    routes: Routes
    window: ClipWindow
    keep_bytes: int
    options: CaptureOptions
    looks: LooksLog
    references: References
    clock: Callable[[], Seconds]
    looked: Callable[[str, Seconds], None] = lambda _camera, _at: None
    seen: Callable[[Camera, Look], None] = lambda _camera, _look: None
