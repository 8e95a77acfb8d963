"""The grids in the database: imported again and again, retired and never lost."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.grid.geojson import GridFile, worker_of, written
from streetwatch.service.desk.grid.outline import area_of, geometry_of
from streetwatch.service.desk.grid.unit import UnitGrid
from streetwatch.service.desk.query import unassigned
from streetwatch.service.store.schema import desk_case, desk_grid
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

#: A file speaks for the districts that it has grids of: their others are retired.
_DISTRICT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes:
        added: Grids that were not there, or were retired.
        changed: Grids whose outline, name, workers or authorities are others now.
        unchanged: Grids that were there and are the same.
        retired: Grids of the file's districts that it does not have any more.
        findings: What looks odd, a line each.
    """

    added: int
    changed: int
    unchanged: int
    retired: int
    findings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "findings": list(self.findings)}


class Grids:
    """The grid layer in the database. Safe between threads and processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> sa.Engine:
        """The database that they are in."""
        return self._engine

    def take(self, file: GridFile, *, now: Seconds) -> Imported:
        """Put a file's grids in force; the same file again changes nothing."""
        with writing(self._engine) as connection:
            rows = connection.execute(sa.select(desk_grid)).mappings()
            known = {row["code"]: row for row in rows}
            stamp = {"revision": revision_of(connection) + 1, "imported_at": now}
            new = {grid.code: _columns(grid) for grid in file.grids}
            added = [code for code in new if code not in known or known[code]["retired_at"]]
            same = [
                code
                for code, columns in new.items()
                if code not in added and _is_same(known[code], columns)
            ]
            retired = _retired(known.values(), new)
            for code in new.keys() - set(same):
                _put(connection, new[code] | stamp, is_known=code in known)
            for code in retired:
                gone = {"retired_at": now, "revision": stamp["revision"]}
                connection.execute(_update(code).values(gone))
        changed = len(new) - len(added) - len(same)
        return Imported(len(added), changed, len(same), len(retired), file.findings)

    def unassigned(self) -> int:
        """Count the cases under way that nobody was given."""
        count = sa.select(sa.func.count()).select_from(desk_case).where(unassigned())
        with reading(self._engine) as connection:
            return int(connection.execute(count).scalar_one())

    def features(self, *, with_retired: bool) -> dict[str, Any]:
        """Return the grids as GeoJSON."""
        wanted = sa.select(desk_grid).order_by(desk_grid.c.code)
        if not with_retired:
            wanted = wanted.where(desk_grid.c.retired_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
        return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def revision_of(connection: sa.Connection) -> int:
    """Return how many imports have changed something."""
    newest = sa.select(sa.func.max(desk_grid.c.revision))
    return connection.execute(newest).scalar_one() or 0


def grids_of(connection: sa.Connection) -> tuple[UnitGrid, ...]:
    """Return the grids in force."""
    wanted = sa.select(desk_grid).where(desk_grid.c.retired_at.is_(None))
    rows = connection.execute(wanted).mappings().all()
    return tuple(
        UnitGrid(
            row["code"],
            row["name"],
            area_of(row["geometry"]),
            tuple(worker_of(one) for one in row["workers"]),
            row["authorities"],
        )
        for row in rows
    )


def _columns(grid: UnitGrid) -> dict[str, Any]:
    return {
        "code": grid.code,
        "name": grid.name,
        "geometry": geometry_of(grid.area),
        "workers": [written(one) for one in grid.workers],
        "authorities": dict(grid.authorities),
        "retired_at": None,
    }


def _is_same(row: Mapping[Any, Any], columns: Mapping[str, Any]) -> bool:
    return all(row[name] == value for name, value in columns.items())


def _retired(known: Iterable[Mapping[Any, Any]], new: Mapping[str, Any]) -> list[str]:
    districts = {code[:_DISTRICT_DIGITS] for code in new}
    return [
        row["code"]
        for row in known
        if row["retired_at"] is None
        and row["code"] not in new
        and row["code"][:_DISTRICT_DIGITS] in districts
    ]


def _put(connection: sa.Connection, row: Mapping[str, Any], *, is_known: bool) -> None:
    statement = _update(row["code"]) if is_known else sa.insert(desk_grid)
    connection.execute(statement.values(row))


def _update(code: str) -> sa.Update:
    return sa.update(desk_grid).where(desk_grid.c.code == code)


def _feature(row: Mapping[Any, Any]) -> dict[str, Any]:
    retired_at = row["retired_at"]
    return {
        "type": "Feature",
        "geometry": row["geometry"],
        "properties": {
            "grid_code": row["code"],
            "name": row["name"],
            "workers": row["workers"],
            "authorities": row["authorities"],
            "retired_at": None if retired_at is None else utc(retired_at),
        },
    }
