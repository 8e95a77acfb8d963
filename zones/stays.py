"""Stays as columns: what one rule of one zone watches, a row for each stay.

A look changes the columns of all stays at once; `Stay` is one row, for those who tell of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import isnan
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Box, Boxes, Seconds
from streetwatch.zones.appearance import PATCH, Appearance, Patches, decoded, encoded
from streetwatch.zones.footprint import iou
from streetwatch.zones.stay import Stay

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Column = TypeVar("Column", Boxes, Patches)


#: Columns of seconds and the like that begin at 0 and are the same in `Stay`.
_SUMS = (
    "observed_s",
    "missed_s",
    "hidden_s",
    "idle_s",
    "absent_s",
    "unlooked_s",
    "covered_s",
    "unchanged_s",
    "sway",
    "attended_s",
    "paused_s",
    "vacant_s",
)

#: All columns of numbers that are the same in `Stay`.
_PLAIN = (*_SUMS, "confidence", "first_seen", "last_seen")

#: Columns of whole numbers that begin at 0 and are the same in `Stay`.
_TALLIES = ("moved_with", "outlasted", "vacant_looks")

#: And those that are None there where they are NaN here.
_MAYBE = ("violation_at", "beside_since", "displaced_at")

_UNKNOWN = Appearance("")

#: A place that looks empty for less than this may show what hides it, undetected for a moment.
_EMPTY_S: Seconds = 2.0

#: No bus is undetected for so long: what stood there is gone.
_GONE_S: Seconds = 10.0

#: Two whose places overlap by more than this stand at one place.
_ONE_PLACE_IOU = 0.5


@dataclass(frozen=True, eq=False)
class Stays:
    """What one rule of one zone watches. Columns as `Stay` has them, and what they look like.

    Without slots: a look makes several of them, each with a few columns changed.

    Attributes:
        violation_at: NaN while it is no violation.
        beside_since: NaN while nobody is beside it.
        displaced_at: NaN while whatever stands in its place may be it.
        moved_with: As in `Stay`.
        outlasted: Likewise.
        vacant_s: Likewise.
        vacant_looks: Likewise.
        patch: The latest look that was surely it, (N, PATCH).
        is_known: There is such a patch.
        is_sure: Two looks agreed on it: one alone may show what passed just then.
        other: What was seen in its place instead, (N, PATCH).
        other_since: When that was first seen.
        other_looks: How often it was seen since; 0: nothing was.
        hider: What its place showed when a detector last saw something before it, (N, PATCH).
        hidden_at: When that was; NaN: never.
    """

    zone_id: str
    type: str
    anchor: Boxes
    box: Boxes
    confidence: Floats
    looks: Counts
    first_seen: Floats
    last_seen: Floats
    observed_s: Floats
    missed_s: Floats
    hidden_s: Floats
    idle_s: Floats
    absent_s: Floats
    unlooked_s: Floats
    covered_s: Floats
    unchanged_s: Floats
    sway: Floats
    violation_at: Floats
    attended_s: Floats
    paused_s: Floats
    beside: Boxes
    beside_since: Floats
    displaced_at: Floats
    moved_with: Counts
    outlasted: Counts
    vacant_s: Floats
    vacant_looks: Counts
    patch: Patches
    is_known: Flags
    is_sure: Flags
    other: Patches
    other_since: Floats
    other_looks: Counts
    hider: Patches
    hidden_at: Floats

    @classmethod
    def started(
        cls,
        zone_id: str,
        kind: str,
        boxes: Boxes,
        confidence: npt.NDArray[np.floating[Any]],
        at: Floats | Seconds,
    ) -> Self:
        """Return the stays of what is seen for the first time."""
        count = len(boxes)
        since = np.full(count, at, np.float64)
        none, never = np.zeros(count), np.zeros(count, np.int64)
        unknown, no = np.zeros((count, PATCH), np.uint8), np.zeros(count, bool)
        return cls(
            zone_id=zone_id,
            type=kind,
            anchor=boxes,
            box=boxes,
            confidence=confidence.astype(np.float64),
            looks=never + 1,
            first_seen=since,
            last_seen=since,
            violation_at=np.full(count, np.nan),
            beside=np.zeros_like(boxes),
            beside_since=np.full(count, np.nan),
            displaced_at=np.full(count, np.nan),
            patch=unknown,
            is_known=no,
            is_sure=no,
            other=unknown,
            other_since=none,
            other_looks=never,
            hider=unknown,
            hidden_at=np.full(count, np.nan),
            **dict.fromkeys(_SUMS, none),
            moved_with=never,
            outlasted=never,
            vacant_looks=never,
        )

    @classmethod
    def of(cls, zone_id: str, kind: str, rows: Sequence[Stay]) -> Self:
        """Return the stays of one rule as columns."""
        numbers = dict.fromkeys((*_PLAIN, *_MAYBE), np.float64) | dict.fromkeys(_TALLIES, np.int64)
        plain: dict[str, Any] = {
            name: np.array([getattr(stay, name) for stay in rows], number)  # None becomes NaN
            for name, number in numbers.items()
        }
        looks = [stay.appearance or _UNKNOWN for stay in rows]
        return cls(
            zone_id=zone_id,
            type=kind,
            anchor=_boxes(stay.anchor for stay in rows),
            box=_boxes(stay.box for stay in rows),
            beside=_boxes(stay.beside for stay in rows),
            looks=np.array([stay.looks for stay in rows], np.int64),
            patch=_patches(one.patch for one in looks),
            is_known=np.array([stay.appearance is not None for stay in rows], bool),
            is_sure=np.array([one.is_sure for one in looks], bool),
            other=_patches(one.other for one in looks),
            other_since=np.array([one.other_since for one in looks], np.float64),
            other_looks=np.array([one.other_looks for one in looks], np.int64),
            hider=_patches(one.hider for one in looks),
            hidden_at=np.array(
                [one.hidden_at if one.hider else np.nan for one in looks], np.float64
            ),
            **plain,
        )

    def __len__(self) -> int:
        return len(self.looks)

    def __getitem__(self, rows: Flags | npt.NDArray[np.intp]) -> Self:
        """Return the chosen rows, by mask or by index array."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return type(self)(self.zone_id, self.type, **columns)

    def joined(self, more: Self) -> Self:
        """Return these and others of the same rule."""
        if not (len(self) and len(more)):
            return self if len(self) else more
        columns = {
            name: np.concatenate((getattr(self, name), getattr(more, name))) for name in _COLUMNS
        }
        return type(self)(self.zone_id, self.type, **columns)

    def changed(self, **columns: object) -> Self:
        """Return them with some columns changed, as `replace` does in ten times the time."""
        after = object.__new__(type(self))
        after.__dict__.update(self.__dict__, **columns)
        after.__dict__.pop("_rows", None)
        return after

    def unknown(self) -> Self:
        """Return them with nothing known of what they look like.

        What is displaced stays so where something else stands in its place; else who could tell?
        What was surely gone does not come back: whatever stands there in the new light came.
        """
        no = np.zeros(len(self), bool)
        taken = (iou(self.anchor, self.anchor) >= _ONE_PLACE_IOU)[:, ~self.is_displaced].any(axis=1)
        away = np.where(taken, self.displaced_at, np.nan)
        gone = self.was_empty_twice & (self.vacant_s >= _GONE_S)
        away = np.where(gone, self.last_seen, away)
        return self.changed(
            is_known=no, is_sure=no, other_looks=self.other_looks * 0, displaced_at=away
        )

    def rows(self) -> tuple[Stay, ...]:
        """Return them one by one; many ask for that between two looks."""
        return self._rows

    @cached_property
    def _rows(self) -> tuple[Stay, ...]:
        names = (*_PLAIN, *_MAYBE, *_TALLIES, "anchor", "box", "beside", "looks")
        lists = {name: getattr(self, name).tolist() for name in names}
        return tuple(
            Stay(
                self.zone_id,
                self.type,
                anchor=tuple(lists["anchor"][row]),
                box=tuple(lists["box"][row]),
                beside=tuple(lists["beside"][row]),
                looks=lists["looks"][row],
                appearance=self._appearance(row),
                violation_at=_or_none(lists["violation_at"][row]),
                beside_since=_or_none(lists["beside_since"][row]),
                displaced_at=_or_none(lists["displaced_at"][row]),
                **{name: lists[name][row] for name in (*_PLAIN, *_TALLIES)},
            )
            for row in range(len(self))
        )

    def _appearance(self, row: int) -> Appearance | None:
        if not self.is_known[row]:
            return None
        known = Appearance(encoded(self.patch[row]), bool(self.is_sure[row]))
        hidden_at = _or_none(float(self.hidden_at[row]))
        if hidden_at is not None:
            known = replace(known, hider=encoded(self.hider[row]), hidden_at=hidden_at)
        seen = int(self.other_looks[row])
        if not seen:
            return known
        other, since = encoded(self.other[row]), float(self.other_since[row])
        return replace(known, other=other, other_since=since, other_looks=seen)

    @property
    def is_displaced(self) -> Flags:
        """What stands in its place is something else."""
        return ~np.isnan(self.displaced_at)

    @property
    def was_empty(self) -> Flags:
        """Whose places looked empty for long enough to be, if only in one look."""
        return self.vacant_s >= _EMPTY_S

    @property
    def was_empty_twice(self) -> Flags:
        """Whose places did so in more than one look: an undetected bus may fill one."""
        return self.was_empty & (self.vacant_looks > 1)

    @property
    def dwell_s(self) -> Floats:
        """The time that counts towards the rule."""
        return self.observed_s + self.missed_s + self.hidden_s

    @property
    def presence_ratio(self) -> Floats:
        """Share of the dwell with a clear view in which it was there; 1 before any dwell."""
        return self._share(self.observed_s)

    @property
    def detected_ratio(self) -> Floats:
        """Share of the dwell with a clear view in which a detector saw it; 1 before any dwell."""
        return self._share(self.observed_s - self.unchanged_s)

    def _share(self, part: Floats) -> Floats:
        in_view = self.observed_s + self.missed_s
        return np.divide(part, in_view, out=np.ones(len(self)), where=in_view > 0)


_COLUMNS = tuple(column.name for column in fields(Stays) if column.name not in {"zone_id", "type"})


def chosen(rows: Flags, new: Column, old: Column) -> Column:
    """Return the new of some rows and the old of the others; whole rows are cheaper than points."""
    kept = (~rows).nonzero()[0]
    if not len(kept):
        return new
    if len(kept) == len(rows):
        return old
    mixed = new.copy()
    mixed[kept] = old[kept]
    return mixed


def _boxes(boxes: Iterable[Box]) -> Boxes:
    return np.array(list(boxes), np.float32).reshape(-1, 4)


def _patches(texts: Iterable[str | None]) -> Patches:
    unknown = np.zeros(PATCH, np.uint8)
    rows = [decoded(text) if text else unknown for text in texts]
    return np.array(rows, np.uint8).reshape(-1, PATCH)


def _or_none(number: float) -> float | None:
    return None if isnan(number) else number
