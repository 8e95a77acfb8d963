"""Does the detector keep its promise? A pure state over the lateness of its looks."""

from dataclasses import dataclass
from math import exp
from typing import Self

from streetwatch.vision.types import Seconds

#: A detection counts the less, the longer ago it was.
_MEMORY_S: Seconds = 30.0

#: One late look of few says little.
_LEAST = 20.0

#: A larger share of late looks than this is an overload ...
_TOO_MANY = 0.10

#: ... which is over when it is smaller than this.
_FEW = 0.02


@dataclass(frozen=True, slots=True)
class Overload:
    """How many of the latest detections came later than their camera's patience.

    Attributes:
        looks: Detections of the last half minute, about.
        late: Those of them that were late.
        is_on: Whether the machine can't keep its promise now. All cameras wait alike.
        at: When the latest detection was.
    """

    looks: float = 0.0
    late: float = 0.0
    is_on: bool = False
    at: Seconds | None = None

    @property
    def late_share(self) -> float:
        """How many of the latest detections were late, 0..1."""
        return self.late / max(self.looks, _LEAST)

    def after(self, lateness: float, at: Seconds) -> Self:
        """Return the state after a detection that waited so many patiences."""
        faded = exp(-max(at - self.at, 0.0) / _MEMORY_S) if self.at is not None else 1.0
        looks, late = self.looks * faded + 1, self.late * faded + (lateness > 1)
        is_on = late / max(looks, _LEAST) > (_FEW if self.is_on else _TOO_MANY)
        return type(self)(looks, late, is_on, at)
