"""What a camera's capture tells about itself: frozen values for logs, metrics and people."""

from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds


class Phase(StrEnum):
    """Where a capture stands."""

    CONNECTING = "connecting"
    LIVE = "live"
    RETRYING = "retrying"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CaptureState:
    """One change of a capture's state.

    Attributes:
        phase: Where it stands.
        at: Since when, seconds since the epoch.
        reason: Why it is retrying, or had to when it is connecting; for people, without passwords.
        next_try_in_s: How long it waits before the next try.
    """

    phase: Phase
    at: Seconds
    reason: str = ""
    next_try_in_s: Seconds = 0.0

    @property
    def is_live(self) -> bool:
        """Whether pictures come."""
        return self.phase is Phase.LIVE


@dataclass(frozen=True, slots=True)
class CaptureCounts:
    """What a capture has done since it was started.

    Attributes:
        packets: Received.
        frames: Pictures handed on.
        corrupt: Packets and pictures thrown away because they were damaged.
        connections: Times the source was opened.
        decode_s: Processor time of decoding and scaling.
        key_gap_s: Between the latest two key frames; None before the second.
    """

    packets: int = 0
    frames: int = 0
    corrupt: int = 0
    connections: int = 0
    decode_s: Seconds = 0.0
    key_gap_s: Seconds | None = None
