"""How shops keep their fronts, by what the cameras saw at them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from streetwatch.service.desk.foresight.campaigns import Where
from streetwatch.service.desk.foresight.courses import Looked, day_at
from streetwatch.service.desk.foresight.stood import events
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.foresight.frontage import Event, Formula, Score, by_front, scored
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


@dataclass(frozen=True, slots=True)
class Scoring:
    """What fronts are scored with.

    Attributes:
        engine: Of the desk's database.
        looked: How long cameras looked.
        now: Seconds since the epoch.
    """

    engine: sa.Engine
    looked: Looked
    formula: Formula
    now: Seconds


def frontages(scoring: Scoring, fronts: Iterable[Fronts], wanted: Wanted) -> list[Frontage]:
    """Return the fronts of a part of the city, the worst first; what is not measured comes last.

    Raises:
        InputError: these are too many cases.
        StorageError: the database refused.
    """
    theirs = [one for one in fronts if one.outlines and _is_wanted(one, wanted)]
    asked, names = replace(wanted, grid=None), [one.camera for one in theirs]
    types = scoring.formula.points
    seen = events(scoring.engine, asked, names, types, now=scoring.now) if theirs else {}
    found = [
        front for one in theirs for front in _of(scoring, one, wanted, seen.get(one.camera, []))
    ]
    return sorted(found, key=_worst_first)


def _is_wanted(one: Fronts, wanted: Wanted) -> bool:
    in_grid = wanted.grid is None or (one.grid or "").startswith(wanted.grid)
    return (
        in_grid and wanted.camera in {None, one.camera} and wanted.reach.has(one.camera, one.grid)
    )


def _of(scoring: Scoring, one: Fronts, wanted: Wanted, seen: Sequence[Event]) -> Sequence[Frontage]:
    formula = scoring.formula
    days = _days(scoring, one, wanted)
    if one.size is None:
        unknown = scored((), formula, days=0.0)
        return [Frontage(one.camera, one.name, front, unknown) for front in one.outlines]
    return [
        Frontage(one.camera, one.name, front, scored(there, formula, days=days))
        for front, there in by_front(one.outlines, seen, one.size).items()
    ]


def _days(scoring: Scoring, one: Fronts, wanted: Wanted) -> float:
    """Return the days of a period that a camera watched; where nobody knows, those that passed."""
    start, end = wanted.period.start, min(wanted.period.end, scoring.now)
    passed = max(end - start, 0.0) / _DAY_S
    hours = scoring.looked(Where(camera=one.camera), day_at(start), day_at(end))
    watched = sum(looked > 0 for looked in hours.values())
    return min(passed, watched) if hours else passed


def _worst_first(one: Frontage) -> tuple[bool, float, str, str]:
    value = one.score.value
    return value is None, value if value is not None else 0.0, one.camera, one.front
