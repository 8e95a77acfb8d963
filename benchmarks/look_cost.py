"""What it takes to store a look, by how many things stand: work of this process, and statements.

Every thing is an open incident whose sums each look renews; nothing else happens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import process_time

import numpy as np
import sqlalchemy as sa

from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched, record
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.zones.presence import Observation, Presence, Remembered
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

_SIZE = (1280, 720)
_RULE = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
_ROAD = Zone("road", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(_RULE,))
_EVERY_S = 4.0

#: The looks before have opened every incident, and filled what caches statements.
_WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What looks at so many standing things took to store.

    Attributes:
        cpu_ms: Of this process alone, each look.
        statements: That a look sent to the database, in the median.
    """

    standing: int
    cpu_ms: tuple[float, ...]
    statements: int

    def line(self) -> dict[str, object]:
        """Return the figures for JSON."""
        p50, p95 = np.percentile(self.cpu_ms, (50, 95)).tolist()
        return {
            "standing": self.standing,
            "n": len(self.cpu_ms),
            "cpu_p50_ms": round(p50, 2),
            "cpu_p95_ms": round(p95, 2),
            "statements": self.statements,
        }


def cost(store: SqlStore, standing: int, *, looks: int) -> Cost:
    """Store so many looks of a camera of its own that sees nothing but what stands."""
    watched = Watched(Site(f"bench-{standing}", "bench", None), (_ROAD,), "model@1")
    sent: list[int] = []
    took: list[float] = []

    def count(*_: object) -> None:
        sent[-1] += 1

    sa.event.listen(store.engine, "before_cursor_execute", count)
    try:
        for look in _looks(standing, _WARM_UP + looks):
            sent.append(0)
            began = process_time()
            record(look, watched=watched, store=store, stills_of=lambda *_: ())
            took.append(1000 * (process_time() - began))
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", count)
    return Cost(standing, tuple(took[_WARM_UP:]), int(np.median(sent[_WARM_UP:])))


def _looks(standing: int, count: int) -> Iterator[Observation]:
    for number in range(count):
        at = _RULE.dwell_s + number * _EVERY_S
        stays = tuple(_stay(place, at) for place in range(standing))
        yield Observation(Presence.of(Remembered(at, stays)), (), _SIZE)


def _stay(place: int, at: float) -> Stay:
    """Return a stay that has been there from the start; its box trembles."""
    row, column = divmod(place, 10)
    anchor = (10.0 + 125 * column, 60.0 + 120 * row, 120.0 + 125 * column, 130.0 + 120 * row)
    left, top, right, bottom = anchor
    tremble = at % 3
    new = Stay(_ROAD.id, _RULE.type, anchor, anchor, 0.7, 1, 0.0, 0.0)
    return replace(
        new,
        box=(left + tremble, top, right + tremble, bottom),
        confidence=0.7 + tremble / 100,
        looks=int(at),
        last_seen=at,
        observed_s=at,
        violation_at=_RULE.dwell_s,
    )
