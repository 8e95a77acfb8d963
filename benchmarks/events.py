"""Event accuracy: what was filed against what really happened, one to one.

A filed incident is right when it is of the same camera, zone and type as a true event, its
`violation_at` lies within the type's tolerance of the true one and, where the truth tells the
place, it stands there. Of several that could be, the pairs with the smallest total difference are
taken. Another incident on an event that has its own is a duplicate; everything else that was filed,
too late too, is a false alarm. Precision counts both as wrong: each is a case that a person has to
look at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Self

import numpy as np
from scipy.optimize import linear_sum_assignment

from streetwatch.models.intervals import wilson
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.footprint import covered
from streetwatch.zones.rules import ViolationType

ALL = "all"

_PARKING = frozenset({ViolationType.ILLEGAL_PARKING_MOTOR, ViolationType.ILLEGAL_PARKING_NONMOTOR})
_PARKING_TOLERANCE_S: Seconds = 10.0  # i-LIDS and AI City Challenge track 4
_TOLERANCE_S: Seconds = 60.0

#: AI City Challenge track 4: an error of the time of this size counts as a full one.
_NORMAL_ERROR_S: Seconds = 300.0

#: Two boxes are of one thing if they share this much of the smaller one: a detector may see a part
#: of a heap, or several as one.
_SAME_PLACE = 0.5

_FAR = 1e9


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, or that was filed.

    Attributes:
        camera: Where.
        zone: Where on the camera.
        type: A violation type.
        start: When it began to stand there.
        end: When it left, or was last seen.
        violation_at: When its dwell was full.
        bbox: Where it first stood, pixels; None where nobody wrote it down.
    """

    camera: str
    zone: str
    type: str
    start: Seconds
    end: Seconds
    violation_at: Seconds
    bbox: Box | None = None

    def may_be(self, other: Self) -> bool:
        """Tell whether two are of one type at one place, as far as their places are known."""
        mine, theirs = (self.camera, self.zone, self.type), (other.camera, other.zone, other.type)
        if mine != theirs:
            return False
        if self.bbox is None or other.bbox is None:
            return True
        here, there = np.array([self.bbox], np.float32), np.array([other.bbox], np.float32)
        return bool(max(covered(here, there), covered(there, here)) >= _SAME_PLACE)


@dataclass(frozen=True, slots=True)
class Tally:
    """How one clip, or many together, came out for one type.

    Attributes:
        type: A violation type, or `all`.
        n: True events.
        delays: Of the right ones: filed after true `violation_at`; negative is early.
        duplicates: Filed once more.
        false_alarms: Filed for nothing.
        hours: Watched, all cameras together.
    """

    type: str
    n: int
    delays: tuple[Seconds, ...]
    duplicates: int
    false_alarms: int
    hours: float

    @property
    def filed(self) -> int:
        """How many were filed."""
        return len(self.delays) + self.duplicates + self.false_alarms

    @property
    def precision(self) -> float | None:
        """Share of the right ones among what was filed; None where nothing was."""
        return len(self.delays) / self.filed if self.filed else None

    def line(self) -> dict[str, object]:
        """Return the figures as the contract prints them; null where nothing was measured."""
        right = len(self.delays)
        recall = right / self.n if self.n else None
        f1 = 2 * right / (self.filed + self.n) if self.filed + self.n else None
        late = np.percentile(self.delays, (50, 90)).tolist() if self.delays else (None, None)
        return {
            "type": self.type,
            "n": self.n,
            "filed": self.filed,
            "precision": _rounded(self.precision),
            "precision_ci": [round(end, 3) for end in wilson(right, self.filed)],
            "recall": _rounded(recall),
            "recall_ci": [round(end, 3) for end in wilson(right, self.n)],
            "f1": _rounded(f1),
            "duplicates": self.duplicates,
            "false_alarms": self.false_alarms,
            "false_alarms_per_camera_day": _rounded(
                24 * self.false_alarms / self.hours if self.hours else None
            ),
            "delay_p50_s": _rounded(late[0]),
            "delay_p90_s": _rounded(late[1]),
            "camera_hours": round(self.hours, 3),
            "ai_city_score": _rounded(self._ai_city(f1)),
        }

    def _ai_city(self, f1: float | None) -> float | None:
        """Return AI City Challenge track 4's S = F1 (1 - NRMSE); for parking, where it is used."""
        if f1 is None or self.type not in _PARKING:
            return None
        error = sqrt(float(np.mean(np.square(self.delays)))) if self.delays else _NORMAL_ERROR_S
        return f1 * (1 - min(error / _NORMAL_ERROR_S, 1.0))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def tally(
    true: Sequence[Event], filed: Sequence[Event], *, types: Iterable[str] = (), hours: float
) -> dict[str, Tally]:
    """Count one clip: a tally for each type that happened, was filed, or is one of `types`."""
    types = sorted({event.type for event in (*true, *filed)} | set(types))
    return {
        type_: _tally(
            type_,
            [event for event in true if event.type == type_],
            [event for event in filed if event.type == type_],
            hours,
        )
        for type_ in types
    }


def _tally(type_: str, true: Sequence[Event], filed: Sequence[Event], hours: float) -> Tally:
    pairs = _pairs(true, filed, _PARKING_TOLERANCE_S if type_ in _PARKING else _TOLERANCE_S)
    matched = {row for row, _ in pairs}
    used = {column for _, column in pairs}
    others = [event for column, event in enumerate(filed) if column not in used]
    duplicates = sum(any(_is_of(other, true[row]) for row in matched) for other in others)
    return Tally(
        type=type_,
        n=len(true),
        delays=tuple(filed[column].violation_at - true[row].violation_at for row, column in pairs),
        duplicates=duplicates,
        false_alarms=len(others) - duplicates,
        hours=hours,
    )


def _pairs(
    true: Sequence[Event], filed: Sequence[Event], tolerance: Seconds
) -> list[tuple[int, int]]:
    cost = np.full((len(true), len(filed)), _FAR)
    for row, event in enumerate(true):
        for column, other in enumerate(filed):
            apart = abs(other.violation_at - event.violation_at)
            if apart <= tolerance and event.may_be(other):
                cost[row, column] = apart
    rows, columns = linear_sum_assignment(cost)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in found if cost[row, column] < _FAR]


def _is_of(filed: Event, event: Event) -> bool:
    """Tell whether an incident is about a true event, in its place and time."""
    return filed.may_be(event) and event.start <= filed.violation_at <= event.end


def summed(type_: str, tallies: Iterable[Tally]) -> Tally:
    """Return many tallies as one, over the hours of them all."""
    parts = list(tallies)
    return Tally(
        type=type_,
        n=sum(part.n for part in parts),
        delays=tuple(delay for part in parts for delay in part.delays),
        duplicates=sum(part.duplicates for part in parts),
        false_alarms=sum(part.false_alarms for part in parts),
        hours=sum(part.hours for part in parts),
    )
