"""A stay: something at a place for a time. It belongs to the place, not to a track id."""

from dataclasses import dataclass

from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.appearance import Appearance


@dataclass(frozen=True, slots=True)
class Stay:
    """One object at one place, with the time it was seen there and the time it was not.

    The four sums add up to `last_seen - first_seen`.

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
        hidden_s: The same, while something else covered its place.
        idle_s: All other time: outages, gaps too long, hours in which the rule does not apply.
        absent_s: How long it has been looked for in clear view and not found.
        unlooked_s: How much of the time since `last_seen` nobody looked.
        covered_s: How much of the time since `last_seen` something else covered its place.
        unchanged_s: The part of `observed_s` in which no detector saw it, but the picture of its
            place was as before.
        sway: Mean movement of its centre from one look that saw it to the next, box widths.
        appearance: What it looks like; None while no picture of it was clear enough.
        violation_at: When its dwell was full; None while it is not a violation.
        attended_s: The part of `observed_s` in which a person was near.
        paused_s: The part of `idle_s` in which somebody was at work there.
        beside: Who is beside it, pixels; all 0 where nobody is or the rule does not ask.
        beside_since: Since when the same one has been; None: nobody is.
        displaced_at: When another thing had settled in its place; None: nothing has. It comes back
            if the place looks as it did before. Or when it was last seen, if another light came to
            stay after its place had looked empty for 10 s.
        moved_with: How many that had stood around it drove on when it came.
        outlasted: How many of them drove on later, while it stood.
        vacant_s: The part of `absent_s` in which its place looked like nothing of it: empty. It
            begins anew when something is seen before the place, until that was 2 s.
        vacant_looks: In how many looks that was.
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
    hidden_s: Seconds = 0.0
    covered_s: Seconds = 0.0
    unchanged_s: Seconds = 0.0
    sway: float = 0.0
    appearance: Appearance | None = None
    attended_s: Seconds = 0.0
    paused_s: Seconds = 0.0
    beside: Box = (0.0, 0.0, 0.0, 0.0)
    beside_since: Seconds | None = None
    displaced_at: Seconds | None = None
    moved_with: int = 0
    outlasted: int = 0
    vacant_s: Seconds = 0.0
    vacant_looks: int = 0

    @property
    def key(self) -> str:
        """Name the episode by place and time: the same after a restart, in every replay."""
        x1, y1, x2, y2 = (round(value) for value in self.anchor)
        return f"{self.zone_id}/{self.type}/{self.first_seen:.3f}/{x1},{y1},{x2},{y2}"

    @property
    def dwell_s(self) -> Seconds:
        """The time that counts towards the rule."""
        return self.observed_s + self.missed_s + self.hidden_s

    @property
    def unobserved_s(self) -> Seconds:
        """The part of the stay in which nobody saw it."""
        return self.missed_s + self.hidden_s + self.idle_s

    @property
    def presence_ratio(self) -> float:
        """Share of the dwell with a clear view in which it was there; 1 before any dwell."""
        return self._share(self.observed_s)

    @property
    def detected_ratio(self) -> float:
        """Share of the dwell with a clear view in which a detector saw it; 1 before any dwell."""
        return self._share(self.observed_s - self.unchanged_s)

    def _share(self, part: Seconds) -> float:
        in_view = self.observed_s + self.missed_s
        return part / in_view if in_view else 1.0
