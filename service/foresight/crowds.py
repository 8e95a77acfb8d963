"""Whether a zone is filling with people: a warning before the crowd is there, once for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan, sqrt
from statistics import fmean
from typing import Final

from streetwatch.service.foresight.crowd_baseline import SLOT_S, Baseline, hour_of_week
from streetwatch.vision.types import Seconds

#: So far ahead is looked what is usual, and a rise is followed.
AHEAD_S: Final[Seconds] = 3600.0
RISE_S: Final[Seconds] = 1800.0

#: A rise is measured over so many slots, all of them above what is usual.
TREND: Final = 3

#: Counts go up and down by themselves: a rise is followed only where the later half of an hour has
#: more people than the earlier by so many standard deviations of what chance does to both.
HOUR: Final = 6
_SURE: Final = 3.0

#: Of a crowd there is so much in each slot of a rise, and in the last two where it is as usual.
_RISING: Final = 0.6
_HALF: Final = 0.5
_LAST: Final = 2

#: A crowd is over when there were fewer than half as many people for so long.
OVER: Final = 3

#: What nobody has looked at for so long is over, too.
UNSEEN_S: Final[Seconds] = 3 * 3600.0

#: Slots that a decision looks at.
MOST: Final = max(TREND, OVER, HOUR)


@dataclass(frozen=True, slots=True)
class Slot:
    """Ten minutes of a zone.

    Attributes:
        at: When they began, seconds since the epoch.
        people: In a look, on the average.
    """

    at: Seconds
    people: float

    @property
    def end(self) -> Seconds:
        """When they ended."""
        return self.at + SLOT_S


@dataclass(frozen=True, slots=True)
class Filling:
    """A zone that is filling.

    Attributes:
        at: When that was known.
        people: In the last slot.
        usual: The hour's median; None where nobody knows.
        heads_to: Where it leads: by its rise within `RISE_S`, as usual within `AHEAD_S`.
        level: From here on it is a crowd.
        is_usual: The zone has as many at this time every week.
    """

    at: Seconds
    people: float
    usual: float | None
    heads_to: float
    level: float
    is_usual: bool


def filling(recent: Sequence[Slot], known: Baseline, level: float | None = None) -> Filling | None:
    """Tell whether a zone is filling with more people than it can do with.

    It leads to a crowd by its rise, being above what the hour usually has for half an hour and
    rising by more than chance; or it is half full, and the next hour usually has a crowd.

    Args:
        recent: Slots one after the other, the newest last.
        known: What is usual.
        level: From here on it is a crowd; None: by what is usual.
    """
    level = known.crowd if level is None else level
    last = recent[-TREND:]
    if level is None or not _is_seen(last) or not _has(last[-_LAST:], _HALF * level):
        return None
    now = last[-1]
    usual = known.median[hour_of_week(now.at)]
    rise = _rise(last) if _is_more_than_chance(recent[-HOUR:], known.spread) else 0.0
    by_rise = max(now.people + rise * RISE_S, now.people)
    is_rising = by_rise >= level and _has(last, _RISING * level) and _is_above(last, known)
    ahead = known.ahead(now.end, AHEAD_S)
    if not is_rising and ahead < level:
        return None
    return Filling(
        at=now.end,
        people=now.people,
        usual=None if isnan(usual) else float(usual),
        heads_to=by_rise if is_rising else max(ahead, now.people),
        level=level,
        is_usual=not is_rising,
    )


def is_over(recent: Sequence[Slot], level: float, now: Seconds) -> bool:
    """Tell whether a crowd that was warned of has gone, or has not been looked at for long."""
    if not recent or now - recent[-1].end >= UNSEEN_S:
        return True
    last = recent[-OVER:]
    return len(last) == OVER and all(one.people < level / 2 for one in last)


def _is_seen(last: Sequence[Slot]) -> bool:
    """Tell whether there are enough slots, none of them long before the next."""
    gaps = (after.at - before.at for before, after in pairwise(last))
    return len(last) == TREND and all(0 < gap <= 2 * SLOT_S for gap in gaps)


def _has(last: Sequence[Slot], people: float) -> bool:
    return all(one.people >= people for one in last)


def _is_above(last: Sequence[Slot], known: Baseline) -> bool:
    """Tell whether there are more than usual; where nobody knows, somebody has set the level."""
    high = [float(known.high[hour_of_week(one.at)]) for one in last]
    return all(isnan(most) or one.people > most for one, most in zip(last, high, strict=True))


def _rise(last: Sequence[Slot]) -> float:
    """Return by how many people a second a zone fills: from the first of some slots to the last."""
    return (last[-1].people - last[0].people) / (last[-1].at - last[0].at)


def _is_more_than_chance(recent: Sequence[Slot], spread: float) -> bool:
    """Tell whether the later half has more people than the earlier, beyond what chance does.

    The difference of two means of `half` counts, each with a variance of `spread` x its mean.
    """
    half = len(recent) // 2
    before, after = (fmean(one.people for one in part) for part in (recent[:half], recent[-half:]))
    return after - before > _SURE * sqrt(spread * (before + after) / half)
