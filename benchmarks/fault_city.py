"""A small city whose cameras fail: real streams, decoder, loop, store and evidence in one process.

Only the model is left out: what stands in the drawn street is bright, and a threshold sees it.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from prometheus_client import CollectorRegistry

from streetwatch.datasets.fake_street import THING_LEVEL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras.camera import Camera
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.routing import TO_THE_DESK
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.condition import Condition
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import CaptureCollector, RuntimeMetrics
from streetwatch.service.runtime.watched_camera import WatchedCamera, Wiring
from streetwatch.service.store.references import References
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.types import Detections, Image, Look, Seconds
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

T = TypeVar("T")

#: The whole picture but its rim.
AREA: Polygon = ((0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95))

_LEAST_PIXELS = 150
_MARGIN = 45  #: grey levels that coding may take from what is bright


class SeesTheBright:
    """Sees a car in everything that is bright."""

    longest_side = 320

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        """Return a box around each bright spot."""
        del confidence, longest
        bright = np.asarray(image.min(axis=2) > THING_LEVEL - _MARGIN, np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        spots = [row for row in stats[1:] if row[cv2.CC_STAT_AREA] >= _LEAST_PIXELS]
        boxes = [(x, y, x + width, y + height) for x, y, width, height, _ in spots]
        return Detections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.full(len(boxes), 0.9, np.float32),
            np.full(len(boxes), CLASS_ID["car"], np.int64),
        )

    def detect_batch(
        self,
        images: Sequence[Image],
        *,
        confidence: float | None = None,
        longest: int | None = None,
    ) -> list[Detections]:
        """Return what is in each of several pictures."""
        return [self.detect(one, confidence=confidence, longest=longest) for one in images]


class Diary(LooksLog):
    """Notes when each camera was looked at, and writes nothing to the disk."""

    def __init__(self) -> None:
        super().__init__(Path(), keep_s=0.0, keep_bytes=0)
        self.looked_at: dict[str, list[Seconds]] = defaultdict(list)

    def add(self, camera_id: str, look: Look) -> None:
        """Note a look."""
        self.looked_at[camera_id].append(look.at)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a city watches.

    Attributes:
        dwell_s: What stands so long is filed.
        intervals: How long its cameras may go without a look.
        options: How its streams are read.
    """

    dwell_s: Seconds
    intervals: Intervals
    options: CaptureOptions


@dataclass
class FaultCity:
    """Cameras, each with something that stands in its street.

    Args:
        folder: Empty; for the database and the evidence.
        urls: Where the cameras are, by name.
        pace: How they are watched.
        clock: Seconds since the epoch.
    """

    folder: Path
    urls: Mapping[str, str]
    pace: Pace
    clock: Callable[[], Seconds] = time.time
    diary: Diary = field(default_factory=Diary)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    store: SqlStore = field(init=False)
    fleet: Fleet = field(init=False)

    def __post_init__(self) -> None:
        self.store = open_store(f"sqlite:///{self.folder / 'city.db'}")
        mailboxes = Mailboxes()
        loop = DetectorLoop(
            detector=SeesTheBright(),
            mailboxes=mailboxes,
            metrics=RuntimeMetrics(self.registry),
            intervals=self.pace.intervals,
            clock=self.clock,
            on_change=lambda _: None,
        )
        wiring = Wiring(
            store=self.store,
            copies=Copies(EvidenceFolder(self.folder / "evidence")),
            seal=EvidenceSeal(Signer.made(), "bench faults", "bright@1", "0" * 64),
            routes=TO_THE_DESK,
            window=ClipWindow(2.0, 1.0),
            keep_bytes=4_000_000,
            options=self.pace.options,
            looks=self.diary,
            references=References(self.store.engine),
            clock=self.clock,
        )
        self.fleet = Fleet(wiring, loop, mailboxes)
        self.registry.register(
            CaptureCollector(
                lambda: [(name, one.capture.counts) for name, one in self.fleet.watched.items()]
            )
        )
        self.fleet.apply(_camera(name, url, self.pace) for name, url in self.urls.items())

    @contextmanager
    def running(self) -> Iterator["FaultCity"]:
        """Watch for the length of a `with` block."""
        self.fleet.loop.start()
        self.fleet.start()
        try:
            yield self
        finally:
            self.fleet.stop()
            self.fleet.loop.stop(timeout_s=10)
            for one in self.fleet.watched.values():
                one.capture.stop()
            self.store.close()

    def camera(self, name: str) -> WatchedCamera:
        """Return a camera as it runs now."""
        return self.fleet.watched[name]

    def condition(self, name: str) -> Condition:
        """Return how a camera is."""
        return self.camera(name).condition(self.clock())

    def looks(self, name: str) -> list[Seconds]:
        """Return when a camera was looked at."""
        return list(self.diary.looked_at[name])

    def cases(self, name: str) -> list[Incident]:
        """Return what was filed of a camera."""
        return [
            one
            for one in self.store.incidents()
            if one.camera_id == name and one.opened_at is not None
        ]

    def count(self, metric: str, **labels: str) -> float:
        """Return a metric's value."""
        return self.registry.get_sample_value(metric, labels) or 0.0


def until(ask: Callable[[], T | None], *, seconds: float, every_s: float = 0.05) -> T | None:
    """Ask until there is an answer; None where there was none in time."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        answer = ask()
        if answer is not None:
            return answer
        pause.wait(every_s)
    return None


def _camera(name: str, url: str, pace: Pace) -> Camera:
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=pace.dwell_s)
    zones = (Zone("road", AREA, rules=(rule,)),)
    kind = SourceKind.RTSP if url.startswith("rtsp:") else SourceKind.FILE
    return Camera(name, name, Source(kind, url), None, zones)
