"""The demo street's script: who is where at which second of the clip, and what that violates.

Seconds of clip time, metres of the street (see `street`). Nothing here draws anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, hypot, pi

from streetwatch.datasets.demo.camera import View

CAMERA = "demo-street"
FPS = 10
DURATION_S = 132
VIEW = View(at=(-8.5, 0.0, 6.5), look_at=(0.0, 20.0, 1.2), across_deg=62.0)
PAVEMENT_M = 0.14
Spot = tuple[float, float]
Ease = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Leg:
    """A way along straight lines through `spots` from `start` to `end`.

    `ease` maps the share of time to the share of the way.
    """

    start: float
    end: float
    spots: tuple[Spot, ...]
    ease: Ease

    def at(self, clip_s: float) -> Spot:
        """Where on the way at that second."""
        share = min(1.0, max(0.0, (clip_s - self.start) / (self.end - self.start)))
        left = self.ease(share) * sum(_lengths(self.spots))
        for ((x1, y1), (x2, y2)), length in zip(
            pairwise(self.spots), _lengths(self.spots), strict=True
        ):
            if left <= length:
                part = left / length
                return x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
            left -= length
        return self.spots[-1]

    def heading(self, clip_s: float) -> float:
        """Direction of travel in radians; 0 is +y, to the left is positive."""
        reach = 0.35  # seconds: cars turn smoothly through the corners of their way
        (x1, y1), (x2, y2) = self.at(clip_s - reach), self.at(clip_s + reach)
        return atan2(y2 - y1, x2 - x1) - pi / 2


def _lengths(spots: tuple[Spot, ...]) -> list[float]:
    return [hypot(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(spots)]


def evenly(share: float) -> float:
    """A steady pace."""
    return share


def braking(share: float) -> float:
    """Fast at first, standing at the end."""
    return 1 - (1 - share) ** 2


def setting_off(share: float) -> float:
    """Standing at first, fast at the end."""
    return share**2


CAR_SPOT: Spot = (-1.15, 18.0)
STALL_SPOT: Spot = (3.5, 14.6)
VENDOR_SPOT: Spot = (2.45, 15.5)
HEAP_SPOT: Spot = (1.0, 10.6)
HELPER_SPOT: Spot = (1.9, 11.6)
STALL_TURN, VENDOR_TURN = -1.2, -0.6
_IN: tuple[Spot, ...] = (
    (-3.6, -3.0),
    (-3.5, 2.0),
    (-3.0, 8.0),
    (-1.9, 13.0),
    (-1.25, 16.0),
    CAR_SPOT,
)
_OUT: tuple[Spot, ...] = (
    CAR_SPOT,
    (-1.12, 19.0),
    (-1.5, 21.5),
    (-2.3, 25.0),
    (-3.6, 31.0),
    (-4.0, 40.0),
    (-4.0, 92.0),
)

CAR_LEGS = (Leg(0.6, 6.0, _IN, braking), Leg(110.0, 118.0, _OUT, setting_off))
CAR_TURN = CAR_LEGS[0].heading(CAR_LEGS[0].end)
PASSING_LEGS = (
    Leg(58.0, 66.0, ((-4.3, -2.0), (-4.3, 92.0)), evenly),
    Leg(84.0, 92.0, ((-7.7, 92.0), (-7.7, 0.0)), evenly),
)
STALL_LEGS = (
    Leg(14.0, 19.5, ((3.5, 4.6), STALL_SPOT), evenly),
    Leg(120.0, 125.5, (STALL_SPOT, (3.5, 4.6)), evenly),
)
_FROM_DOOR: tuple[Spot, ...] = ((5.4, 7.4), HELPER_SPOT)
_TO_DOOR: tuple[Spot, ...] = (HELPER_SPOT, (5.4, 7.4))
_BEHIND_CART: tuple[Spot, ...] = ((3.45, 12.5), (2.2, 13.0), VENDOR_SPOT)
VENDOR_LEGS = (
    Leg(19.5, 22.1, _BEHIND_CART, evenly),
    Leg(117.4, 120.0, _BEHIND_CART[::-1], evenly),
)
RESIDENT_LEGS = (Leg(24.0, 28.2, _FROM_DOOR, evenly), Leg(33.6, 37.8, _TO_DOOR, evenly))
CLEANER_LEGS = (Leg(117.8, 122.0, _FROM_DOOR, evenly), Leg(126.6, 130.8, _TO_DOOR, evenly))
_STROLL: tuple[Spot, ...] = (
    (5.2, 27.5),
    (3.4, 25.0),
    (1.45, 18.0),
    (1.5, 14.0),
    (2.5, 10.5),
    (2.6, 3.0),
)
STROLL_LEGS = (Leg(44.0, 62.0, _STROLL, evenly),)
BAGS_FROM, BAGS_UNTIL = (28.8, 33.2), (123.0, 126.0)


@dataclass(frozen=True, slots=True)
class Event:
    """What a rule should file: zone, type and the seconds it is really there."""

    zone: str
    type: str
    start: float
    end: float
    dwell_s: float = 20.0


EVENTS = (
    Event("carriageway", "illegal_parking_motor", CAR_LEGS[0].end, CAR_LEGS[1].start),
    Event("pavement", "street_vending", STALL_LEGS[0].end, STALL_LEGS[1].start),
    Event("pavement-garbage", "exposed_garbage", BAGS_FROM[0], BAGS_UNTIL[1]),
)


def truth() -> list[dict[str, str | float]]:
    """The events in the form of truth.json."""
    return [
        {
            "camera": CAMERA,
            "zone": event.zone,
            "type": event.type,
            "start": event.start,
            "end": event.end,
            "violation_at": event.start + event.dwell_s,
        }
        for event in EVENTS
    ]
