"""How shops keep their fronts, by what the cameras saw at them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from streetwatch.service.desk.foresight.stood import events
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.foresight.frontage import Formula, Score, by_front, scored
from streetwatch.vision.types import Seconds, Size
from streetwatch.zones.polygon import Polygon

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Fronts:
    """The shop fronts that a camera sees.

    Attributes:
        name: Of the camera, for people.
        grid: Of its place.
        outlines: By the zone's id.
        size: Of its pictures; None where it has not been seen yet.
    """

    camera: str
    name: str
    grid: str | None
    outlines: Mapping[str, Polygon]
    size: Size | None


@dataclass(frozen=True, slots=True)
class Frontage:
    """A front and its score.

    Attributes:
        camera: That sees it.
        camera_name: For people.
        front: The zone's id.
    """

    camera: str
    camera_name: str
    front: str
    score: Score


def frontages(
    engine: sa.Engine, fronts: Iterable[Fronts], wanted: Wanted, formula: Formula, *, now: Seconds
) -> list[Frontage]:
    """Return the fronts of a part of the city, the worst first; what is not measured comes last.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    days = max(min(wanted.period.end, now) - wanted.period.start, 0.0) / _DAY_S
    theirs = [one for one in fronts if _is_wanted(one, wanted)]
    found = [front for one in theirs for front in _of(engine, one, wanted, formula, days, now)]
    return sorted(found, key=_worst_first)


def _is_wanted(one: Fronts, wanted: Wanted) -> bool:
    in_grid = wanted.grid is None or (one.grid or "").startswith(wanted.grid)
    return (
        in_grid and wanted.camera in {None, one.camera} and wanted.reach.has(one.camera, one.grid)
    )


def _of(  # noqa: PLR0913, PLR0917 -- of one camera, what `frontages` is asked
    engine: sa.Engine, one: Fronts, wanted: Wanted, formula: Formula, days: float, now: Seconds
) -> Sequence[Frontage]:
    if not one.outlines:
        return ()
    seen = events(engine, replace(wanted, camera=one.camera, grid=None), now=now)
    if one.size is None:
        unknown = scored((), formula, days=0.0)
        return [Frontage(one.camera, one.name, front, unknown) for front in one.outlines]
    return [
        Frontage(one.camera, one.name, front, scored(there, formula, days=days))
        for front, there in by_front(one.outlines, seen, one.size).items()
    ]


def _worst_first(one: Frontage) -> tuple[bool, float, str, str]:
    value = one.score.value
    return value is None, value if value is not None else 0.0, one.camera, one.front
