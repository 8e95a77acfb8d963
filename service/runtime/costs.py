"""What each camera costs this machine, measured: what placing goes by."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from streetwatch.vision.types import Seconds

#: Reading and keeping packets, in cores: 0.17 core-seconds a minute, not counted by camera
#: (docs/explanation/performance.md).
READING: Final = 0.0028

#: Over so long a cost is taken: a camera on which something happens is dear for minutes.
OVER_S: Final[Seconds] = 300.0

#: A cost that has changed by less is not news.
NEWS: Final = 0.2

#: Of what was known before, in the cost that is told: one busy minute moves no camera.
INERTIA: Final = 0.5


@dataclass(slots=True)
class Bill:
    """How much time of a processor the detector's thread has spent on each camera."""

    _spent: defaultdict[str, Seconds] = field(default_factory=lambda: defaultdict(float))
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def charged(self, camera_ids: Sequence[str]) -> Iterator[None]:
        """Charge what is done in a block to cameras, in equal parts."""
        before = time.thread_time()
        try:
            yield
        finally:
            share = (time.thread_time() - before) / len(camera_ids)
            with self._lock:
                for one in camera_ids:
                    self._spent[one] += share

    def taken(self) -> dict[str, Seconds]:
        """Return what was charged since this was asked last."""
        with self._lock:
            spent, self._spent = self._spent, defaultdict(float)
        return dict(spent)


@dataclass(slots=True)
class Costs:
    """Turns seconds of processors into cores, and tells what is news."""

    _since: Seconds | None = None
    _decoded: Mapping[str, Seconds] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)

    def is_due(self, now: Seconds) -> bool:
        """Tell whether it is time to measure."""
        return self._since is None or now - self._since >= OVER_S

    def news(
        self, spent: Mapping[str, Seconds], decoded: Mapping[str, Seconds], now: Seconds
    ) -> dict[str, float]:
        """Return the cost of each camera for which it is news, in cores.

        Args:
            spent: On each camera's pictures since this was asked last.
            decoded: By each camera's capture since it began.
            now: On a clock that never goes back.
        """
        before, since = self._decoded, self._since
        self._decoded, self._since = dict(decoded), now
        if since is None or now <= since:
            return {}
        news = {}
        for name in decoded.keys() & before.keys():
            used = spent.get(name, 0.0) + max(decoded[name] - before[name], 0.0)
            cost = READING + used / (now - since)
            known = self._told.get(name)
            smooth = cost if known is None else INERTIA * known + (1 - INERTIA) * cost
            if known is None or abs(smooth - known) > NEWS * known:
                news[name] = self._told[name] = smooth
        return news
