"""The grids in memory: from a point to its grid in microseconds."""

import threading
from collections.abc import Sequence

import shapely
import sqlalchemy as sa

from streetwatch.service.desk.grid.grids import grids_of, revision_of
from streetwatch.service.desk.grid.unit import UnitGrid


class GridLayer:
    """All grids in force, as a tree. Not to be changed: a new import makes a new one."""

    def __init__(self, grids: Sequence[UnitGrid]) -> None:
        self._grids = sorted(grids, key=lambda grid: grid.code)
        self._tree = shapely.STRtree([grid.area for grid in self._grids])
        self._by_code = {grid.code: grid for grid in self._grids}

    def __len__(self) -> int:
        return len(self._grids)

    def named(self, code: str | None) -> UnitGrid | None:
        """Return the grid of a code."""
        return None if code is None else self._by_code.get(code)

    def at(self, lon: float, lat: float) -> UnitGrid | None:
        """Return the grid that a point lies in; on a border or an overlap the lowest code's."""
        rows = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._grids[int(rows.min())] if rows.size else None


class LatestLayer:
    """The layer as the database has it now: read anew when an import has changed it.

    Safe between threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision: int | None = None
        self._layer = GridLayer(())

    def on(self, connection: sa.Connection) -> GridLayer:
        """Return the layer as this connection sees it."""
        revision = revision_of(connection)
        with self._lock:
            if revision != self._revision:
                self._layer = GridLayer(grids_of(connection))
                self._revision = revision
            return self._layer
