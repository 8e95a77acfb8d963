"""Unit grids from GeoJSON and back: strict, every mistake told in a line."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Final, Literal

import shapely
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from streetwatch.service.config.rule_schema import Windows, schedule_of
from streetwatch.service.desk.grid.outline import area_of, square_metres
from streetwatch.service.desk.grid.unit import UnitGrid, Worker
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.place import Surface
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.schedule import DAYS, Window

#: A file that is wrong throughout is told so by its first mistakes.
_MOST_LINES = 50

#: Neighbours drawn by hand share slivers: an overlap counts from this share of the smaller grid on.
_LEAST_OVERLAP = 0.01

#: What a `crs` member may name: degrees of WGS-84 or CGCS2000.
_DEGREES: Final = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")

_KEYS: Final = frozenset(Surface) | frozenset(ViolationType)


class GridFileError(InputError):
    """The file is not taken, nothing of it is; a line for each mistake."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class GridFile:
    """What a file says, and what looks odd in it."""

    grids: tuple[UnitGrid, ...]
    findings: tuple[str, ...]


def _known_key(key: str) -> str:
    if key not in _KEYS:
        raise ValueError(f"write one of {', '.join(sorted(_KEYS))}")
    return key


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class WorkerOfGrid(_Strict):
    """Who goes there."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str, Field(max_length=100)] = ""
    schedule: Windows = []

    def worker(self) -> Worker:
        """Return what the desk works with."""
        return Worker(self.id, self.name or self.id, schedule_of(self.schedule))


class PropertiesOfGrid(BaseModel):
    """What is read of a grid's properties; a city's export has more, which is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    grid_code: Annotated[str, Field(pattern=r"^[0-9]{15}$")]
    name: Annotated[str, Field(max_length=200)] = ""
    workers: Annotated[list[WorkerOfGrid], Field(max_length=100)] = []
    authorities: dict[
        Annotated[str, AfterValidator(_known_key)],
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
    ] = {}


class _Feature(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: PropertiesOfGrid


class GridsOfFile(BaseModel):
    """The frame of a file."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    type: Literal["FeatureCollection"]
    crs: dict[str, Any] | None = None
    features: Annotated[list[Any], Field(min_length=1, max_length=100_000)]


def read_grids(content: str | bytes, *, name: str) -> GridFile:
    """Read unit grids from GeoJSON (docs/reference/grids.md).

    Args:
        content: The file's.
        name: Of the file, for errors.

    Raises:
        GridFileError: anything in it is wrong.
    """
    try:
        frame = GridsOfFile.model_validate(json.loads(content))
    except ValidationError as error:
        raise GridFileError([f"{name}: {line}" for line in _lines(error)]) from None
    except (ValueError, RecursionError) as error:
        raise GridFileError([f"{name}: no JSON: {error}"]) from None
    _check_crs(frame.crs, name)
    grids, mistakes = _read_all(frame.features)
    counted = Counter(grid.code for grid in grids)
    mistakes += [
        f"grid_code {code} stands here {number} times: give each grid its own"
        for code, number in counted.items()
        if number > 1
    ]
    if mistakes:
        raise GridFileError([f"{name}: {line}" for line in islice(mistakes, _MOST_LINES)])
    return GridFile(tuple(grids), tuple(_overlaps(grids)))


def _check_crs(crs: dict[str, Any] | None, name: str) -> None:
    if crs is None:
        return
    called = str((crs.get("properties") or {}).get("name", ""))
    if not called.endswith(_DEGREES):
        raise GridFileError(
            [f"{name}: crs is not WGS-84 or CGCS2000 in degrees: export as EPSG:4326 or EPSG:4490"]
        )


def _read_all(features: Sequence[Any]) -> tuple[list[UnitGrid], list[str]]:
    grids: list[UnitGrid] = []
    mistakes: list[str] = []
    for row, raw in enumerate(features):
        try:
            grids.append(_grid(raw))
        except ValidationError as error:
            mistakes += [f"features[{row}].{line}" for line in _lines(error)]
        except ValueError as error:
            code = raw["properties"]["grid_code"]
            mistakes.append(f"features[{row}].geometry (grid {code}): {error}")
    return grids, mistakes


def _lines(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in one["loc"]) or "the file"
        advice = ': write 15 digits in quotes, "310101001001001"' if "grid_code" in where else ""
        yield f"{where}: {one['msg']}{advice}"


def _grid(raw: object) -> UnitGrid:
    feature = _Feature.model_validate(raw)
    told = feature.properties
    workers = tuple(one.worker() for one in told.workers)
    return UnitGrid(
        told.grid_code, told.name or told.grid_code, area_of(feature.geometry), workers,
        told.authorities,
    )  # fmt: skip


def _overlaps(grids: Sequence[UnitGrid]) -> Iterator[str]:
    """Tell which grids lie over each other: a point there has two."""
    areas = [grid.area for grid in grids]
    left, right = shapely.STRtree(areas).query(areas, predicate="intersects")
    for a, b in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if a >= b:
            continue
        common = areas[a].intersection(areas[b])
        if common.area >= _LEAST_OVERLAP * min(areas[a].area, areas[b].area):
            size = square_metres(common)
            yield f"grids {grids[a].code} and {grids[b].code} overlap by {size:.0f} m2"


def worker_of(raw: object) -> Worker:
    """Read a worker as `written`."""
    return WorkerOfGrid.model_validate(raw).worker()


def written(worker: Worker) -> dict[str, Any]:
    """Return a worker as a file has it."""
    return {
        "id": worker.id,
        "name": worker.name,
        **(
            {"schedule": [_window(one) for one in worker.schedule.windows]}
            if worker.schedule.windows
            else {}
        ),
    }


def _window(window: Window) -> dict[str, str]:
    days = ",".join(DAYS[day] for day in sorted(window.days))
    return {"days": days, "from": _clock(window.start), "to": _clock(window.end)}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
