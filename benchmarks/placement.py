"""What placing the cameras of a city costs, and how even and how calm it is. A simulation.

No stream and no node is real: cameras have costs drawn from a seed, between a lane on which nothing
happens and a market in 4K. Time is the process's own, so that a busy machine does not count.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from time import process_time

from streetwatch.service.placement.place import Load, Place, fullness, placed

#: Cores a camera: from `docs/explanation/performance.md`, quiet to busy.
_COSTS = (0.010, 0.018, 0.027, 0.032, 0.045, 0.080)

_DISTRICTS = 16


@dataclass(frozen=True, slots=True)
class Round:
    """One round of placing.

    Attributes:
        what: What had happened before it.
        moved: Cameras that change hands, those that nobody had left out.
        fullest: The largest share that a node has of its own; 1 is even.
        near: The share of cameras on a node that is near to them.
    """

    what: str
    cameras: int
    nodes: int
    seconds: float
    moved: int
    fullest: float
    emptiest: float
    near: float

    def line(self) -> dict[str, object]:
        """Return the figures for JSON."""
        return {
            "simulation": True,
            "round": self.what,
            "cameras": self.cameras,
            "nodes": self.nodes,
            "seconds": round(self.seconds, 4),
            "moved": self.moved,
            "fullest": round(self.fullest, 3),
            "emptiest": round(self.emptiest, 3),
            "near": round(self.near, 3),
        }


def rounds(cameras: int, nodes: int, *, seed: int) -> Iterator[Round]:
    """Place a city, then lose a node, get it back, lose a fifth, and see every cost change."""
    dice = Random(seed)  # noqa: S311 -- a simulation
    places = [Place(f"node-{row:03}", tags=(f"{row % _DISTRICTS:06}",)) for row in range(nodes)]
    loads = [
        Load(f"camera-{row:05}", dice.choice(_COSTS), f"{row % _DISTRICTS:06}")
        for row in range(cameras)
    ]
    loads, told = _round("the first", loads, places)
    yield told
    loads, told = _round("nothing happened", loads, places)
    yield told
    loads, told = _round("a node died", loads, places[1:])
    yield told
    loads, told = _round("it is back", loads, places)
    yield told
    loads, told = _round("a fifth died", loads, places[nodes // 5 :])
    yield told
    loads, told = _round("they are back", loads, places)
    yield told
    changed = [replace(one, cost=one.cost * dice.uniform(0.5, 2.0)) for one in loads]
    yield _round("every cost has changed, halved to doubled", changed, places)[1]


def _round(what: str, loads: Sequence[Load], places: Sequence[Place]) -> tuple[list[Load], Round]:
    began = process_time()
    where = placed(loads, places)
    took = process_time() - began
    after = [replace(one, on=where[one.camera_id]) for one in loads]
    full = fullness(after, places).values()
    living = {one.id: one for one in places}
    moved = Counter(
        one.on != other.on and one.on in living for one, other in zip(loads, after, strict=True)
    )
    near = sum(one.area.startswith(living[one.on or ""].tags) for one in after)
    told = Round(
        what, len(after), len(places), took, moved[True], max(full), min(full), near / len(after)
    )
    return after, told
