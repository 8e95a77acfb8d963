"""Cuts an incident's clip out of the ring, once: what was cut before a restart is kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streetwatch.service.evidence.folder import sha256_of
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.capture.errors import ClipNotWritten
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.types import Seconds

CLIP: Final = "clip.mp4"

#: A clip is cut so long after its window has ended, at the latest.
CUT_WITHIN_S: Final[Seconds] = 15.0

#: What a picture shows is judged so long after it was taken, at the latest.
JUDGED_WITHIN_S: Final[Seconds] = 5.0


@dataclass(frozen=True, slots=True)
class ClipWindow:
    """How much of the stream goes into a clip, around the moment of the violation."""

    before_s: Seconds = 5.0
    after_s: Seconds = 10.0

    @property
    def length_s(self) -> Seconds:
        """Return how long a clip is."""
        return self.before_s + self.after_s

    @property
    def whole_s(self) -> Seconds:
        """Return how much of a stream is kept where a clip will be cut."""
        return self.length_s + CUT_WITHIN_S

    @property
    def lead_s(self) -> Seconds:
        """Return how much is kept where none is in sight: what one that comes begins with."""
        return self.before_s + JUDGED_WITHIN_S


def is_whole(ring: Ring, *, end: Seconds, window: ClipWindow) -> bool:
    """Tell whether the ring has the window from its beginning: no other process has seen more."""
    span = ring.span
    return span is not None and span[0] <= end - window.length_s


def cut(
    ring: Ring, folder: EvidenceStore, incident_id: str, *, end: Seconds, window: ClipWindow
) -> tuple[str, Seconds]:
    """Write the window that ends at `end`; return its sha256 and when it really begins.

    Where the ring has not the whole of it, what was cut before is asked for, wherever it is.

    Raises:
        ClipUnavailable: the ring has none of it, and none was cut before.
        StorageError: the disk refused.
    """
    begins = end - window.length_s
    ask = folder.local if is_whole(ring, end=end, window=window) else folder.fetched
    before = ask(incident_id, CLIP)
    if before is not None:  # a process that died before it was sealed has cut it
        return sha256_of(before), begins
    clip = _Clip(ring, end, window, begins)
    try:
        return folder.write_by(incident_id, CLIP, clip.write), clip.starts_at
    except ClipNotWritten as error:
        raise StorageError(str(error)) from error


@dataclass(slots=True)
class _Clip:
    ring: Ring
    end: Seconds
    window: ClipWindow
    starts_at: Seconds

    def write(self, path: Path) -> None:
        moment = self.end - self.window.after_s
        span = self.ring.write_clip(path, from_s=self.starts_at, to_s=self.end, around_s=moment)
        self.starts_at = span.from_s
