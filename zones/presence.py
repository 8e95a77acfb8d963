"""Presence: from looks to stays. State in, state out; time is the frame's capture time.

A look adds dwell to what it sees again, patience to what it does not, and nothing to what
nobody looked at: an outage adds no dwell and clears nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import numpy as np

from streetwatch.vision.types import Look, Seconds, Size
from streetwatch.zones.appearance import Patches, decoded, encoded
from streetwatch.zones.backdrop import backdrop_of
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import Rule
from streetwatch.zones.scene import Circumstances, of_labels, scene_of
from streetwatch.zones.shopfront import OTHER_SIDE, fronts, side_of
from streetwatch.zones.sights import sights
from streetwatch.zones.stay import Stay
from streetwatch.zones.stays import Stays
from streetwatch.zones.steadiness import RememberedSteadiness, Steadiness, steadied
from streetwatch.zones.street import RememberedStreet, Street, street_at
from streetwatch.zones.transition import after_look
from streetwatch.zones.zone import Zone, ZoneKind

#: Looks further apart than this have an outage between them, whatever the camera's pace: every
#: camera is looked at every 10 s at the least (docs/reference/rules.md).
OUTAGE_S: Seconds = 15.0

#: So have looks that are this many times further apart than usual on this camera ...
_PACES_MISSED = 3.0

#: ... but key frames come unevenly: a gap below this is none.
_LEAST_OUTAGE_S: Seconds = 8.0

#: How much of the pace the latest gap makes.
_PACE_SHARE = 0.3


@lru_cache
def _nothing(zone_id: str, kind: str) -> Stays:
    return Stays.of(zone_id, kind, ())


@dataclass(frozen=True, slots=True)
class Remembered:
    """A presence as plain values, to be stored. Attributes as `Presence` has them."""

    last_look: Seconds | None = None
    stays: tuple[Stay, ...] = ()
    pace_s: Seconds | None = None
    backdrop: str | None = None
    watched_since: Seconds | None = None
    relit_s: Seconds = 0.0
    street: RememberedStreet | None = None
    steadiness: RememberedSteadiness | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Everything that is at its place on one camera, and when the camera was last looked at.

    Attributes:
        last_look: Capture time of the latest look.
        watches: What each rule of each zone watches.
        pace_s: Usual time between two looks; None before the second.
        backdrop: A patch of the whole picture in the light that the stays are known in; None where
            there was no picture.
        watched_since: The first look, or the first one after the latest outage.
        relit_s: For how long the whole picture has looked otherwise, less the time it did not.
        street: What is there while nothing stands there; None where no rule asks for it.
        steadiness: How the picture usually lies; None before the first.
    """

    last_look: Seconds | None = None
    watches: tuple[Stays, ...] = ()
    pace_s: Seconds | None = None
    backdrop: Patches | None = None
    watched_since: Seconds | None = None
    relit_s: Seconds = 0.0
    street: Street | None = None
    steadiness: Steadiness | None = None

    @classmethod
    def of(cls, stored: Remembered) -> Self:
        """Return the presence that was stored."""
        by_rule: dict[tuple[str, str], list[Stay]] = {}
        for stay in stored.stays:
            by_rule.setdefault((stay.zone_id, stay.type), []).append(stay)
        return cls(
            stored.last_look,
            tuple(Stays.of(*kind, stays) for kind, stays in by_rule.items()),
            stored.pace_s,
            None if stored.backdrop is None else decoded(stored.backdrop)[None],
            stored.watched_since,
            stored.relit_s,
            None if stored.street is None else Street.of(stored.street),
            None if stored.steadiness is None else Steadiness.of(stored.steadiness),
        )

    def remembered(self) -> Remembered:
        """Return it as it is stored."""
        return Remembered(
            self.last_look,
            self.stays,
            self.pace_s,
            None if self.backdrop is None else encoded(self.backdrop[0]),
            self.watched_since,
            self.relit_s,
            None if self.street is None else self.street.remembered(),
            None if self.steadiness is None else self.steadiness.remembered(),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Presence) and self.remembered() == other.remembered()

    def __hash__(self) -> int:
        return hash((self.last_look, self.pace_s, self.watched_since))

    @property
    def stays(self) -> tuple[Stay, ...]:
        """What is there, one by one."""
        return tuple(stay for watch in self.watches for stay in watch.rows())

    @property
    def is_empty(self) -> bool:
        """Nothing is there."""
        return not any(map(len, self.watches))

    def is_outage(self, since: Seconds) -> bool:
        """Tell whether nobody looked for `since` seconds, though somebody should have."""
        if self.pace_s is None:
            return since > OUTAGE_S
        return since > min(max(_PACES_MISSED * self.pace_s, _LEAST_OUTAGE_S), OUTAGE_S)

    def of_rule(self, zone: Zone, kind: str) -> Stays:
        """Return what a zone's rule for a violation type watches."""
        for watch in self.watches:
            if (watch.zone_id, watch.type) == (zone.id, kind):
                return watch
        return _nothing(zone.id, kind)

    def circumstances(
        self, at: Seconds, zones: tuple[Zone, ...], *, relit: bool, epoch: Seconds | None
    ) -> Circumstances:
        """Return what holds for all rules in a look at `at`."""
        since = 0.0 if self.last_look is None else at - self.last_look
        outage = self.is_outage(since)
        clock = None if epoch is None else at + epoch
        known = None if self.last_look is None or outage else self.watched_since
        watched_s = 0.0 if outage else since
        return Circumstances(
            since=since,
            outage=outage,
            watched_since=at if known is None else known,
            relit=relit,
            relit_s=self.relit_s + watched_s if relit else max(self.relit_s - watched_s, 0.0),
            clock=clock,
            cut_out=tuple(zone for zone in zones if zone.cuts_out(clock)),
            street=self.street,
        )

    def under_new_light(self) -> Self:
        """Return it with nothing known of what the stays look like."""
        return replace(self, watches=tuple(watch.unknown() for watch in self.watches))

    def next_pace(self, since: Seconds) -> Seconds:
        """Return the pace after a look that came `since` seconds after the one before."""
        gap = min(since, OUTAGE_S)
        return gap if self.pace_s is None else self.pace_s + _PACE_SHARE * (gap - self.pace_s)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look changed.

    Attributes:
        presence: The state after the look.
        gone: Stays that this look ended, as they last were.
        size: Of the picture that was looked at.
    """

    presence: Presence
    gone: tuple[Stay, ...]
    size: Size


def observe(
    presence: Presence, look: Look, zones: tuple[Zone, ...], *, epoch: Seconds | None = 0.0
) -> Observation:
    """Fold one look into a camera's presence.

    Args:
        presence: The state before.
        look: Must be later than the one before; an earlier or equal one changes nothing.
        zones: All zones of the camera.
        epoch: Added to capture times to give schedules a wall clock; None: schedules are
            left out (a clip of unknown date).
    """
    if presence.last_look is not None and look.at <= presence.last_look:
        return Observation(presence, (), look.size)
    look, steadiness = steadied(look, presence.steadiness)
    backdrop, relit = backdrop_of(look, presence.backdrop)
    here = presence.circumstances(look.at, zones, relit=relit, epoch=epoch)
    if here.has_new_light:
        presence = presence.under_new_light()
        here = replace(here, street=None)
    rules = [
        (zone, rule) for zone in zones if zone.kind is ZoneKind.PROHIBITED for rule in zone.rules
    ]
    outlines = fronts(zones)
    folded = [
        _fold(presence, look, zone, rule, here=here, outlines=outlines) for zone, rule in rules
    ]
    is_strange = here.relit and not here.has_new_light
    after = Presence(
        look.at,
        tuple(stand for stand, _ in folded if len(stand)),
        None if presence.last_look is None else presence.next_pace(here.since),
        presence.backdrop if is_strange else backdrop,
        here.watched_since,
        0.0 if here.has_new_light else here.relit_s,
        _street_after(look, rules, folded, here),
        steadiness,
    )
    gone = tuple(stay for _, left in folded if left is not None for stay in left.rows())
    return Observation(after, gone, look.size)


def _street_after(
    look: Look,
    rules: Sequence[tuple[Zone, Rule]],
    folded: Sequence[tuple[Stays, Stays | None]],
    here: Circumstances,
) -> Street | None:
    """Return what is there while nothing stands there; None where no rule asks for it."""
    unsure = [rule.labels for _, rule in rules if rule.stood_score]
    if not unsure:
        return None
    if here.street is None:
        return street_at(look)
    # What is too unsure to be a stay hides nothing: it is part of the street.
    surely = look.detections.xyxy[~of_labels(frozenset().union(*unsure), look.detections)]
    return here.street.after(look, np.concatenate((surely, *(there.box for there, _ in folded))))


def _fold(  # noqa: PLR0913 -- one rule, one look, and what holds for both
    presence: Presence,
    look: Look,
    zone: Zone,
    rule: Rule,
    *,
    here: Circumstances,
    outlines: tuple[Polygon, ...],
) -> tuple[Stays, Stays | None]:
    """Return what one rule watches after a look, and what this look ended."""
    stays = presence.of_rule(zone, rule.type)
    other = presence.of_rule(zone, OTHER_SIDE.get(rule.type, rule.type))
    scene = scene_of(
        look, zone, rule, here=here, side=side_of(rule, outlines, stays.box, other.box)
    )
    if not (len(stays) or len(scene.boxes)):
        return stays, None
    return after_look(stays, sights(scene, stays, rule), scene, rule)
