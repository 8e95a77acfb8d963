"""Where a detection decides something: a pure policy, one state per camera, no clock.

The detector costs a hundred times what comparing pictures does. It is asked when something settled
in a watched area or left it, while something is maturing into a violation or may have left, and
every so often in any case. In between, what it saw last is said again of what looks as it did.
Traffic that drives through settles nowhere: nothing is said of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

import numpy as np

from streetwatch.vision.gate import Change, Gate
from streetwatch.vision.types import Detections, Seconds, Size
from streetwatch.zones.footprint import iou
from streetwatch.zones.stay import Stay

#: Key frames tremble by so much about their distance.
_ALMOST_S: Final[Seconds] = 0.2

#: What was seen in so many looks, and in such a share of its time, will be seen again: anything
#: less steady is asked for in every look, or its hits would count for longer than its misses.
_SURE_LOOKS: Final = 4
_SURE_RATIO: Final = 0.9

#: A stay was seen where a detection overlaps its box by so much.
_SAME_IOU: Final = 0.3


class Why(StrEnum):
    """Why the detector is asked."""

    FIRST = "first"  #: nothing is known yet
    CHANGED = "changed"  #: something settled, or left
    SETTLING = "settling"  #: something settled just now: one look may have missed it
    MATURING = "maturing"  #: something stands and is no violation yet
    CLEARING = "clearing"  #: something filed was not seen
    IDLE = "idle"  #: the longest time without a detection is over


class Promise(StrEnum):
    """What is promised of the time between two looks, or of that between two detections."""

    CLOSE = "close"  #: something is maturing: `close_s` between looks
    CLEARING = "clearing"  #: something filed may have left: `sure_s`, for what passes may hide it
    IDLE = "idle"  #: `idle_s` between detections


@dataclass(frozen=True, slots=True)
class Intervals:
    """How long a camera may go without a detection, seconds of capture time.

    Attributes:
        idle_s: While nothing settles and nothing stands.
        close_s: Between two looks while something is maturing or may have left.
        settle_s: For so long after something settled each picture is detected in.
        quiet_s: Between two pictures that are compared, while nothing goes on.
        sure_s: While what is maturing was seen steadily, and its place shows no change.
    """

    idle_s: Seconds = 30.0
    close_s: Seconds = 2.0
    settle_s: Seconds = 6.0
    quiet_s: Seconds = 4.0
    sure_s: Seconds = 10.0

    @property
    def hot(self) -> Self:
        """The same for an hour in which a camera finds most, as long as the machine keeps up."""
        return replace(self, idle_s=self.idle_s / 2, quiet_s=min(self.quiet_s, self.close_s))

    def patience_s(self, why: Why, stays: Sequence[Stay]) -> Seconds:
        """Return how long a detection may wait before it is late: until the next is to come.

        One that comes because none came for long is asked for one quiet interval before the time.
        """
        is_close = why is not Why.IDLE and any(map(is_maturing, stays))
        return self.close_s if is_close else max(self.quiet_s, self.close_s)


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What was last detected on one camera, and when something last settled there.

    Attributes:
        gate: The street as it was.
        detected_at: When the detector last looked.
        changed_at: When something last settled, or left.
        detections: What it saw.
        is_stirred: The latest picture shows something that has not settled.
    """

    gate: Gate
    detected_at: Seconds | None = None
    changed_at: Seconds | None = None
    detections: Detections | None = None
    is_stirred: bool = False

    def wants(
        self, change: Change, at: Seconds, stays: Sequence[Stay], size: Size, intervals: Intervals
    ) -> Why | None:
        """Return why a picture is to be detected in, None where nothing speaks for it.

        Args:
            change: What the picture shows.
            at: Its capture time.
            stays: What stands on the camera.
            size: Of the picture, in whose pixels the stays are.
            intervals: How long it may go without.
        """
        if self.detected_at is None or self.detections is None:
            return Why.FIRST
        if change.has_settled:
            return Why.CHANGED
        if self._is_settling(at, intervals):
            return Why.SETTLING
        waited_s = at - self.detected_at
        if waited_s >= intervals.close_s - _ALMOST_S:
            maturing = list(filter(is_maturing, stays))
            is_due = waited_s >= intervals.sure_s - _ALMOST_S
            if any(is_due or self._is_doubtful(stay, change, size) for stay in maturing):
                return Why.MATURING
            if is_due and any(stay.absent_s > 0 for stay in stays):
                return Why.CLEARING
        return Why.IDLE if waited_s >= intervals.idle_s - intervals.quiet_s else None

    def again(self, change: Change, stays: Sequence[Stay], size: Size) -> Detections | None:
        """Return what can be said again of a picture that nobody detects in.

        Where something passes in front of what stands, nothing can: None. What passed when the
        detector looked is left out, since it has driven on.
        """
        if self.detections is None or not change.is_changed:
            return self.detections
        if any(change.touches(stay.box, size) for stay in stays):
            return None
        boxes = self.detections.xyxy.tolist()
        as_it_was = [not change.touches((x1, y1, x2, y2), size) for x1, y1, x2, y2 in boxes]
        return self.detections[np.array(as_it_was, np.bool_)]

    def pace_s(
        self, at: Seconds, stays: Sequence[Stay], intervals: Intervals, *, keeps_up: bool = True
    ) -> Seconds:
        """Return how far apart pictures may be now: a quiet street is decoded more seldom.

        Args:
            at: The capture time of the latest picture.
            stays: What stands on the camera.
            intervals: How long it may go without.
            keeps_up: Whether the machine has time to follow traffic, of which little will settle.
        """
        if self._is_settling(at, intervals) or (self.is_stirred and keeps_up):
            return intervals.close_s
        goes_on = any(is_open(stay) for stay in stays)
        return intervals.close_s if goes_on else intervals.quiet_s

    def shown(self, change: Change) -> Self:
        """Return the attention after a picture; a detection in it may follow."""
        is_stirred = change.is_changed and not change.has_settled
        return replace(self, gate=self.gate.shown(change), is_stirred=is_stirred)

    def detected(self, change: Change, at: Seconds, detections: Detections, why: Why) -> Self:
        """Return the attention after a detection."""
        changed_at = at if why in (Why.FIRST, Why.CHANGED) else self.changed_at
        return replace(
            self,
            gate=self.gate.detected(change),
            detected_at=at,
            changed_at=changed_at,
            detections=detections,
        )

    def _is_settling(self, at: Seconds, intervals: Intervals) -> bool:
        return self.changed_at is not None and at - self.changed_at < intervals.settle_s

    def _is_doubtful(self, stay: Stay, change: Change, size: Size) -> bool:
        """Tell whether the next look may say something else of a stay than the last one did."""
        if change.touches(stay.box, size):
            return True
        if not self._saw(stay):
            return stay.looks > 1  # else it only passed
        return stay.looks < _SURE_LOOKS or stay.detected_ratio < _SURE_RATIO

    def _saw(self, stay: Stay) -> bool:
        if self.detections is None or not len(self.detections):
            return False
        box = np.array([stay.box], np.float32)
        return bool(iou(box, self.detections.xyxy).max() >= _SAME_IOU)


def is_maturing(stay: Stay) -> bool:
    """Tell whether a stay may become a violation."""
    return stay.violation_at is None


def is_open(stay: Stay) -> bool:
    """Tell whether something is to be decided of a stay: whether it violates, or has left."""
    return is_maturing(stay) or stay.absent_s > 0


def promised(stays: Sequence[Stay]) -> Promise | None:
    """Return what is promised of the time to the next look; None: only a detection is."""
    if any(map(is_maturing, stays)):
        return Promise.CLOSE
    return Promise.CLEARING if any(map(is_open, stays)) else None
