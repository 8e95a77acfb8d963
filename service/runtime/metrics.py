"""What the runtime counts. Names are an API: docs/reference/metrics.md lists them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streetwatch.vision.capture.state import CaptureCounts
from streetwatch.vision.types import Seconds


class RuntimeMetrics:
    """Counters of the chain from capture to incident, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.looks = Counter(
            "streetwatch_looks", "Pictures that were judged.", ["camera"], registry=registry
        )
        self.detections = Counter(
            "streetwatch_detections",
            "Looks for which the detector was asked, and why.",
            ["camera", "why"],
            registry=registry,
        )
        self.unchanged = Counter(
            "streetwatch_looks_unchanged",
            "Looks that showed no change: what was seen before is seen again.",
            ["camera"],
            registry=registry,
        )
        self.unjudged = Counter(
            "streetwatch_looks_unjudged",
            "Pictures of which nothing is said: something passes in front of what stands.",
            ["camera"],
            registry=registry,
        )
        self.failed_looks = Counter(
            "streetwatch_looks_failed",
            "Looks that an error ended; the next one goes on.",
            ["camera"],
            registry=registry,
        )
        self.blind = Counter(
            "streetwatch_looks_blind",
            "Pictures that were not judged: a frozen or a dark one says nothing of the street.",
            ["camera", "seeing"],
            registry=registry,
        )
        self.dropped = Gauge(
            "streetwatch_frames_dropped",
            "Frames replaced by a newer one before they were judged, since start.",
            ["camera"],
            registry=registry,
        )
        self.incidents = Counter(
            "streetwatch_incidents",
            "Incidents that reached a state.",
            ["camera", "type", "state"],
            registry=registry,
        )
        self.detect_s = Histogram(
            "streetwatch_detect_seconds",
            "Time of the detector for one picture.",
            registry=registry,
            buckets=(0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0),
        )
        self.age_s = Histogram(
            "streetwatch_decision_age_seconds",
            "From the capture of a picture to the end of its judgement.",
            registry=registry,
            buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0),
        )
        self.lateness = Histogram(
            "streetwatch_detection_lateness",
            "How long a detection waited, as a share of its patience; over 1 is late.",
            registry=registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 5.0),
        )
        self.coverage_s = Histogram(
            "streetwatch_zone_coverage_seconds",
            "Between two looks at a camera's zones, and what was promised.",
            ["promise"],
            registry=registry,
            buckets=(1.0, 2.0, 3.0, 5.0, 10.0, 13.0, 20.0, 30.0, 33.0, 45.0, 60.0, 120.0, 300.0),
        )
        self.work_s = Counter(
            "streetwatch_work_seconds",
            "Processor time of the detector's thread: gate, detect, track.",
            ["part"],
            registry=registry,
        )
        self.overloaded = Gauge(
            "streetwatch_detector_overloaded",
            "1 while more looks are late than the machine's promise allows.",
            registry=registry,
        )

    def covered(self, promise: str, waited_s: Seconds) -> None:
        """Note how long a camera's zones went without a look."""
        self.coverage_s.labels(promise).observe(max(waited_s, 0.0))

    @contextmanager
    def working(self, part: str) -> Iterator[None]:
        """Count the processor time of a block."""
        before = time.thread_time()
        try:
            yield
        finally:
            self.work_s.labels(part).inc(time.thread_time() - before)


class CaptureCollector(Collector):
    """What the captures count, asked for when somebody wants to know.

    Args:
        counts: Of each camera that runs, by its id.
    """

    def __init__(self, counts: Callable[[], Iterable[tuple[str, CaptureCounts]]]) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without counting."""
        yield from self._families()

    def collect(self) -> Iterator[Metric]:
        """Count."""
        packets, connections, corrupt, gap, decode = self._families()
        for camera_id, one in self._counts():
            packets.add_metric([camera_id], one.packets)
            connections.add_metric([camera_id], one.connections)
            corrupt.add_metric([camera_id], one.corrupt)
            decode.add_metric([camera_id], one.decode_s)
            if one.key_gap_s is not None:
                gap.add_metric([camera_id], one.key_gap_s)
        yield from (packets, connections, corrupt, gap, decode)

    def _families(
        self,
    ) -> tuple[
        CounterMetricFamily,
        CounterMetricFamily,
        CounterMetricFamily,
        GaugeMetricFamily,
        CounterMetricFamily,
    ]:
        named = "streetwatch_capture"
        return (
            CounterMetricFamily(f"{named}_packets", "Packets received.", labels=["camera"]),
            CounterMetricFamily(
                f"{named}_connections", "Times the source was opened.", labels=["camera"]
            ),
            CounterMetricFamily(
                f"{named}_corrupt", "Packets and pictures that were damaged.", labels=["camera"]
            ),
            GaugeMetricFamily(
                f"{named}_key_gap_seconds",
                "Between the latest two key frames, as measured.",
                labels=["camera"],
            ),
            CounterMetricFamily(
                f"{named}_decode_seconds",
                "Processor time of decoding and scaling.",
                labels=["camera"],
            ),
        )
