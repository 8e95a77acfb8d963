"""How a shop keeps its front (门前三包): a hundred points, less what stood there. Pure.

The formula is configured, and every point that is taken has its case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Boxes, Seconds, Size
from streetwatch.zones import polygon
from streetwatch.zones.polygon import Polygon

WHOLE: Final = 100.0

#: Points are taken as of so many days, however long the period is.
PER_DAYS: Final = 30.0

#: A front that was watched for less has no score.
LEAST_DAYS: Final = 7.0

_HOUR_S: Final = 3600.0

_POINTS: Final = MappingProxyType(
    {
        "out_of_store": 3.0,
        "exposed_garbage": 3.0,
        "bin_overflow": 1.0,
        "illegal_parking_nonmotor": 1.0,
    }
)
_PER_HOUR: Final = MappingProxyType(
    {
        "out_of_store": 1.0,
        "exposed_garbage": 0.5,
        "bin_overflow": 0.2,
        "illegal_parking_nonmotor": 0.2,
    }
)


@dataclass(frozen=True, slots=True)
class Formula:
    """What a violation takes: so much for being there, and so much for each hour.

    Attributes:
        points: For each violation, by type; a type that is not here takes nothing.
        per_hour: For each hour that it stands, by type.
        most: That one violation takes.
    """

    points: Mapping[str, float] = field(default_factory=lambda: _POINTS)
    per_hour: Mapping[str, float] = field(default_factory=lambda: _PER_HOUR)
    most: float = 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """A violation, as a camera saw it.

    Attributes:
        number: What people call its case.
        began: When it was first seen.
        lasted_s: Until it was gone, or until now.
        bbox: Where it stood, pixels.
    """

    number: str
    type: str
    began: Seconds
    lasted_s: Seconds
    bbox: Box


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one violation took.

    Attributes:
        hours: That it stood.
        points: Taken, before the period is made 30 days.
    """

    number: str
    type: str
    began: Seconds
    hours: float
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """A shop's front in a period.

    Attributes:
        value: 0 to 100; None: not measured.
        days: Watched.
        deductions: What took points, the most first.
    """

    value: float | None
    days: float
    deductions: tuple[Deduction, ...]

    @property
    def taken(self) -> float:
        """Points taken, as they were in the period."""
        return sum(one.points for one in self.deductions)


def scored(events: Iterable[Event], formula: Formula, *, days: float) -> Score:
    """Return the score of a front that was watched for so many days."""
    taken = (_deduction(one, formula) for one in events if one.type in formula.points)
    deductions = tuple(sorted(taken, key=lambda one: (-one.points, one.began, one.number)))
    if days < LEAST_DAYS:
        return Score(None, days, deductions)
    points = sum(one.points for one in deductions) * PER_DAYS / days
    return Score(max(WHOLE - points, 0.0), days, deductions)


def _deduction(event: Event, formula: Formula) -> Deduction:
    hours = max(event.lasted_s, 0.0) / _HOUR_S
    points = formula.points[event.type] + formula.per_hour.get(event.type, 0.0) * hours
    return Deduction(event.number, event.type, event.began, hours, min(points, formula.most))


def by_front(
    fronts: Mapping[str, Polygon], events: Sequence[Event], size: Size
) -> dict[str, list[Event]]:
    """Return what stood at each front: a violation that touches several is the nearest one's.

    Args:
        fronts: Outlines by name, all on one camera.
        events: On this camera.
        size: Of its picture.
    """
    found: dict[str, list[Event]] = {name: [] for name in fronts}
    if not fronts or not events:
        return found
    boxes = np.array([one.bbox for one in events], np.float32)
    touched = np.stack([polygon.touches(front, boxes, size) for front in fronts.values()])
    gaps = np.stack([_gaps(front, boxes, size) for front in fronts.values()])
    nearest = np.where(touched, gaps, np.inf).argmin(axis=0)
    names = list(fronts)
    for event, place in zip(
        events, np.where(touched.any(axis=0), nearest, -1).tolist(), strict=True
    ):
        if place >= 0:
            found[names[place]].append(event)
    return found


def _gaps(front: Polygon, boxes: Boxes, size: Size) -> npt.NDArray[np.float64]:
    """Return how far the foot of each box is from the middle of a front, pixels."""
    middle = np.mean(np.asarray(front) * size, axis=0)
    feet = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    across, down = (feet - middle).T
    return np.asarray(np.hypot(across, down), np.float64)
