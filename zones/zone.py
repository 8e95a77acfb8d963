"""A zone: an area of one camera's picture and what is forbidden in it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place, Surface
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import Rule
from streetwatch.zones.schedule import ALWAYS, Schedule


class ZoneKind(StrEnum):
    """What an area means.

    `PERMITTED` and `EXCLUDE` cut out of every prohibited zone; a stall that touches a `SHOPFRONT`
    is the shop's own; a `PRIVACY_MASK` is painted over before anything looks at the picture.
    """

    PROHIBITED = "prohibited"
    PERMITTED = "permitted"
    EXCLUDE = "exclude"
    SHOPFRONT = "shopfront"
    PRIVACY_MASK = "privacy_mask"


@dataclass(frozen=True, slots=True)
class Zone:
    """An area drawn by the operator. Rules apply in prohibited zones only.

    Attributes:
        id: Unique on its camera.
        polygon: Its outline.
        kind: What it means.
        rules: What is forbidden in it.
        schedule: When a permitted zone is one: a night market.
        grace_s: For so long after its hours it still is.
        surface: Road or pavement; None where nobody said.
        place: Where its ground lies on the map; None: nobody measured it.
    """

    id: str
    polygon: Polygon
    kind: ZoneKind = ZoneKind.PROHIBITED
    rules: tuple[Rule, ...] = ()
    schedule: Schedule = ALWAYS
    grace_s: Seconds = 0.0
    surface: Surface | None = None
    place: Place | None = None

    def cuts_out(self, at: Seconds | None) -> bool:
        """Tell whether what stands in it counts in no other zone.

        Args:
            at: Seconds since the epoch; None: hours are left out.
        """
        if self.kind not in {ZoneKind.PERMITTED, ZoneKind.EXCLUDE}:
            return False
        if at is None:
            return True
        return self.schedule.is_open(at) or self.schedule.is_open(at - self.grace_s)

    @property
    def version(self) -> str:
        """Name this outline and kind, so that evidence can say what it was judged against."""
        drawn = (
            self.polygon,
            self.kind,
            *((self.schedule, self.grace_s) if self.has_hours else ()),
        )
        return hashlib.sha256(repr(drawn).encode()).hexdigest()[:12]

    @property
    def has_hours(self) -> bool:
        """Tell whether it is not the same at all hours."""
        return self.schedule != ALWAYS

    def rule(self, violation_type: str) -> Rule:
        """Return the zone's rule for a violation type.

        Raises:
            KeyError: the zone has none.
        """
        for rule in self.rules:
            if rule.type == violation_type:
                return rule
        raise KeyError(f"zone {self.id} has no rule for {violation_type}")
