"""How many cameras this machine carries: the real service on paced streams, in its own process."""

import logging
import resource
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import isinf
from multiprocessing import get_context
from os import sched_getaffinity
from pathlib import Path
from typing import Self

import structlog
from prometheus_client import CollectorRegistry

from streetwatch.benchmarks.event_clips import filed_event
from streetwatch.benchmarks.events import tally
from streetwatch.benchmarks.throughput_streams import CameraStream
from streetwatch.service.app import Service
from streetwatch.service.cameras import Camera
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.settings import Settings
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Seconds

#: An event counts as missed if its moment, and this much more, lay inside the run.
_TOLERANCE_S: Seconds = 10.0

#: Until every camera has given a picture nothing is counted.
_STARTS_WITHIN_S: Seconds = 60.0

#: The default idle interval, and a key frame's distance more: a bound of the histogram.
_COVERED_WITHIN_S = 33.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is run.

    Attributes:
        streams: Dealt to the cameras in turn.
        cameras: Of these streams: zones and rules.
        number: Of cameras.
        seconds: How long is counted.
        look_interval_s: Between two pictures of a camera.
        threads: Inside one detection.
    """

    streams: tuple[CameraStream, ...]
    cameras: tuple[Camera, ...]
    number: int
    seconds: Seconds
    look_interval_s: Seconds
    threads: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was measured; `line` is the contract's."""

    cameras: int
    seconds: Seconds
    looks: int
    detections: int
    cpu_s: Seconds
    cores: int
    age_p50_s: float | None
    age_p95_s: float | None
    dropped: int
    rss_mib: float
    events: int
    recalled: int
    late: int
    uncovered: int
    detect_s: Seconds

    def line(self) -> dict[str, object]:
        """Return the figures as the contract prints them; null where nothing was measured."""
        camera_s = self.cameras * self.seconds
        return {
            "cameras": self.cameras,
            "seconds": round(self.seconds, 1),
            "looks_per_camera_s": round(self.looks / camera_s, 3),
            "detections_per_camera_s": round(self.detections / camera_s, 3),
            "core_s_per_camera_min": round(60 * self.cpu_s / camera_s, 3),
            "detect_s_share": round(self.detect_s / self.seconds, 3),
            "busy": round(self.cpu_s / (self.seconds * self.cores), 3),
            "decision_age_p50_s": self.age_p50_s,
            "decision_age_p95_s": self.age_p95_s,
            "dropped": self.dropped,
            "rss_mib": round(self.rss_mib),
            "events": self.events,
            "recall": round(self.recalled / self.events, 3) if self.events else None,
            "late_detections": self.late,
            "uncovered": self.uncovered,
            "intervals_kept": self.late == 0 and self.uncovered == 0,
        }


def measured(load: Load) -> Throughput:
    """Run the load in a process of its own, so that its memory and time are the service's alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, load).result()


def _run(load: Load) -> Throughput:
    # The relay's tries at a desk that is not up are no news here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            look_interval_s=load.look_interval_s,
            detector_threads=load.threads,
        )
        service = Service(settings, tuple(_camera(load, number) for number in range(load.number)))
        with service.running():
            began_at = _pictures_of_all(service)
            before = Reading.of(service.registry)
            threading.Event().wait(load.seconds)
            after = Reading.of(service.registry)
            incidents = service.store.incidents()
        return _throughput(load, after.since(before), *_recall(load, incidents, began_at))


def _camera(load: Load, number: int) -> Camera:
    stream = load.streams[number % len(load.streams)]
    camera = next(one for one in load.cameras if one.id == stream.camera_id)
    source = Source(SourceKind.FILE, str(stream.path))
    return replace(camera, id=f"{stream.camera_id}-{number}", source=source)


def _pictures_of_all(service: Service) -> dict[str, Seconds]:
    """Wait until every camera has given a picture; return when each gave its first."""
    deadline = time.monotonic() + _STARTS_WITHIN_S
    first: dict[str, Seconds] = {}
    pause = threading.Event()
    while len(first) < len(service.watched):
        for camera_id, one in service.watched.items():
            if one.last_frame_at is not None:
                first.setdefault(camera_id, one.last_frame_at)
        if time.monotonic() > deadline:
            silent = len(service.watched) - len(first)
            raise InputError(
                f"throughput: {silent} cameras gave no picture within {_STARTS_WITHIN_S:g} s: "
                f"this machine can't carry {len(service.watched)}"
            )
        pause.wait(0.05)
    return first


def _recall(
    load: Load, incidents: Sequence[Incident], began_at: Mapping[str, Seconds]
) -> tuple[int, int]:
    """Return how many events lay whole inside the run, and how many of them were filed."""
    true = filed = 0
    for number, (camera_id, zero) in enumerate(began_at.items()):
        events = [
            event
            for event in load.streams[number % len(load.streams)].events
            if event.violation_at + _TOLERANCE_S <= load.seconds
        ]
        mine = [
            filed_event(one, zero=zero)
            for one in incidents
            if one.camera_id == camera_id and one.violation_at is not None
        ]
        camera = [replace(event, camera=camera_id) for event in events]
        true += len(events)
        filed += sum(len(one.delays) for one in tally(camera, mine, hours=1.0).values())
    return true, filed


@dataclass(frozen=True, slots=True)
class Reading:
    """The process and its metrics at one moment, or between two.

    Attributes:
        cpu_s: Of all its threads.
        at: On a clock of its own, seconds.
        samples: Metrics by name and bucket, cameras added up.
    """

    cpu_s: Seconds
    at: Seconds
    samples: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, registry: CollectorRegistry) -> Self:
        """Read both now."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        samples: defaultdict[tuple[str, str], float] = defaultdict(float)
        for metric in registry.collect():
            for sample in metric.samples:
                samples[sample.name, sample.labels.get("le", "")] += sample.value
        return cls(used.ru_utime + used.ru_stime, time.monotonic(), samples)

    def since(self, before: Self) -> Self:
        """Return what happened between two readings."""
        samples = {key: value - before.samples.get(key, 0) for key, value in self.samples.items()}
        return type(self)(self.cpu_s - before.cpu_s, self.at - before.at, samples)

    def total(self, name: str) -> float:
        """Return a counter's count, or a histogram's sum or count, by its sample's name."""
        return self.samples.get((name, ""), 0.0)

    def above(self, name: str, limit: float) -> int:
        """Return how many observations of a histogram were above one of its bounds."""
        return round(self.total(f"{name}_count") - self.samples[f"{name}_bucket", str(limit)])

    def quantile(self, name: str, share: float) -> float | None:
        """Return a quantile of a histogram, interpolated inside its bucket."""
        bounds = sorted(
            (float(le), count)
            for (key, le), count in self.samples.items()
            if key == f"{name}_bucket"
        )
        wanted = share * self.total(f"{name}_count")
        low, below = 0.0, 0.0
        for bound, count in bounds:
            if count >= wanted > 0:
                inside = (wanted - below) / max(count - below, 1.0)
                return None if isinf(bound) else round(low + inside * (bound - low), 3)
            low, below = bound, count
        return None


def _throughput(load: Load, took: Reading, events: int, recalled: int) -> Throughput:
    age = "streetwatch_decision_age_seconds"
    return Throughput(
        cameras=load.number,
        seconds=took.at,
        looks=round(took.total("streetwatch_looks_total")),
        detections=round(took.total("streetwatch_detections_total")),
        cpu_s=took.cpu_s,
        cores=len(sched_getaffinity(0)),
        age_p50_s=took.quantile(age, 0.5),
        age_p95_s=took.quantile(age, 0.95),
        dropped=round(took.total("streetwatch_frames_dropped")),
        rss_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        events=events,
        recalled=recalled,
        late=took.above("streetwatch_detection_lateness", 1.0),
        uncovered=took.above("streetwatch_zone_coverage_seconds", _COVERED_WITHIN_S),
        detect_s=took.total("streetwatch_detect_seconds_sum"),
    )
