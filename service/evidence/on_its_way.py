"""Originals that are not there yet: whoever had the camera before may be moving them just now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from streetwatch.service.incidents.case import Awaited
from streetwatch.vision.types import Seconds

#: Who is missed for so long is asked for no more: it came, or its case was deleted.
FORGOTTEN_S: Final[Seconds] = 3600.0

_Key = tuple[str, str, str | None]


@dataclass(slots=True)
class OnItsWay:
    """Tells what is on its way from what is lost. Used by one thread.

    Attributes:
        clock: Seconds since the epoch.
        patience_s: How long something may be on its way.
    """

    clock: Callable[[], Seconds]
    patience_s: Seconds
    _missed: dict[_Key, Seconds] = field(default_factory=dict)

    def is_lost(self, one: Awaited) -> bool:
        """Tell whether what is not there has been missed for too long."""
        now = self.clock()
        self._missed = {key: at for key, at in self._missed.items() if now - at < FORGOTTEN_S}
        return now - self._missed.setdefault(_key(one), now) >= self.patience_s


def _key(one: Awaited) -> _Key:
    return one.incident_id, one.attachment.name, one.attachment.original_sha256
