"""What presence costs: the time of one look, and the size of what a camera remembers.

Time is the thread's own, so that a busy machine does not count.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import thread_time

import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.store.codec import presence_document
from streetwatch.vision.types import Detections, Look
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

_SIZE = (1280, 720)
_VIEW_SIZE = (320, 180)
_ACROSS = 10
_MISSED = 0.1
_TREMBLE_PX = 1.0
_NOISE = 2.0  # grey levels

#: The looks before have filled the caches and made every stay one that is known.
_WARM_UP = 20

_ROAD = Zone(
    "road",
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    rules=(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR],),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What looks at so many vehicles took, milliseconds each, and what is kept of them."""

    objects: int
    pictures: bool
    looks_ms: tuple[float, ...]
    state_bytes: int

    def line(self) -> dict[str, object]:
        """Return the figures for JSON."""
        p50, p95 = np.percentile(self.looks_ms, (50, 95)).tolist()
        return {
            "objects": self.objects,
            "pictures": self.pictures,
            "looks": len(self.looks_ms),
            "observe_p50_ms": round(p50, 3),
            "observe_p95_ms": round(p95, 3),
            "state_kib": round(self.state_bytes / 1024, 1),
        }


def cost(objects: int, *, pictures: bool, looks: int, on_look: Callable[[], None]) -> Cost:
    """Look so often at so many vehicles that stand in one zone, a tenth missed each time."""
    presence = Presence()
    took = []
    for number, look in enumerate(_looks(objects, pictures=pictures, count=_WARM_UP + looks)):
        began = thread_time()
        presence = observe(presence, look, (_ROAD,), epoch=None).presence
        if number >= _WARM_UP:
            took.append(1000 * (thread_time() - began))
            on_look()
    state = json.dumps(presence_document(presence)).encode()
    return Cost(objects, pictures, tuple(took), len(state))


def _looks(objects: int, *, pictures: bool, count: int) -> Iterator[Look]:
    chance = np.random.default_rng(0)
    view = chance.integers(0, 255, (_VIEW_SIZE[1], _VIEW_SIZE[0]))
    rows, columns = np.divmod(np.arange(objects), _ACROSS)
    x, y = 10.0 + 125 * columns, 60.0 + 620 * rows / max(objects / _ACROSS, 1)
    boxes = np.stack((x, y, x + 110, y + 70), axis=1)
    for number in range(count):
        seen = boxes[chance.random(objects) >= _MISSED]
        seen += chance.normal(0, _TREMBLE_PX, seen.shape)
        found = Detections(
            seen.astype(np.float32),
            np.full(len(seen), 0.7, np.float32),
            np.full(len(seen), CLASS_ID["car"], np.int64),
        )
        noisy = np.clip(view + chance.normal(0, _NOISE, view.shape), 0, 255).astype(np.uint8)
        yield Look(float(number), _SIZE, found, noisy if pictures else None)
