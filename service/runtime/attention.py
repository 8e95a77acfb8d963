"""Where a detection decides something: a pure policy, one state per camera, no clock.

The detector costs a hundred times what comparing pictures does. It is asked when something changed
in a watched area, while something is maturing into a violation or may have left, and every so often
in any case. In between, what it saw last is said again: the gate saw no change.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from streetwatch.vision.gate import Gate
from streetwatch.vision.types import Detections, Seconds, View
from streetwatch.zones.stay import Stay

#: Key frames tremble by so much about their distance.
_ALMOST_S: Seconds = 0.2


class Why(StrEnum):
    """Why the detector is asked."""

    FIRST = "first"  #: nothing is known yet
    CHANGED = "changed"  #: something came or went
    SETTLING = "settling"  #: something changed just now: one look may have missed it
    MATURING = "maturing"  #: something stands and is no violation yet
    CLEARING = "clearing"  #: something filed was not seen
    IDLE = "idle"  #: the longest time without a detection is over

    @property
    def promise(self) -> str:
        """How long the zones may have gone without a detection: `close` or `idle`."""
        return "close" if self in _CLOSE else "idle"


#: Something goes on: it was detected in a moment ago, and is to be again.
_CLOSE = frozenset({Why.SETTLING, Why.MATURING, Why.CLEARING})


@dataclass(frozen=True, slots=True)
class Intervals:
    """How long a camera may go without a detection, seconds of capture time.

    Attributes:
        idle_s: While nothing changes and nothing stands.
        close_s: While something is maturing or may have left.
        settle_s: For so long after a change each picture is detected in.
        quiet_s: Between two pictures that are compared, while nothing goes on.
    """

    idle_s: Seconds = 30.0
    close_s: Seconds = 2.0
    settle_s: Seconds = 6.0
    quiet_s: Seconds = 4.0

    def patience_s(self, why: Why) -> Seconds:
        """Return how long a detection may wait before it is late."""
        return self.idle_s if why is Why.IDLE else self.close_s


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What was last detected on one camera, and when something last changed there."""

    gate: Gate
    detected_at: Seconds | None = None
    changed_at: Seconds | None = None
    detections: Detections | None = None

    def wants(
        self, view: View, at: Seconds, stays: Iterable[Stay], intervals: Intervals
    ) -> Why | None:
        """Return why a picture is to be detected in, None where nothing speaks for it.

        Args:
            view: Of the picture.
            at: Its capture time.
            stays: What stands on the camera.
            intervals: How long it may go without.
        """
        if self.detected_at is None or self.detections is None:
            return Why.FIRST
        if self.gate.passed(view):
            return Why.CHANGED
        if self.changed_at is not None and at - self.changed_at < intervals.settle_s:
            return Why.SETTLING
        waited_s = at - self.detected_at
        if waited_s >= intervals.close_s - _ALMOST_S:
            if any(stay.violation_at is None for stay in stays):
                return Why.MATURING
            if any(stay.absent_s > 0 for stay in stays):
                return Why.CLEARING
        return Why.IDLE if waited_s >= intervals.idle_s - intervals.quiet_s else None

    def pace_s(self, at: Seconds, stays: Iterable[Stay], intervals: Intervals) -> Seconds:
        """Return how far apart pictures may be now: a quiet street is decoded more seldom."""
        settling = self.changed_at is not None and at - self.changed_at < intervals.settle_s
        going_on = settling or any(stay.violation_at is None or stay.absent_s > 0 for stay in stays)
        return intervals.close_s if going_on else intervals.quiet_s

    def detected(self, view: View, at: Seconds, detections: Detections, why: Why) -> Self:
        """Return the attention after a detection."""
        changed_at = at if why in (Why.FIRST, Why.CHANGED) else self.changed_at
        return replace(
            self,
            gate=self.gate.looked_at(view),
            detected_at=at,
            changed_at=changed_at,
            detections=detections,
        )
