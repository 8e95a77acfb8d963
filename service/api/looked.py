"""What was looked at lately: looking at one thing again is the same look, noted once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from streetwatch.vision.types import Seconds

#: In which looking at one thing again is the same look.
_ONE_LOOK_S: Final[Seconds] = 600.0


class Looked:
    """What somebody has looked at lately: a player asks for one clip in a hundred pieces."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, float] = OrderedDict()

    def is_new(self, look: Hashable) -> bool:
        """Tell whether it is noted, and from now on it is, for a while."""
        now = time.monotonic()
        with self._lock:
            while self._known and now - next(iter(self._known.values())) > _ONE_LOOK_S:
                self._known.popitem(last=False)
            if look in self._known:
                return False
            self._known[look] = now
        return True
