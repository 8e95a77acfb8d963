"""What a run of the throughput benchmark reads off a process and its metrics."""

import resource
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from pathlib import Path
from statistics import median
from typing import Self

from prometheus_client import CollectorRegistry

from streetwatch.vision.types import Seconds

_MIB = 1024.0


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
                kind = sample.labels.get("promise") or sample.labels.get("part") or ""
                name = f"{sample.name}/{kind}" if kind else sample.name
                samples[name, sample.labels.get("le", "")] += sample.value
        return cls(used.ru_utime + used.ru_stime, time.monotonic(), samples)

    def since(self, before: Self) -> Self:
        """Return what happened between two readings."""
        samples = {key: value - before.samples.get(key, 0) for key, value in self.samples.items()}
        return type(self)(self.cpu_s - before.cpu_s, self.at - before.at, samples)

    def total(self, name: str) -> float:
        """Return a counter's count, or a histogram's sum or count, by its sample's name."""
        return self.samples.get((name, ""), 0.0)

    def above(self, name: str, limit: float, kind: str = "") -> int:
        """Return how many observations of a histogram were above one of its bounds."""
        of = f"/{kind}" if kind else ""
        within = self.samples.get((f"{name}_bucket{of}", str(limit)), 0.0)
        return round(self.total(f"{name}_count{of}") - within)

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


def resident_mib() -> float:
    """Return the memory of this process now.

    Not `ru_maxrss`: a new process begins with its parent's.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    used = next(line for line in status if line.startswith("VmRSS"))
    return int(used.split()[1]) / _MIB


def most_resident(seconds: Seconds) -> float:
    """Wait, and return the most memory that was used meanwhile."""
    pause, until, most = threading.Event(), time.monotonic() + seconds, resident_mib()
    while (left_s := until - time.monotonic()) > 0:
        pause.wait(min(left_s, 1.0))
        most = max(most, resident_mib())
    return most


def median_line(lines: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the median of each figure over runs of one load; all runs must keep the intervals.

    Words are those of the first.
    """
    return {"runs": len(lines), **_median([dict(one) for one in lines])}


def _median(lines: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {key: _middle([one[key] for one in lines]) for key in lines[0]}


def _middle(values: Sequence[object]) -> object:
    match values[0]:
        case bool():
            return all(values)
        case dict():
            return _median([one for one in values if isinstance(one, dict)])
        case str():
            return values[0]
        case _:
            known = sorted(one for one in values if isinstance(one, int | float))
            return median(known) if len(known) == len(values) else None
