"""A stay: something at a place for a time. It belongs to the place, not to a track id."""

from dataclasses import dataclass, replace
from typing import Self

from streetwatch.vision.types import Box, Seconds


@dataclass(frozen=True, slots=True)
class Stay:
    """One object at one place, with the time it was seen there and the time it was not.

    The three sums add up to `last_seen - first_seen`.

    Attributes:
        zone_id: The zone it stands in.
        type: The violation type whose rule watches it.
        anchor: Where it first stood, pixels.
        box: Where it was last seen, pixels.
        confidence: Mean confidence over the looks in which it was seen.
        looks: In how many looks it was seen.
        first_seen: Capture time of the first look that saw it.
        last_seen: Capture time of the latest look that saw it.
        observed_s: For each look that saw it, while its rule applied: the time since the last one.
        missed_s: Looked at and not seen, in gaps short enough to count as dwell.
        idle_s: All other time: outages, gaps too long, hours in which the rule does not apply.
        absent_s: How long it has been looked for in clear view and not found.
        unlooked_s: How much of the time since `last_seen` nobody looked.
        violation_at: When its dwell was full; None while it is not a violation.
    """

    zone_id: str
    type: str
    anchor: Box
    box: Box
    confidence: float
    looks: int
    first_seen: Seconds
    last_seen: Seconds
    observed_s: Seconds = 0.0
    missed_s: Seconds = 0.0
    idle_s: Seconds = 0.0
    absent_s: Seconds = 0.0
    unlooked_s: Seconds = 0.0
    violation_at: Seconds | None = None

    @property
    def key(self) -> str:
        """Name the episode by place and time: the same after a restart, in every replay."""
        x1, y1, x2, y2 = (round(value) for value in self.anchor)
        return f"{self.zone_id}/{self.type}/{self.first_seen:.3f}/{x1},{y1},{x2},{y2}"

    @property
    def dwell_s(self) -> Seconds:
        """The time that counts towards the rule."""
        return self.observed_s + self.missed_s

    @property
    def unobserved_s(self) -> Seconds:
        """The part of the stay in which nobody saw it."""
        return self.missed_s + self.idle_s

    @property
    def presence_ratio(self) -> float:
        """Share of the dwell in which it was seen; 1 before any dwell."""
        return self.observed_s / self.dwell_s if self.dwell_s else 1.0

    def sighted(self, box: Box, confidence: float) -> Self:
        """Return the stay seen once more, its times unchanged."""
        mean = (self.confidence * self.looks + confidence) / (self.looks + 1)
        return replace(self, box=box, confidence=mean, looks=self.looks + 1)
