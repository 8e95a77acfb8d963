"""One violation that several cameras see: which of their incidents are one case. Pure.

Each camera keeps an incident of its own, its view. The first one told is the case; the others are
views of it (`duplicate_of`), tell nothing and hand their pictures over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from streetwatch.service.incidents.incident import Incident, State
from streetwatch.vision.types import Size
from streetwatch.zones.calibration import Calibration
from streetwatch.zones.ground import MapPoint, distance_m

#: Violations of one type no further apart are one, where nothing says how large they are.
RADIUS_M = 15.0

#: Where that is known, the larger one's width is the limit, but no less: one camera sees the front
#: of a car, the other its back.
LEAST_RADIUS_M = 5.0

#: A violation that was told and stands.
STANDING = frozenset({State.WARNED, State.OPEN})


def placed(incident: Incident, calibration: Calibration | None, size: Size) -> Incident:
    """Return an incident with its place on the ground, as far as its camera can tell."""
    if calibration is None:
        return incident
    found = calibration.footprint(incident.bbox, size)
    if found is None:
        return incident
    return replace(incident, lon=found.at.lon, lat=found.at.lat, width_m=found.width_m)


def place_of(incident: Incident) -> MapPoint | None:
    """Return where an incident is, None where its camera can't tell."""
    if incident.lon is None or incident.lat is None:
        return None
    return MapPoint(incident.lon, incident.lat)


def is_seen(view: Incident) -> bool:
    """Tell whether a view's camera still sees the violation."""
    return view.state in STANDING and view.left_at is None


def is_seen_by_another(view: Incident, views: Iterable[Incident]) -> bool:
    """Tell whether another view of the same case still sees the violation."""
    return any(is_seen(other) for other in views if other.id != view.id)


def case_of(opening: Incident, cases: Iterable[Sequence[Incident]]) -> str | None:
    """Return the case that a violation about to be told is a view of; None: it is a new one.

    The nearest that another camera sees. Not one that its own camera sees too: that sees two.

    Args:
        opening: With its place.
        cases: All views of each case that could be it.
    """
    near = [
        (gap, views[0].case_id)
        for views in cases
        if not any(is_seen(one) and one.camera_id == opening.camera_id for one in views)
        for one in views
        if is_seen(one) and (gap := _gap_m(one, opening)) is not None
    ]
    return min(near)[1] if near else None


def _gap_m(view: Incident, opening: Incident) -> float | None:
    """Return how far apart two views of what can be one violation are, None where it can't."""
    here, there = place_of(opening), place_of(view)
    overlap = view.first_seen <= opening.last_seen and opening.first_seen <= view.last_seen
    if here is None or there is None or view.type != opening.type or not overlap:
        return None
    gap_m = distance_m(here, there)
    return gap_m if gap_m <= _radius_m(view, opening) else None


def _radius_m(view: Incident, opening: Incident) -> float:
    if view.width_m is None or opening.width_m is None:
        return RADIUS_M
    return min(max(view.width_m, opening.width_m, LEAST_RADIUS_M), RADIUS_M)
