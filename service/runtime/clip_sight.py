"""Whether a clip is in sight: only where one is, is half a minute of coded video kept. Pure."""

from collections.abc import Iterable
from typing import Final

from streetwatch.vision.types import Seconds
from streetwatch.zones.rules import Rule
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: What will be filed within so long has its stream kept for it: more than lies between two looks at
#: what is hidden or steady, and than a machine that falls behind is late.
SOON_S: Final[Seconds] = 20.0


def is_filed_soon(stays: Iterable[Stay], zones: Iterable[Zone]) -> bool:
    """Tell whether something that stands there may be filed soon, or was just now."""
    rules = {(zone.id, rule.type.value): rule for zone in zones for rule in zone.rules}
    known = ((stay, rules.get((stay.zone_id, stay.type))) for stay in stays)
    return any(_is_due(stay, rule) for stay, rule in known if rule is not None)


def _is_due(stay: Stay, rule: Rule) -> bool:
    if stay.violation_at is None:  # also one that has stood long enough and is not sure yet
        return stay.dwell_s >= rule.dwell_s - SOON_S
    return abs(stay.violation_at + rule.soft_start_s - stay.last_seen) <= SOON_S
