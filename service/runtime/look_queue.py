"""Who is looked at next: a place per camera; what is latest by its own patience goes first."""

from collections import Counter
from dataclasses import dataclass

from streetwatch.service.runtime.attention import Why
from streetwatch.vision.gate import Change
from streetwatch.vision.types import Seconds
from streetwatch.vision.view import Glance


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A picture that the detector is to see.

    Attributes:
        glance: The picture.
        change: What it shows that was not seen.
        why: Why.
        since: Capture time since which this camera has waited.
        patience_s: How long it may.
    """

    glance: Glance
    change: Change
    why: Why
    since: Seconds
    patience_s: Seconds

    def lateness(self, now: Seconds) -> float:
        """Return how late it is, in patiences: all cameras fall behind evenly."""
        return (now - self.since) / self.patience_s


class LookQueue:
    """Pictures that wait for the detector, the newest of each camera. Used by one thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, Wanted] = {}
        self._replaced: Counter[str] = Counter()

    def put(self, glance: Glance, change: Change, why: Why, *, patience_s: Seconds) -> None:
        """Let a picture wait; one of the same camera gives its turn to the newer one."""
        camera_id, at = glance.frame.camera_id, glance.frame.at
        before = self._waiting.get(camera_id)
        self._replaced[camera_id] += before is not None
        if before is None:
            self._waiting[camera_id] = Wanted(glance, change, why, at, patience_s)
            return
        # A change that waits is not made less urgent by a quiet picture after it.
        least_s = min(patience_s, before.patience_s)
        self._waiting[camera_id] = Wanted(glance, change, before.why, before.since, least_s)

    def take(self, now: Seconds) -> Wanted | None:
        """Return the picture that is latest; None where none waits."""
        if not self._waiting:
            return None
        latest = max(self._waiting.values(), key=lambda one: one.lateness(now))
        return self._waiting.pop(latest.glance.frame.camera_id)

    def take_some(self, most: int, now: Seconds) -> list[Wanted]:
        """Return the pictures that are latest, at most so many; none is waited for."""
        taken = (self.take(now) for _ in range(min(most, len(self))))
        return [one for one in taken if one is not None]

    def forget(self, camera_id: str) -> None:
        """Throw away what waits of a camera."""
        self._waiting.pop(camera_id, None)

    def why(self, camera_id: str) -> Why | None:
        """Return what a camera waits for; None where it does not."""
        waiting = self._waiting.get(camera_id)
        return None if waiting is None else waiting.why

    def replaced(self, camera_id: str) -> int:
        """Return how many pictures of a camera gave their turn to a newer one."""
        return self._replaced[camera_id]

    def __len__(self) -> int:
        return len(self._waiting)
