"""Who answers what the cases say about tomorrow, wired from the settings."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

import sqlalchemy as sa

from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.desk.foresight.campaigns import Where
from streetwatch.service.desk.foresight.courses import Looked
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.fronts import Fronts
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.foresight.patrol_roads import NoRoadsError, Roads, roads_of
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.settings import Settings
from streetwatch.service.store.looked import looked_days
from streetwatch.service.store.references import References
from streetwatch.vision.types import Seconds
from streetwatch.zones.zone import ZoneKind

#: What is read as roads; a whole city's lines are a few tens of megabytes.
_MOST_BYTES = 200_000_000

_HOUR_S = 3600.0


def foreseer_from(
    settings: Settings,
    engine: sa.Engine,
    cameras: Callable[[], Sequence[Camera]],
    *,
    clock: Callable[[], Seconds],
) -> Foreseer:
    """Wire a foreseer.

    Args:
        settings: Of the service.
        engine: Of its database.
        cameras: Those that are watched now.
        clock: Seconds since the epoch.
    """
    told = settings.foresight
    return Foreseer(
        engine,
        clock,
        looked=looked_at(engine, cameras),
        fronts=lambda: fronts_of(engine, cameras()),
        formula=told.formula,
        roads=partial(roads_in, told.roads) if told.roads else Roads,
        cameras=cameras,
        levels=told.levels,
    )


def foreseer_of(settings: Settings, reporter: Reporter, *, environ: Mapping[str, str]) -> Foreseer:
    """Wire a foreseer for a command: with the cameras of the file, where there is one."""

    def cameras() -> Sequence[Camera]:
        file = settings.cameras
        return load_cameras(file, environ=environ) if file.is_file() else ()

    return foreseer_from(settings, reporter.engine, cameras, clock=reporter.clock)


def looked_at(engine: sa.Engine, cameras: Callable[[], Sequence[Camera]]) -> Looked:
    """Return who tells how long places were looked at."""
    return partial(_looked, engine, cameras)


def _looked(
    engine: sa.Engine,
    cameras: Callable[[], Sequence[Camera]],
    where: Where,
    first: int,
    last: int,
) -> Mapping[int, float]:
    """Return the hours that a place's zones were looked at, by day."""
    theirs = [one.id for one in cameras() if where.grid is not None and _lies_in(one, where.grid)]
    wanted = [where.camera] if where.camera is not None else theirs
    if not wanted:
        return {}
    found = looked_days(engine, first=first, last=last, cameras=wanted)
    hours: dict[int, float] = defaultdict(float)
    for zone, day, seconds in zip(
        found.zones, found.days.tolist(), found.seconds.sum(axis=1).tolist(), strict=True
    ):
        if where.zone in {None, zone}:
            hours[day] += seconds / _HOUR_S
    return hours


def _lies_in(camera: Camera, grid: str) -> bool:
    return camera.grid is not None and camera.grid.startswith(grid)


def fronts_of(engine: sa.Engine, cameras: Iterable[Camera]) -> list[Fronts]:
    """Return the shop fronts that cameras see, in pictures as large as they were last.

    Raises:
        StorageError: the database refused.
    """
    references = References(engine)
    return [_fronts(one, references) for one in cameras]


def _fronts(camera: Camera, references: References) -> Fronts:
    outlines = {zone.id: zone.polygon for zone in camera.zones if zone.kind is ZoneKind.SHOPFRONT}
    kept = references.find(camera.id) if outlines else None
    return Fronts(camera.id, camera.name, camera.grid, outlines, kept.size if kept else None)


def roads_in(file: Path) -> Roads:
    """Read the roads of a file; once, until it changes.

    Raises:
        InputError: there is no such file, or it has no roads.
    """
    try:
        state = file.stat()
    except OSError as error:
        raise InputError(f"{file}: can't be read: {error.strerror}: see foresight.roads") from error
    if state.st_size > _MOST_BYTES:
        raise InputError(f"{file}: has more than {_MOST_BYTES} bytes: leave out what is no road")
    return _read(file, state.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(file: Path, _: int) -> Roads:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise NoRoadsError("is no GeoJSON FeatureCollection")
        return roads_of(document)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file}: {error}") from error
