"""What it costs that several processes share the cameras: a write, a heartbeat, a takeover.

The fence is one question more in each look's transaction; how much that is depends on the database
and on the way to it. Nodes are rows here, no processes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

import numpy as np

from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Myself, Nodes
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.zones.presence import Presence

#: Cameras of a node: so many change hands when one dies.
CAMERAS: Final = 50

#: Of the whole city, for what is asked of all of them.
CITY: Final = 3000

_A = Myself("bench-a", "http://a", "1", 1.0)
_B = Myself("bench-b", "http://b", "1", 1.0)


@dataclass(frozen=True, slots=True)
class Timing:
    """One piece of work, done often.

    Attributes:
        cpu_ms: Of this process alone.
    """

    work: str
    times_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]

    def line(self) -> dict[str, object]:
        """Return the figures for JSON."""
        p50, p95 = np.percentile(self.times_ms, (50, 95)).tolist()
        return {
            "work": self.work,
            "n": len(self.times_ms),
            "p50_ms": round(p50, 2),
            "p95_ms": round(p95, 2),
            "cpu_p50_ms": round(float(np.median(self.cpu_ms)), 2),
        }


def timings(store: SqlStore, *, times: int) -> Iterator[Timing]:
    """Time each piece of work on a database that no service uses."""
    nodes = Nodes(store.engine, lease_s=3600.0)
    for one in (_A, _B):
        nodes.enter(one)
    city = [f"bench-{row:04}" for row in range(CITY)]
    mine = city[:CAMERAS]
    nodes.plan(_A, lambda _: {**dict.fromkeys(city), **dict.fromkeys(mine, _A.id)}, every_s=0.0)
    a, b = Leases(store.engine, _A.id), Leases(store.engine, _B.id)
    held = a.take(mine)
    own = store.fenced(held[mine[0]])
    yield _timed("a look is stored", times, lambda: _look(store, mine[0]))
    yield _timed("a look is stored, fenced", times, lambda: _look(own, mine[0]))
    yield _timed("a node says that it lives", times, lambda: nodes.beat(_A))
    yield _timed("a node asks what is its own", times, a.mine)
    yield _timed(f"all nodes and {CITY} cameras are read", max(times // 10, 1), nodes.whole)

    def handed_over() -> None:
        giver, taker = (a, b) if a.mine().held else (b, a)
        to = _B if taker is b else _A
        nodes.plan(_A, lambda _: dict.fromkeys(mine, to.id), every_s=0.0)
        giver.give_back(giver.mine().held.values())
        taker.take(mine)

    yield _timed(f"{CAMERAS} cameras change hands", max(times // 10, 1), handed_over)
    for one in (_A, _B):
        nodes.end(one)
        nodes.forget(one.id)


def _look(store: SqlStore, camera_id: str) -> None:
    with store.transaction() as transaction:
        transaction.put_presence(camera_id, Presence())


def _timed(work: str, times: int, do: Callable[[], object]) -> Timing:
    do()  # the first one opens connections and fills caches
    took, cpu = [], []
    for _ in range(times):
        began, began_cpu = perf_counter(), process_time()
        do()
        took.append(1000 * (perf_counter() - began))
        cpu.append(1000 * (process_time() - began_cpu))
    return Timing(work, tuple(took), tuple(cpu))
