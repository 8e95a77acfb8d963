"""From how many people on a zone has a crowd, where somebody has said so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels by place.

    Attributes:
        by_place: `camera/zone`, with `*` for any; 0: nobody is warned.
    """

    by_place: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, camera_id: str, zone_id: str) -> float | None:
        """Return a zone's level, the nearest to it that is written; None: none is.

        >>> Levels({"*/*": 30.0, "gate/*": 12.0}).of("gate", "square")
        12.0
        """
        for name in (f"{camera_id}/{zone_id}", f"{camera_id}/*", f"*/{zone_id}", "*/*"):
            if name in self.by_place:
                return self.by_place[name]
        return None
