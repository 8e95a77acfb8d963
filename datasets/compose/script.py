"""What happens in a composed clip, and its truth. Pure: everything random comes from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.compose.kinds import Kind
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones import footprint
from streetwatch.zones.rules import ViolationType

Span = tuple[Seconds, Seconds]


#: What is watched for in a clip.
TYPE: Mapping[Kind, ViolationType] = MappingProxyType(
    {
        Kind.PARKING: ViolationType.ILLEGAL_PARKING_MOTOR,
        Kind.QUIET_ROAD: ViolationType.ILLEGAL_PARKING_MOTOR,
        Kind.GARBAGE: ViolationType.EXPOSED_GARBAGE,
        Kind.QUIET_PAVEMENT: ViolationType.EXPOSED_GARBAGE,
        Kind.QUIET_THINGS: ViolationType.EXPOSED_GARBAGE,
        Kind.VENDING: ViolationType.STREET_VENDING,
    }
)

#: Shorter than the rules' defaults, so that clips can be: half the time is half the patience too.
DWELL_S = {
    ViolationType.ILLEGAL_PARKING_MOTOR: 60.0,
    ViolationType.EXPOSED_GARBAGE: 120.0,
    ViolationType.STREET_VENDING: 120.0,
}


#: A place is left alone for so long before another vehicle takes it; a follower comes at once.
_CALM_S: Seconds = 90.0

#: Nobody can tell when something came that was hidden at once: it is seen for so long before.
SEEN_FIRST_S: Seconds = 15.0

#: Short stops come so long after one another, and leave room for a queue after them.
_BETWEEN_STOPS_S = (30.0, 240.0)
_SHARE_OF_STOPS = 0.8

#: Vehicles that come within a minute and stand together are a queue to the rules (zones.guards).
_NOT_TOGETHER_S: Seconds = 65.0


@dataclass(frozen=True, slots=True)
class Act:
    """Something stands somewhere for a time.

    Attributes:
        thing: Which of the stage's.
        start: When it has come to a stand.
        end: When it leaves.
        permitted: It stands in an area of its own where it may.
    """

    thing: int
    start: Seconds
    end: Seconds
    permitted: bool = False


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody walks through the picture, before everything; or stands about.

    Attributes:
        person: Which of the people.
        start: When they come in.
        end: When they are out.
        ground: Where their feet are, share of the picture's height.
        height: Share of the picture's height.
        stands_at: Share of the picture's width; None: they walk through.
    """

    person: int
    start: Seconds
    end: Seconds
    ground: float
    height: float
    stands_at: float | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that is put into a stage.

    Attributes:
        length_s: Of the clip.
        acts: Who stands.
        passing: Who walks.
        outage: When no picture comes; None: always one.
        hidden: When something stands before every act.
    """

    length_s: Seconds
    acts: tuple[Act, ...]
    passing: tuple[Passing, ...]
    outage: Span | None = None
    hidden: tuple[Span, ...] = ()

    def hides(self, act: Act, at: Seconds) -> bool:
        """Tell whether something stands before an act: it stopped there when that had been seen.

        >>> Script(99.0, (), (), hidden=((40.0, 60.0),)).hides(Act(0, 20.0, 50.0), 55.0)
        True
        >>> Script(99.0, (), (), hidden=((40.0, 60.0),)).hides(Act(0, 30.0, 90.0), 55.0)
        False
        """
        return any(
            start <= at < end and act.start <= start - SEEN_FIRST_S and act.end > start
            for start, end in self.hidden
        )

    def coming(self, at: Seconds) -> list[Act]:
        """Return what comes while something stands before others, or has hardly been seen by then.

        >>> came = Act(0, 30.0, 90.0)
        >>> Script(99.0, (came,), (), hidden=((40.0, 60.0),)).coming(55.0) == [came]
        True
        >>> Script(99.0, (came,), (), hidden=((40.0, 60.0),)).coming(65.0)
        []
        """
        spans = [(start, end) for start, end in self.hidden if start <= at < end]
        return [
            act
            for act in self.acts
            if any(start - SEEN_FIRST_S < act.start < end for start, end in spans)
        ]


@dataclass(frozen=True, slots=True)
class Cast:
    """What a script can be written for.

    Attributes:
        boxes: Where the stage's things stand.
        people: How many there are to walk through.
    """

    boxes: tuple[Box, ...]
    people: int

    def apart(self, thing: int, others: Sequence[int]) -> bool:
        """Tell whether a thing stands clear of others."""
        if not others:
            return True
        return float(self._overlap(thing, others).max()) == 0.0

    def same_place(self, thing: int) -> list[int]:
        """Return the other things that stand where this one stands."""
        overlap = self._overlap(thing, range(len(self.boxes)))
        return [other for other in np.flatnonzero(overlap > 0.5).tolist() if other != thing]

    def _overlap(self, thing: int, others: Sequence[int]) -> npt.NDArray[np.float64]:
        boxes = np.array(self.boxes, np.float32)
        overlap: npt.NDArray[np.float64] = footprint.iou(
            boxes[thing : thing + 1], boxes[list(others)]
        )[0]
        return overlap


def written(kind: Kind, cast: Cast, *, length_s: Seconds, chance: np.random.Generator) -> Script:
    """Write a script.

    Args:
        kind: What it is about.
        cast: For whom.
        length_s: Of the clip.
        chance: Of everything random.
    """
    order = tuple(chance.permutation(len(cast.boxes)).tolist())
    writer = _Writer(cast, order, DWELL_S[TYPE[kind]], length_s, chance)
    if kind.stops_briefly:
        acts = writer.short_stops()
        acts += writer.queue(acts) if kind.is_road else []
        acts += writer.permitted(acts)
    else:
        acts = writer.long_stays(apart_s=_NOT_TOGETHER_S if kind.is_road else 0.0)
        acts += writer.followers(acts) if kind.is_road else []
    passing = () if kind.is_road or not cast.people else writer.passing()
    return Script(length_s, tuple(sorted(acts, key=lambda act: act.start)), passing)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Everything a script's parts are written from; `order` shuffles the things."""

    cast: Cast
    order: tuple[int, ...]
    dwell_s: Seconds
    length_s: Seconds
    chance: np.random.Generator

    def _between(self, low: float, high: float) -> float:
        return float(self.chance.uniform(low, high))

    def long_stays(self, *, apart_s: Seconds) -> list[Act]:
        """Return things that stand clear of each other for longer than their dwell, each once.

        Args:
            apart_s: They come at least so long after one another.
        """
        acts: list[Act] = []
        at = 0.0 if self.chance.random() < 0.1 else self._between(15, 60)
        for thing in self.order:
            end = at + self._between(1.5, 3.0) * self.dwell_s
            if end > self.length_s:
                break
            around = [act.thing for act in acts if act.end + _CALM_S > at]
            if self.cast.apart(thing, around):
                acts.append(Act(thing, at, end))
                at += apart_s + self._between(5, 40)
        return acts

    def followers(self, acts: Sequence[Act]) -> list[Act]:
        """Return, for some, another that takes the place within seconds."""
        found: list[Act] = []
        for act in acts:
            others = self.cast.same_place(act.thing)
            start = act.end + self._between(6, 15)
            end = start + self._between(1.5, 3.0) * self.dwell_s
            if not others or self.chance.random() > 0.25 or end > self.length_s:
                continue
            other = int(self.chance.choice(others))
            rest = [*acts, *found]
            around = [one.thing for one in rest if one is not act and _meet(one, start, end)]
            if self.cast.apart(other, around):
                found.append(Act(other, start, end))
        return found

    def short_stops(self) -> list[Act]:
        """Return stops that are too short, one after the other, over most of the clip."""
        acts: list[Act] = []
        at = self._between(10, 60)
        for thing in cycle(self.order):
            end = at + self._between(8, 0.7 * self.dwell_s)
            if end > max(_SHARE_OF_STOPS * self.length_s, 2 * self.dwell_s):
                break
            acts.append(Act(thing, at, end))
            at = end + self._between(*_BETWEEN_STOPS_S)
        return acts

    def queue(self, acts: Sequence[Act]) -> list[Act]:
        """Return vehicles that stand together for a while, after the others have gone; or none."""
        start = max((act.end for act in acts), default=0.0) + self._between(30, 60)
        stays = self._between(0.4, 0.7) * self.dwell_s
        queue: list[Act] = []
        for thing in self.order:
            if len(queue) < 3 and self.cast.apart(thing, [one.thing for one in queue]):
                came = start + 3 * len(queue)
                queue.append(Act(thing, came, came + stays))
        fits = start + stays + 10 < self.length_s
        return queue if fits and self.chance.random() < 0.5 else []

    def permitted(self, acts: Sequence[Act]) -> list[Act]:
        """Return something that stands long where it may, if there is room for it; or nothing."""
        taken = [act.thing for act in acts]
        free = [thing for thing in self.order if self.cast.apart(thing, taken)]
        if not free or self.chance.random() < 0.5:
            return []
        start = self._between(0, 0.3 * self.length_s)
        return [Act(free[0], start, start + self._between(2, 4) * self.dwell_s, permitted=True)]

    def passing(self) -> tuple[Passing, ...]:
        """Return people who walk through, or stand about for a while."""
        found = []
        at = float(self.chance.exponential(40))
        while at < self.length_s:
            stays, stands_at = self._between(6, 14), None
            if self.chance.random() < 0.15:
                stays, stands_at = self._between(20, 120), self._between(0.05, 0.95)
            person = int(self.chance.integers(self.cast.people))
            height, ground = self._between(0.25, 0.5), self._between(0.75, 1.0)
            found.append(Passing(person, at, at + stays, ground, height, stands_at))
            at += float(self.chance.exponential(40))
        return tuple(found)


def _meet(act: Act, start: Seconds, end: Seconds) -> bool:
    return act.start < end + _CALM_S and act.end + _CALM_S > start


def full_at(act: Act, dwell_s: Seconds, outage: Span | None) -> Seconds | None:
    """Return when an act has stood for its dwell, None where it leaves before.

    Time in which nobody looked is no dwell (docs/explanation/presence.md).

    >>> full_at(Act(0, 10.0, 200.0), 60.0, None)
    70.0
    >>> full_at(Act(0, 10.0, 200.0), 60.0, (30.0, 50.0))
    90.0
    """
    full = act.start + dwell_s
    if outage and act.start < outage[1] and full > outage[0]:
        full += outage[1] - max(outage[0], act.start)
    return full if full <= act.end else None
