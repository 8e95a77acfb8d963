"""Who is to have which camera: as few moves as keep the nodes evenly loaded. Pure.

A camera stays where it is unless its node is gone or has clearly more than its share: each move
is a second or two in which nobody looks at a street.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

#: No node has more of the load than so much of its share, where the cameras' sizes allow it.
MOST: Final = 1.10

#: A node with less of its share than this is given cameras of the fullest.
LEAST: Final = 0.85

#: Cameras of a node at most: twice what one process was measured to carry in time. The first one
#: that is up after a power cut is not to be given a whole city.
MOST_CAMERAS: Final = 200

#: So full a node is made when cameras are moved to it: the next small change moves none back.
FILLED: Final = 1.0

#: A camera is not moved for less than this share: its street would not be seen for seconds.
GAIN: Final = 0.02

#: Cameras brought nearer to their streets in a round: balance can't wait, this can.
HOMEWARD: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A node that lives.

    Attributes:
        capacity: Its share of the load is in proportion to it.
        tags: Parts of the city that it is near to, as their grid codes begin.
        most: How many cameras it takes at most.
    """

    id: str
    capacity: float = 1.0
    tags: tuple[str, ...] = ()
    most: int = MOST_CAMERAS


@dataclass(frozen=True, slots=True)
class Load:
    """A camera that somebody has to watch.

    Attributes:
        cost: In cores; greater than 0.
        area: Its unit grid's code; empty where nobody wrote it down.
        on: The node that has it, or is to have it.
    """

    camera_id: str
    cost: float
    area: str = ""
    on: str | None = None


def placed(loads: Iterable[Load], places: Sequence[Place]) -> dict[str, str]:
    """Return who is to have each camera; those that no node has room for are left out.

    >>> placed([Load("kerb", 1.0), Load("market", 1.0, on="b")], [Place("a"), Place("b")])
    {'kerb': 'a', 'market': 'b'}

    Args:
        loads: All cameras.
        places: All nodes that may have some; none: nobody is to have any.
    """
    ordered = sorted(loads, key=lambda one: (-one.cost, one.camera_id))
    if not places or not ordered:
        return {}
    board = _Board.of(ordered, sorted(places, key=lambda one: one.id))
    board.seat_the_homeless()
    board.relieve()
    board.bring_home()
    return {
        one.camera_id: board.places[row].id
        for one, row in zip(ordered, board.on.tolist(), strict=True)
        if row >= 0
    }


@dataclass(slots=True)
class _Board:
    """The cameras, dearest first, as they are moved about.

    Attributes:
        on: The row of each camera's node; -1: none.
        cost: Of each camera.
        near: Whether a camera (row) is near to a node (column).
        full: How much of its share each node has; 1 is its share.
        worth: How much of a node's share one core is.
        room: How many more cameras each node takes.
    """

    places: Sequence[Place]
    on: npt.NDArray[np.int64]
    cost: npt.NDArray[np.float64]
    near: npt.NDArray[np.bool_]
    worth: npt.NDArray[np.float64]
    full: npt.NDArray[np.float64] = field(init=False)
    room: npt.NDArray[np.int64] = field(init=False)

    @classmethod
    def of(cls, loads: Sequence[Load], places: Sequence[Place]) -> "_Board":
        rows = {one.id: row for row, one in enumerate(places)}
        cost = np.array([one.cost for one in loads], np.float64)
        capacity = np.array([one.capacity for one in places], np.float64)
        return cls(
            places,
            np.array([rows.get(one.on or "", -1) for one in loads], np.int64),
            cost,
            _nearness(loads, places),
            capacity.sum() / (capacity * cost.sum()),
        )

    def __post_init__(self) -> None:
        seated = self.on >= 0
        sums = np.bincount(self.on[seated], self.cost[seated], len(self.places))
        self.full = sums * self.worth
        most = np.array([one.most for one in self.places], np.int64)
        self.room = most - np.bincount(self.on[seated], minlength=len(self.places))

    def move(self, camera: int, to: int) -> None:
        """Let a node have a camera."""
        if (before := self.on[camera]) >= 0:
            self.full[before] -= self.cost[camera] * self.worth[before]
            self.room[before] += 1
        self.on[camera] = to
        self.room[to] -= 1
        self.full[to] += self.cost[camera] * self.worth[to]

    def seat_the_homeless(self) -> None:
        """Give each camera that nobody has to the emptiest node, one near to it if it has room."""
        for camera in np.flatnonzero(self.on < 0).tolist():
            if not (self.room > 0).any():
                return
            after = self._after(camera)
            near = np.where(self.near[camera] & (after <= FILLED), after, np.inf)
            self.move(camera, int(np.argmin(near if np.isfinite(near).any() else after)))

    def _after(self, camera: int) -> npt.NDArray[np.float64]:
        """Return how full each node would be with a camera more; infinite where it takes none."""
        return np.where(self.room > 0, self.full + self.cost[camera] * self.worth, np.inf)

    def relieve(self) -> None:
        """Move cameras from the fullest node to the emptiest until none has too much or too little.

        Each move brings the fuller of the two nearer to its share: it ends.
        """
        while self.full.max() > MOST or self.full.min() < LEAST:
            giver = int(self.full.argmax())
            taker = int(np.where(self.room > 0, self.full, np.inf).argmin())
            camera = self._to_move(giver, taker)
            if camera is None:
                return
            self.move(camera, taker)

    def _to_move(self, giver: int, taker: int) -> int | None:
        """Return the dearest camera that fits: such as stand far from their street go first."""
        mine = np.flatnonzero(self.on == giver)
        if self.room[taker] <= 0:
            return None
        after = self.full[taker] + self.cost[mine] * self.worth[taker]
        fits = (
            mine[after <= FILLED]
            if (after <= FILLED).any()
            else mine[after < self.full[giver] - GAIN]
        )
        if not fits.size:
            return None
        gains = self.near[fits, taker].astype(int) - self.near[fits, giver]
        best = fits[gains == gains.max()]
        # Of what fits the dearest, so that few move; where all are too dear, the cheapest.
        return int(best[0] if (after <= FILLED).any() else best[-1])

    def bring_home(self) -> None:
        """Move a few cameras to nodes that are near to them, where those have room."""
        seated = self.on >= 0
        here = self.near[np.arange(self.on.size), self.on]
        far = np.flatnonzero(seated & ~here & self.near.any(axis=1))
        moved = 0
        for camera in far.tolist():
            after = self._after(camera)
            giver = self.full[self.on[camera]] - self.cost[camera] * self.worth[self.on[camera]]
            near = np.where(self.near[camera] & (after <= FILLED), after, np.inf)
            if moved == HOMEWARD or giver < LEAST or not np.isfinite(near).any():
                continue
            self.move(camera, int(np.argmin(near)))
            moved += 1


def _nearness(loads: Sequence[Load], places: Sequence[Place]) -> npt.NDArray[np.bool_]:
    """Tell which camera is near to which node."""
    near = {
        area: [any(area.startswith(tag) for tag in one.tags) for one in places]
        for area in {one.area for one in loads}
    }
    return np.array([near[one.area] for one in loads], np.bool_)


def fullness(loads: Iterable[Load], places: Sequence[Place]) -> Mapping[str, float]:
    """Return how much of its share each node has; 1 is its share.

    >>> fullness([Load("kerb", 3.0, on="a"), Load("market", 1.0, on="b")], [Place("a"), Place("b")])
    {'a': 1.5, 'b': 0.5}
    """
    loads = list(loads)
    if not loads or not places:
        return {one.id: 0.0 for one in places}
    board = _Board.of(loads, places)
    return {one.id: round(float(full), 6) for one, full in zip(places, board.full, strict=True)}
