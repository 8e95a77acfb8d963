"""A drawn street with one place where something stands, and the looks at it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look, View
from streetwatch.zones.presence import Observation, Presence, observe
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

SIZE = (640, 360)
ROAD = Zone(
    "road",
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    rules=(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR],),
)
CAR: Box = (200.0, 150.0, 300.0, 220.0)
STREET = np.random.default_rng(0).integers(60, 200, (180, 320)).astype(np.uint8)
RED = np.random.default_rng(1).integers(0, 255, (35, 50)).astype(np.uint8)
BLUE = np.random.default_rng(2).integers(0, 255, (35, 50)).astype(np.uint8)


def view(car: npt.NDArray[np.uint8] | None, *, light: float = 1.0) -> View:
    drawn = STREET.astype(np.float32)
    if car is not None:
        drawn[75:110, 100:150] = car
    shown: View = np.clip(drawn * light, 0, 255).astype(np.uint8)
    return shown


def look(at: float, shown: View, *boxes: Box, label: str = "car") -> Look:
    rows = len(boxes)
    seen = Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(rows, 0.8, np.float32),
        np.full(rows, CLASS_ID[label], np.int64),
    )
    return Look(at, SIZE, seen, shown)


def watched(looks: Iterable[Look], zone: Zone = ROAD) -> tuple[tuple[Stay, ...], tuple[Stay, ...]]:
    """Return what stands at the end, and what was ended."""
    state = Observation(Presence(), (), SIZE)
    gone: tuple[Stay, ...] = ()
    for one in looks:
        state = observe(state.presence, one, (zone,), epoch=None)
        gone += state.gone
    return state.presence.stays, gone


def resembling(share: float) -> npt.NDArray[np.uint8]:
    """Return a car that looks so much like the red one: of its make, of another hand."""
    return np.asarray(share * RED + (1 - share) * BLUE, np.uint8)


def noisy(looks: Iterable[Look], deviation: float) -> list[Look]:
    chance = np.random.default_rng(5)
    return [
        replace(
            one,
            view=np.clip(
                (0 if one.view is None else one.view) + chance.normal(0, deviation, (180, 320)),
                0,
                255,
            ).astype(np.uint8),
        )
        for one in looks
    ]
