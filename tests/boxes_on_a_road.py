"""A road that is looked at without pictures: boxes only, one look after the other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Rule, ViolationType
from streetwatch.zones.schedule import Schedule, Window
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

SIZE = (640, 360)
RULE = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0, clear_s=30.0)
ROAD = Zone("road", ((0.0, 0.2), (1.0, 0.2), (1.0, 1.0), (0.0, 1.0)), rules=(RULE,))
CAR: Box = (200.0, 150.0, 300.0, 220.0)
NEVER_LOOKED = Presence()
FAR: Box = (500.0, 150.0, 600.0, 220.0)


@dataclass(frozen=True)
class Seen:
    """One detection; a car unless said otherwise."""

    box: Box = CAR
    label: str = "car"
    confidence: float = 0.8


def look(at: float, *seen: Seen) -> Look:
    return Look(
        at,
        SIZE,
        Detections(
            np.array([found.box for found in seen], np.float32).reshape(-1, 4),
            np.array([found.confidence for found in seen], np.float32),
            np.array([CLASS_ID[found.label] for found in seen], np.int64),
        ),
    )


@dataclass
class Watch:
    """Looks folded one after the other, with everything that was ever gone."""

    zones: tuple[Zone, ...] = (ROAD,)
    presence: Presence = NEVER_LOOKED
    gone: tuple[Stay, ...] = ()
    epoch: float | None = None

    def see(self, at: float, *seen: Seen) -> None:
        seen_now = observe(self.presence, look(at, *seen), self.zones, epoch=self.epoch)
        self.presence = seen_now.presence
        self.gone += seen_now.gone

    def keep_seeing(self, times: Iterable[float], *seen: Seen) -> None:
        for at in times:
            self.see(at, *seen)

    @property
    def stays(self) -> tuple[Stay, ...]:
        return self.presence.stays

    @property
    def stay(self) -> Stay:
        (only,) = self.stays
        return only

    @property
    def violations(self) -> list[Stay]:
        return [stay for stay in (*self.gone, *self.stays) if stay.violation_at is not None]


def every(seconds: float, start: float, end: float) -> list[float]:
    """Times from start to end inclusive."""
    return [start + step * seconds for step in range(int((end - start) / seconds) + 1)]


def shifted(box: Box, right: float, down: float = 0.0) -> Box:
    x1, y1, x2, y2 = box
    return (x1 + right, y1 + down, x2 + right, y2 + down)


def from_seven(grace_s: float = 0.0) -> Rule:
    """The rule, from seven in the morning to seven in the evening."""
    window = Window(frozenset(range(7)), 7 * 60, 19 * 60)
    return replace(RULE, schedule=Schedule((window,)), grace_s=grace_s)
