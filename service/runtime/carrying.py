"""What stands on a camera whose zones are drawn anew: what stays, what waits aside. Pure.

Nobody saw what stands leave only because its zone was moved: its case is left as it is, and its
stay is put aside. Should a zone be drawn around it again, it goes on, and files nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from streetwatch.vision.types import Seconds, Size
from streetwatch.zones import footprint, polygon
from streetwatch.zones.presence import Presence, Remembered
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of a presence when the zones change.

    Attributes:
        presence: Goes on under the new zones.
        aside: Stays that no zone holds now, and when they were put aside.
    """

    presence: Presence
    aside: Presence


def carried(
    presence: Presence, aside: Presence, zones: Iterable[Zone], *, size: Size | None, at: Seconds
) -> Carried:
    """Part a camera's stays by its new zones.

    Args:
        presence: What stands.
        aside: What was put aside before, `last_look` telling when.
        zones: As they are from now on.
        size: Of the camera's picture; None while it has given none.
        at: Now.
    """
    zones = tuple(zones)
    since = at if aside.last_look is None else aside.last_look
    back = [_after(stay, at - since) for stay in aside.stays]
    stays = (*presence.stays, *back)
    held = [stay for stay in stays if _holds(zones, stay, size, at)]
    others = tuple(stay for stay in stays if stay not in held)
    return Carried(
        Presence.of(replace(presence.remembered(), stays=tuple(held))),
        Presence.of(Remembered(at if others else None, stays=others)),
    )


def _after(stay: Stay, away_s: Seconds) -> Stay:
    """Return a stay that nobody has looked at for so long."""
    return replace(stay, unlooked_s=stay.unlooked_s + max(away_s, 0.0))


def _holds(zones: tuple[Zone, ...], stay: Stay, size: Size | None, at: Seconds) -> bool:
    """Tell whether a zone with its rule is still around a stay, and nothing cut out of it."""
    around = [
        zone
        for zone in zones
        if zone.id == stay.zone_id and any(rule.type == stay.type for rule in zone.rules)
    ]
    if not around or size is None:
        return bool(around)
    taken_out = (zone for zone in zones if zone.cuts_out(at) or zone.kind is ZoneKind.PRIVACY_MASK)
    return _inside(around[0], stay, size) and not any(
        _inside(zone, stay, size) for zone in taken_out
    )


def _inside(zone: Zone, stay: Stay, size: Size) -> bool:
    box = np.array([stay.box], np.float32)
    return bool(polygon.contains(zone.polygon, footprint.ground_points(box), size)[0])
