"""How many cameras this machine carries: the real service on paced streams, in its own process."""

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from os import sched_getaffinity
from pathlib import Path

import structlog

from streetwatch.benchmarks.event_clips import filed_event
from streetwatch.benchmarks.events import tally
from streetwatch.benchmarks.live_streams import live_in_turn
from streetwatch.benchmarks.throughput_reading import Reading, most_resident, resident_mib
from streetwatch.benchmarks.throughput_streams import CameraStream, coded_streams
from streetwatch.service.app import Service
from streetwatch.service.cameras import Camera
from streetwatch.service.config.network_schema import NetworkSettings
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.settings import Settings
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Seconds

#: An event counts as missed if its moment, and this much more, lay inside the run.
_TOLERANCE_S: Seconds = 10.0

#: Runs of a minute and shorter ones share their streams: coding takes longer than they do.
_CODED_S: Seconds = 90.0

#: Until every camera has given a picture nothing is counted.
_STARTS_WITHIN_S: Seconds = 60.0

#: The intervals that are promised, and half a key frame's distance more: bounds of the histogram.
_COVERED_WITHIN_S = {"close": 3.0, "clearing": 13.0, "idle": 33.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What is run.

    Attributes:
        streams: Dealt to the cameras in turn.
        cameras: Of these streams: zones and rules.
        number: Of cameras.
        seconds: How long is counted.
        look_interval_s: Between two pictures of a camera while something goes on.
        quiet_interval_s: Between two pictures while nothing does.
        model: Name or path of a card.
        threads: Inside one detection.
        spread_s: Over which the cameras come, one after the other: the streams are few, and no
            city's cars all stop in the same second. Zero is that worst case.
        is_live: The streams come over RTSP from other processes, which take this machine's time too
            and are not counted; else they are read from the files.
    """

    streams: tuple[CameraStream, ...]
    cameras: tuple[Camera, ...]
    number: int
    seconds: Seconds
    look_interval_s: Seconds
    quiet_interval_s: Seconds
    model: str
    threads: int
    spread_s: Seconds = 0.0
    is_live: bool = False

    def stream(self, number: int) -> CameraStream:
        """Return the stream of a camera."""
        return self.streams[number % len(self.streams)]


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was measured; `line` is the contract's."""

    cameras: int
    is_live: bool
    spread_s: Seconds
    seconds: Seconds
    looks: int
    detections: int
    cpu_s: Seconds
    cores: int
    age_p50_s: float | None
    age_p95_s: float | None
    dropped: int
    rss_mib: float
    rss_before_mib: float
    events: int
    recalled: int
    late: int
    intervals: Mapping[str, int]
    uncovered: Mapping[str, int]
    split: Mapping[str, Seconds]

    def line(self) -> dict[str, object]:
        """Return the figures as the contract prints them; null where nothing was measured."""
        camera_s = self.cameras * self.seconds
        return {
            "cameras": self.cameras,
            "source": "rtsp" if self.is_live else "file",
            "spread_s": self.spread_s,
            "seconds": round(self.seconds, 1),
            "looks_per_camera_s": round(self.looks / camera_s, 3),
            "detections_per_camera_s": round(self.detections / camera_s, 3),
            "core_s_per_camera_min": round(60 * self.cpu_s / camera_s, 3),
            "split": {part: round(60 * s / camera_s, 3) for part, s in self.split.items()},
            "busy": round(self.cpu_s / (self.seconds * self.cores), 3),
            "decision_age_p50_s": self.age_p50_s,
            "decision_age_p95_s": self.age_p95_s,
            "dropped": self.dropped,
            "rss_mib": round(self.rss_mib),
            "rss_mib_per_camera": round((self.rss_mib - self.rss_before_mib) / self.cameras, 2),
            "events": self.events,
            "recall": round(self.recalled / self.events, 3) if self.events else None,
            "late_detections": self.late,
            "intervals": dict(self.intervals),
            "uncovered": dict(self.uncovered),
            "intervals_kept": not any(self.uncovered.values()) and self.looks > 0,
        }


def coded(  # noqa: PLR0913 -- each is decided by who measures
    load: Load,
    data: Path,
    work: Path,
    *,
    quiet: int,
    only: Sequence[str],
    say: Callable[[str], None],
) -> Load:
    """Return a load with the streams of a folder of clips, or of some of them, coded as cameras."""
    camera_of = {Path(one.source.url).resolve(): one.id for one in load.cameras}
    work.mkdir(parents=True, exist_ok=True)
    streams = coded_streams(
        data,
        work,
        seconds=max(load.seconds + load.spread_s + 30.0, _CODED_S),
        quiet=quiet,
        camera_of=lambda path: (
            None if only and path.name not in only else camera_of.get(path.resolve())
        ),
        on_clip=lambda name: say(f"coding {name}"),
    )
    return replace(load, streams=tuple(streams))


def largest(
    most: int,
    line_of: Callable[[int], Mapping[str, object]],
    *,
    on_line: Callable[[Mapping[str, object]], None],
) -> int:
    """Return the largest number of cameras, at most `most`, with which every interval is kept.

    Halves what is left between a number that is carried and one that isn't, to a twentieth.

    Args:
        most: First tried.
        line_of: Runs so many.
        on_line: Told of each run.
    """
    low, high, tried = 0, most + 1, most
    while high - low > max(most // 20, 1):
        line = line_of(tried)
        on_line(line)
        low, high = (tried, high) if line["intervals_kept"] else (low, tried)
        tried = (low + high) // 2
    return low


def measured(load: Load) -> Throughput:
    """Run the load in a process of its own, so that its memory and time are the service's alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, load).result()


def _run(load: Load) -> Throughput:
    # The relay's tries at a desk that is not up are no news here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder, _sources(load) as sources:
        settings = Settings(
            data_dir=Path(folder),
            look_interval_s=load.look_interval_s,
            quiet_interval_s=load.quiet_interval_s,
            model=load.model,
            detector_threads=load.threads,
            networks=NetworkSettings(cameras=["127.0.0.0/8"]),  # live streams are on this machine
        )
        cameras = tuple(_camera(load, number, one) for number, one in enumerate(sources))
        service = Service(settings, () if load.spread_s else cameras)
        empty_mib = resident_mib()
        with service.running():
            began_at = _pictures_of_all(service, cameras, load.spread_s)
            before = Reading.of(service.registry)
            most_mib = most_resident(load.seconds)
            after = Reading.of(service.registry)
            incidents = service.store.incidents()
        service.keeping.copies.stop(timeout_s=_STARTS_WITHIN_S)  # it still writes into the folder
        recall = _recall(load, incidents, began_at)
        return _throughput(load, after.since(before), (empty_mib, most_mib), recall)


@contextmanager
def _sources(load: Load) -> Iterator[list[Source]]:
    """Give each camera the address of its pictures."""
    streams = [load.stream(number) for number in range(load.number)]
    if not load.is_live:
        yield [Source(SourceKind.FILE, str(one.path)) for one in streams]
        return
    with live_in_turn(streams, spread_s=load.spread_s) as urls:
        yield [Source(SourceKind.RTSP, url) for url in urls]


def _camera(load: Load, number: int, source: Source) -> Camera:
    camera_id = load.stream(number).camera_id
    camera = next(one for one in load.cameras if one.id == camera_id)
    return replace(camera, id=f"{camera_id}-{number}", source=source)


def _pictures_of_all(
    service: Service, cameras: Sequence[Camera], spread_s: Seconds
) -> dict[str, Seconds]:
    """Wait until every camera has come and given a picture; return when each gave its first."""
    began = time.monotonic()
    first: dict[str, Seconds] = {}
    pause = threading.Event()
    while len(first) < len(cameras):
        gone_s = time.monotonic() - began
        due = len(cameras) if gone_s >= spread_s else int(len(cameras) * gone_s / spread_s)
        if due > len(service.watched):
            service.lookout.fleet.apply(cameras[:due])
        for camera_id, one in service.watched.items():
            if one.last_frame_at is not None:
                first.setdefault(camera_id, one.last_frame_at)
        if gone_s > spread_s + _STARTS_WITHIN_S:
            silent = len(cameras) - len(first)
            raise InputError(
                f"throughput: {silent} cameras gave no picture within {_STARTS_WITHIN_S:g} s: "
                f"this machine can't carry {len(cameras)}"
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
            for event in load.stream(number).events
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


def _throughput(
    load: Load, took: Reading, memory_mib: tuple[float, float], recall: tuple[int, int]
) -> Throughput:
    age, coverage = "streetwatch_decision_age_seconds", "streetwatch_zone_coverage_seconds"
    promises = _COVERED_WITHIN_S
    split = {"decode": took.total("streetwatch_capture_decode_seconds_total")}
    split |= {
        part: took.total(f"streetwatch_work_seconds_total/{part}")
        for part in ("gate", "detect", "track")
    }
    split["rest"] = took.cpu_s - sum(split.values())  # packets, waiting, the relay
    return Throughput(
        cameras=load.number,
        is_live=load.is_live,
        spread_s=load.spread_s,
        seconds=took.at,
        looks=round(took.total("streetwatch_looks_total")),
        detections=round(took.total("streetwatch_detections_total")),
        cpu_s=took.cpu_s,
        cores=len(sched_getaffinity(0)),
        age_p50_s=took.quantile(age, 0.5),
        age_p95_s=took.quantile(age, 0.95),
        dropped=round(took.total("streetwatch_frames_dropped")),
        rss_mib=memory_mib[1],
        rss_before_mib=memory_mib[0],
        events=recall[0],
        recalled=recall[1],
        late=took.above("streetwatch_detection_lateness", 1.0),
        intervals={kind: round(took.total(f"{coverage}_count/{kind}")) for kind in promises},
        uncovered={kind: took.above(coverage, most, kind) for kind, most in promises.items()},
        split=split,
    )
