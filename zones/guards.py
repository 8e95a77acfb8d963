"""Guards: what stands, and is no violation yet.

A queue at a red light stands too. Its vehicles came one after another and stand together; they are
held back for as long as a red light lasts. Who is still there then has parked.
"""

from collections.abc import Iterable
from math import hypot

from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.stay import Stay

#: A vehicle with so many others that stand around it is in a queue.
_LEAST_NEIGHBOURS = 2

#: They came within this time of it: about one red phase.
_TOGETHER_S: Seconds = 60.0

#: They stand within so many of its own lengths.
_NEAR = 3.0

#: What was seen at its place less often than this, or for less time, is passing.
_STANDING_LOOKS = 3
_STANDING_S: Seconds = 2.0

#: A look or two may miss a neighbour; for longer, it has driven on.
_MISSED_S: Seconds = 10.0


def is_queued(stay: Stay, others: Iterable[Stay], *, watched_since: Seconds) -> bool:
    """Tell whether a vehicle stands in a queue that was seen to form.

    Args:
        stay: The vehicle.
        others: All stays of its zone and rule; it may be among them.
        watched_since: When the camera was first looked at, or for the first time after an outage:
            what stood there then may have been parked for hours.
    """
    if stay.first_seen <= watched_since:
        return False
    around = sum(_is_neighbour(stay, other, watched_since) for other in others)
    return around >= _LEAST_NEIGHBOURS


def _is_neighbour(stay: Stay, other: Stay, watched_since: Seconds) -> bool:
    return (
        other.key != stay.key
        and other.first_seen > watched_since
        and other.absent_s <= _MISSED_S
        and other.looks >= _STANDING_LOOKS
        and other.last_seen - other.first_seen >= _STANDING_S
        and abs(other.first_seen - stay.first_seen) <= _TOGETHER_S
        and _apart(stay.box, other.box) <= _NEAR * max(_sides(stay.box))
    )


def _apart(left: Box, right: Box) -> float:
    across = (left[0] + left[2] - right[0] - right[2]) / 2
    down = (left[1] + left[3] - right[1] - right[3]) / 2
    return hypot(across, down)


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]
