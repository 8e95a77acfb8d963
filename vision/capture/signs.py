"""Does a thread still go on? It says each time within what time it will be heard of again."""

import time

from streetwatch.vision.types import Seconds


class SignsOfLife:
    """The signs of one thread, read by another."""

    def __init__(self) -> None:
        self._due: Seconds | None = None

    def next_within(self, seconds: Seconds) -> None:
        """Give a sign, and say when the next one comes at the latest."""
        self._due = time.monotonic() + seconds

    @property
    def is_awaited(self) -> bool:
        """Whether there was a first one."""
        return self._due is not None

    @property
    def overdue_s(self) -> Seconds:
        """How late the next one is."""
        due = self._due
        return 0.0 if due is None else max(time.monotonic() - due, 0.0)
