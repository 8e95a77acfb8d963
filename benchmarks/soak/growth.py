"""Does a process grow? A line through its samples, with the interval of its slope. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

import numpy as np
from scipy import stats

from streetwatch.vision.types import Seconds

#: Of so long the least memory counts: what masks a clip takes a hundred megabytes and gives
#: them back, and what is kept for good raises the floor.
BLOCK_S: Final[Seconds] = 180.0

#: The share of the run that a process has to come to its number of threads and handles.
WARM_SHARE: Final = 0.25

#: Memory takes so long at least: rings of coded video fill, and each kind of work is done once.
WARM_S: Final[Seconds] = 600.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A process at one moment, seconds since the soak began."""

    at: Seconds
    rss_mib: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth of memory in an hour, with its 95 % interval; None where too little was measured."""

    mib_per_h: float
    low: float
    high: float

    def of(self, cameras: int) -> "Slope":
        """Return the same for ten cameras."""
        return Slope(*(10 * value / cameras for value in (self.mib_per_h, self.low, self.high)))


def warm(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples of a process that has started."""
    since = samples[-1].at * WARM_SHARE if samples else 0.0
    return [one for one in samples if one.at >= since]


def slope(samples: Sequence[Sample]) -> Slope | None:
    """Fit a line through the least memory of a warm process in each minute; None if too short."""
    blocks: dict[int, list[Sample]] = {}
    for one in warm(samples):
        if one.at >= WARM_S:
            blocks.setdefault(int(one.at // BLOCK_S), []).append(one)
    if len(blocks) < 4:
        return None
    hours = np.array([mean(one.at for one in block) for block in blocks.values()]) / 3600
    mib = np.array([min(one.rss_mib for one in block) for block in blocks.values()])
    fit = stats.linregress(hours, mib)
    # Memory that does not tremble at all leaves nothing to divide by.
    reach = float(np.nan_to_num(stats.t.ppf(0.975, len(blocks) - 2) * fit.stderr))
    return Slope(float(fit.slope), float(fit.slope) - reach, float(fit.slope) + reach)


def grown(counts: Sequence[int]) -> int:
    """Return by how much a count is larger in the last third than in the first."""
    third = max(len(counts) // 3, 1)
    return round(median(counts[-third:]) - median(counts[:third])) if counts else 0
