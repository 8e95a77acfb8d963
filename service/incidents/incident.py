"""An incident: one violation at one place, from the first sight of it to its end."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.place import Surface


class State(StrEnum):
    """Where an incident is in its life.

    `CANDIDATE` stands but not long enough; `WARNED` is a violation whose people were warned and
    have a while to go (soft start); `OPEN` is a violation and is filed; `CLEARED` was seen to be
    gone; `CLOSED` is done with: closed or rejected by the case platform, or a candidate that left.
    What stands on after its case was closed is `OPEN` again.
    """

    CANDIDATE = "candidate"
    WARNED = "warned"
    OPEN = "open"
    CLEARED = "cleared"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Versions:
    """What judged: so that a case can be judged again."""

    model: str
    zone: str
    rule: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One real-world violation. Times are capture times; boxes are pixels of the stream.

    Attributes:
        id: Follows from camera, zone, type, place and episode start: the same after a restart.
        anchor: Where it first stood, pixels.
        bbox: Where it was last seen, pixels.
        cleared_at: When it was found to be gone.
        closed_at: When the case platform last closed or rejected it, or the candidate left.
        rejected_at: When the case platform said that it is none.
        disputed_at: When it was found to stand on though its case was closed.
        warned_at: When those concerned were warned; None without a soft start.
        opened_at: When it was filed; None for what never was.
        surface: Of its zone.
        recurrence_of: The earlier incident at this place that had been cleared, if any.
        recurrences: How many earlier incidents stood at this place.
        lon: Where it is on the ground, degrees east; None where its camera can't tell.
        lat: Degrees north.
        width_m: How wide it is on the ground, as far as its camera can tell.
        duplicate_of: The incident of another camera whose case this is a view of.
        left_at: When its own camera found it gone while another one still saw it.
        muted_until: Nothing is to be filed at its place until then, as a person has said.
    """

    id: str
    camera_id: str
    zone_id: str
    type: str
    state: State
    first_seen: Seconds
    last_seen: Seconds
    observed_s: Seconds
    unobserved_s: Seconds
    anchor: Box
    bbox: Box
    confidence: float
    versions: Versions
    violation_at: Seconds | None = None
    cleared_at: Seconds | None = None
    closed_at: Seconds | None = None
    recurrence_of: str | None = None
    recurrences: int = 0
    rejected_at: Seconds | None = None
    disputed_at: Seconds | None = None
    warned_at: Seconds | None = None
    opened_at: Seconds | None = None
    surface: Surface | None = None
    lon: float | None = None
    lat: float | None = None
    width_m: float | None = None
    duplicate_of: str | None = None
    left_at: Seconds | None = None
    muted_until: Seconds | None = None

    @property
    def case_id(self) -> str:
        """The incident whose case this is: another camera's, or itself."""
        return self.duplicate_of or self.id


def incident_id(camera_id: str, stay_key: str) -> str:
    """Name an episode. One episode has one name, whoever computes it and however often."""
    return hashlib.sha256(f"{camera_id}/{stay_key}".encode()).hexdigest()[:26]
