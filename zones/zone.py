"""A zone: an area of one camera's picture and what is forbidden in it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import Rule


class ZoneKind(StrEnum):
    """What an area means.

    `PERMITTED` and `EXCLUDE` cut out of every prohibited zone; a `PRIVACY_MASK` is painted
    over before anything looks at the picture.
    """

    PROHIBITED = "prohibited"
    PERMITTED = "permitted"
    EXCLUDE = "exclude"
    PRIVACY_MASK = "privacy_mask"


@dataclass(frozen=True, slots=True)
class Zone:
    """An area drawn by the operator. Rules apply in prohibited zones only."""

    id: str
    polygon: Polygon
    kind: ZoneKind = ZoneKind.PROHIBITED
    rules: tuple[Rule, ...] = ()

    @property
    def version(self) -> str:
        """Name this outline and kind, so that evidence can say what it was judged against."""
        return hashlib.sha256(repr((self.polygon, self.kind)).encode()).hexdigest()[:12]

    def rule(self, violation_type: str) -> Rule:
        """Return the zone's rule for a violation type.

        Raises:
            KeyError: the zone has none.
        """
        for rule in self.rules:
            if rule.type == violation_type:
                return rule
        raise KeyError(f"zone {self.id} has no rule for {violation_type}")
