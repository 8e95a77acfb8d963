"""Looks at a clip that spare the detector, as the service does: nothing changed, nothing new.

The service asks the detector on a change, while something matures, and every so often
(`service.runtime.attention`). Recorded looks must not depend on what presence made of them, so
"something matures" is taken more widely here: anything of the rules was seen anywhere, however
unsure, within twice their dwell of the last change. What is repeated has been seen to be empty, or
has had its verdict.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from streetwatch.service.cameras import Camera
from streetwatch.vision.gate import Gate
from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Detections, Frame, Look, Seconds, Sees, View
from streetwatch.vision.view import glance_at
from streetwatch.zones.zone import ZoneKind

#: The service's defaults (`detection.idle_interval_s`, and how long a change is followed).
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
    """What was last detected, and when something last changed."""

    gate: Gate
    detections: Detections
    detected_at: Seconds
    changed_at: Seconds

    def holds(self, view: View, at: Seconds, watching: Watching) -> bool:
        """Tell whether it can be said again of another picture."""
        if self.gate.passed(view) or at - self.detected_at >= _IDLE_S:
            return False
        since = at - self.changed_at
        matures = since < watching.matures_s and not watching.labels.isdisjoint(
            self.detections.labels
        )
        return since >= _SETTLE_S and not matures


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
    seen: _Seen | None = None
    for frame in frames:
        glance = glance_at(frame, longest=detector.longest_side, masks=camera.masks)
        if seen is None or not seen.holds(glance.view, frame.at, watching):
            changed = seen is None or seen.gate.passed(glance.view)
            detections = glance.detected(detector, confidence=confidence)
            gate = Gate(watching.areas).looked_at(glance.view)
            at = frame.at if seen is None or changed else seen.changed_at
            seen = _Seen(gate, detections, frame.at, at)
        yield glance.look(seen.detections)
