"""What the runtime counts. Names are an API: docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


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
            "Between two detections in a camera's zones.",
            registry=registry,
            buckets=(1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 33.0, 45.0, 60.0, 120.0, 300.0),
        )
