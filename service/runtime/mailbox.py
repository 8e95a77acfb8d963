"""Where capture threads and the detector meet: one place per camera, the newest frame wins."""

import threading
from collections import Counter
from collections.abc import Container

from streetwatch.vision.types import Frame, Seconds


class Mailboxes:
    """A one-place mailbox per camera, emptied fairly.

    A slow reader sees fewer frames of every camera, never older ones and never those of one
    camera only: taking goes round in the order in which the cameras' places were filled.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, Frame] = {}
        self._is_woken = False
        self._dropped: Counter[str] = Counter()

    def put(self, frame: Frame) -> None:
        """Leave a frame; one of the same camera that was not taken yet is dropped and counted."""
        with self._changed:
            self._dropped[frame.camera_id] += frame.camera_id in self._waiting
            self._waiting[frame.camera_id] = frame
            self._changed.notify()

    def wake(self) -> None:
        """Let whoever waits for a frame, or is next to, come away without one."""
        with self._changed:
            self._is_woken = True
            self._changed.notify()

    def take(self, *, timeout_s: Seconds, but: Container[str] = ()) -> Frame | None:
        """Return the frame of the camera that has waited longest; None when none came.

        Args:
            timeout_s: How long one is waited for.
            but: Cameras whose frames stay where they are.
        """

        def longest() -> str | None:
            return next((one for one in self._waiting if one not in but), None)

        with self._changed:
            self._changed.wait_for(lambda: longest() is not None or self._is_woken, timeout_s)
            self._is_woken = False
            camera_id = longest()
            return None if camera_id is None else self._waiting.pop(camera_id)

    def __len__(self) -> int:
        """Return how many frames wait."""
        with self._changed:
            return len(self._waiting)

    def forget(self, camera_id: str) -> None:
        """Throw away what waits of a camera."""
        with self._changed:
            self._waiting.pop(camera_id, None)

    def dropped(self, camera_id: str) -> int:
        """Return how many frames of a camera were replaced before anybody took them."""
        with self._changed:
            return self._dropped[camera_id]
