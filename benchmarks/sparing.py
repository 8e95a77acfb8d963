"""Looks at a clip that spare the detector, as the service does: nothing settled, nothing new.

The service asks the detector where something settled, while it matures, and every so often
(`service.runtime.attention`). Recorded looks must not depend on what presence made of them, so
"something matures" is taken more widely here: anything of the rules was seen anywhere, however
unsure, within twice their dwell of the last change. What is repeated has been seen to be empty, or
has had its verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from streetwatch.service.cameras import Camera
from streetwatch.vision.gate import Change, Gate
from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Detections, Frame, Look, Seconds, Sees, Size
from streetwatch.vision.view import glance_at
from streetwatch.zones.zone import ZoneKind

#: As in the service: `idle_interval_s`, and how long a change is followed.
_IDLE_S: Seconds = 30.0
_SETTLE_S: Seconds = 6.0

#: Of the longest dwell: what was seen for so long without a change has matured, or never will.
_DWELLS = 2.0


@dataclass(frozen=True, slots=True)
class Watching:
    """What is looked for on a camera, and where."""

    areas: tuple[Outline, ...]
    labels: frozenset[str]
    matures_s: Seconds

    @classmethod
    def of(cls, camera: Camera) -> Self:
        """Return what a camera's rules look for."""
        zones = [zone for zone in camera.zones if zone.kind is ZoneKind.PROHIBITED]
        rules = [rule for zone in zones for rule in zone.rules]
        return cls(
            areas=tuple(zone.polygon for zone in zones),
            labels=frozenset(label for rule in rules for label in rule.labels),
            matures_s=_DWELLS * max((rule.dwell_s for rule in rules), default=0.0),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was last detected, and when something last settled."""

    detections: Detections
    detected_at: Seconds
    changed_at: Seconds

    def holds(self, change: Change, at: Seconds, watching: Watching) -> bool:
        """Tell whether another picture need not be detected in."""
        waited_s = at - self.detected_at
        if change.has_settled or waited_s >= _IDLE_S:
            return False
        since = at - self.changed_at
        if since < _SETTLE_S:
            return False
        return since >= watching.matures_s or not len(self._wanted(watching))

    def again(self, change: Change, size: Size, watching: Watching) -> Detections | None:
        """Return what is said again of a picture; None: nothing is said of it."""
        if not change.is_changed:
            return self.detections
        if _touched(self._wanted(watching), change, size).any():
            return None
        return self.detections[~_touched(self.detections, change, size)]

    def _wanted(self, watching: Watching) -> Detections:
        labels = self.detections.labels
        return self.detections[np.array([one in watching.labels for one in labels], np.bool_)]


def _touched(seen: Detections, change: Change, size: Size) -> npt.NDArray[np.bool_]:
    boxes = seen.xyxy.tolist()
    touched = [change.touches((x1, y1, x2, y2), size) for x1, y1, x2, y2 in boxes]
    return np.array(touched, np.bool_)


def sparing_looks(
    frames: Iterable[Frame], detector: Sees, camera: Camera, *, confidence: float
) -> Iterator[Look]:
    """Detect where it may decide something; say elsewhere again what was seen.

    Args:
        frames: Of a clip.
        detector: What sees.
        camera: Whose rules and areas matter.
        confidence: As in `Sees.detect`.
    """
    watching = Watching.of(camera)
    gate = Gate(watching.areas)
    seen: _Seen | None = None
    for frame in frames:
        glance = glance_at(frame, longest=detector.longest_side, masks=camera.masks)
        change = gate.change(glance.view)
        gate = gate.shown(change)
        if seen is not None and seen.holds(change, frame.at, watching):
            again = seen.again(change, frame.size, watching)
            if again is not None:
                yield glance.look(again)
            continue
        detections = glance.detected(detector, confidence=confidence)
        gate = gate.detected(change)
        at = frame.at if seen is None or change.has_settled else seen.changed_at
        seen = _Seen(detections, frame.at, at)
        yield glance.look(detections)
