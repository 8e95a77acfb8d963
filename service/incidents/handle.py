"""Use cases: each is one function with one transaction; a message is promised inside it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from streetwatch.service.incidents import lifecycle, views
from streetwatch.service.incidents.case import Attachment, Case, Occasion, Site, is_sealed, message
from streetwatch.service.incidents.chain import End, Link
from streetwatch.service.incidents.incident import Incident, State, Versions, incident_id
from streetwatch.service.incidents.ports import Store, Transaction
from streetwatch.service.incidents.routing import TO_THE_DESK, Routes, targets_of
from streetwatch.vision.types import Seconds, Size
from streetwatch.zones.calibration import Calibration
from streetwatch.zones.presence import Observation
from streetwatch.zones.rules import Rule
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: A stay is remembered as a candidate once it has stood for this share of its dwell.
CANDIDATE_SHARE = 0.25

#: What stands at a place later is no recurrence; 7, 30 and 90 days are what is reported.
RECURRENCE_S: Seconds = 90 * 86_400.0


@dataclass(frozen=True, slots=True)
class Watched:
    """One camera as the incidents know it.

    Attributes:
        others: The other cameras, which may see the same violation.
    """

    site: Site
    zones: tuple[Zone, ...]
    model: str
    routes: Routes = TO_THE_DESK
    calibration: Calibration | None = None
    others: tuple["Watched", ...] = ()

    def rule(self, stay: Stay | Incident) -> Rule:
        """Return the rule that watches a stay."""
        return self.zone(stay).rule(stay.type)

    def versions(self, stay: Stay) -> Versions:
        """Name what judges a stay."""
        return Versions(self.model, self.zone(stay).version, self.rule(stay).version)

    def site_of(self, incident: Incident) -> Site:
        """Return the site of a case: its zone's own place on the map, else its camera's."""
        if incident.camera_id != self.site.camera_id:
            camera = incident.camera_id
            other = next((one for one in self.others if one.site.camera_id == camera), None)
            return other.site_of(incident) if other else Site(camera, camera, None)
        places = [z.place for z in self.zones if z.id == incident.zone_id and z.place]
        return replace(self.site, place=places[0], is_measured=True) if places else self.site

    def zone(self, stay: Stay | Incident) -> Zone:
        """Return the zone that a stay stands in."""
        return next(zone for zone in self.zones if zone.id == stay.zone_id)


#: Writes the stills that belong to an incident's new state and returns them, given the names of
#: those that are kept of it; called inside the transaction that changes the state, so that no case
#: is ever filed without its pictures.
StillsOf = Callable[[Incident, frozenset[str]], tuple[Attachment, ...]]

#: Seals an incident's evidence at the end of its camera's chain; called inside the transaction that
#: adds the record to it, so that no two manifests are ever one place's.
SealedAt = Callable[[Incident, tuple[Attachment, ...], End], tuple[tuple[Attachment, ...], Link]]


def record(
    observation: Observation, *, watched: Watched, store: Store, stills_of: StillsOf
) -> tuple[Incident, ...]:
    """Fold one look's stays into their incidents; tell of each state once.

    Returns:
        The incidents whose state this look changed.

    Raises:
        StorageError: nothing of this look was kept; the next look tries again.
    """
    at = observation.presence.last_look
    if at is None:
        return ()
    changed: list[Incident] = []
    with store.transaction() as transaction:
        transaction.hold_incidents(_incidents_of(observation, watched))
        for stay in observation.presence.stays:
            changed += _stands(stay, watched, transaction, stills_of, at=at, size=observation.size)
        for stay in observation.gone:
            changed += _left(stay, watched, transaction, stills_of, at)
        transaction.put_presence(watched.site.camera_id, observation.presence)
    return tuple(changed)


def _incidents_of(observation: Observation, watched: Watched) -> list[str]:
    """Name the incidents that a look is about."""
    standing = (stay for stay in observation.presence.stays if _is_remembered(stay, watched))
    camera_id = watched.site.camera_id
    return [incident_id(camera_id, stay.key) for stay in (*standing, *observation.gone)]


def _is_remembered(stay: Stay, watched: Watched) -> bool:
    """Tell whether a stay is a violation, or has stood for long enough to become one."""
    least_s = CANDIDATE_SHARE * watched.rule(stay).dwell_s
    return stay.violation_at is not None or stay.dwell_s >= least_s


def _stands(  # noqa: PLR0913 -- a stay and all that its look knows
    stay: Stay,
    watched: Watched,
    transaction: Transaction,
    stills_of: StillsOf,
    *,
    at: Seconds,
    size: Size,
) -> list[Incident]:
    if not _is_remembered(stay, watched):
        return []
    rule = watched.rule(stay)
    before = transaction.incident(incident_id(watched.site.camera_id, stay.key))
    start = before or _born(stay, watched, transaction)
    if start is None:
        return []
    soft_s = rule.soft_start_s
    after = lifecycle.seen(start, stay, soft_start_s=soft_s)
    after = lifecycle.disputed(after, stay, patience_s=rule.clear_s, soft_start_s=soft_s)
    if after == before:
        return []
    if after.state in views.STANDING and (before is None or before.state is State.CANDIDATE):
        after = _joined(after, watched, transaction, size)
    if after.duplicate_of is not None:
        return _viewed(before, after, watched, transaction, stills_of, at=at)
    transaction.put_incident(after)
    if before is not None and before.state is after.state:
        return []
    _picture(after.id, after, transaction, stills_of)
    if (occasion := lifecycle.occasion(before, after)) is not None:
        _announce(occasion, after, watched, transaction, at)
    return [after]


def _picture(
    case_id: str, incident: Incident, transaction: Transaction, stills_of: StillsOf
) -> None:
    """Keep the stills of an incident's new state with its case.

    A file may be there of which nothing is kept: whoever wrote it died before the end of this.
    """
    kept = frozenset(one.name for one in transaction.attachments(incident.id))
    transaction.put_attachments(case_id, stills_of(incident, kept))


def _joined(incident: Incident, watched: Watched, transaction: Transaction, size: Size) -> Incident:
    """Return what is about to be told with its place, and whose case it is a view of."""
    after = views.placed(incident, watched.calibration, size)
    place = views.place_of(after)
    if place is None:
        return after
    near = transaction.standing_near(place, violation_type=after.type, within_m=views.RADIUS_M)
    cases = [transaction.views(one) for one in sorted({one.case_id for one in near})]
    return replace(after, duplicate_of=views.case_of(after, cases))


def _viewed(  # noqa: PLR0913 -- as `_stands`
    before: Incident | None,
    after: Incident,
    watched: Watched,
    transaction: Transaction,
    stills_of: StillsOf,
    *,
    at: Seconds,
) -> list[Incident]:
    """Keep a view of another camera's case; tell the case what is news to it."""
    case = transaction.incident(after.case_id)
    is_back = before is not None and before.state is State.CLOSED
    told = lifecycle.reopened(case, after.last_seen) if case and is_back else case
    if told is None or told.state not in views.STANDING:
        return []  # whoever closed it has the last word, for every camera
    transaction.put_incident(after)
    if views.files(after, told, patience_s=watched.rule(after).clear_s):
        told = lifecycle.opened(told, after.last_seen)
    is_same = before is not None and before.state is after.state
    if not is_same and (told != case or not is_back):
        _picture(told.id, after, transaction, stills_of)
    if told != case:
        told = views.seen_through(told, after)
        transaction.put_incident(told)
        occasion = lifecycle.occasion(case, told) or Occasion.EVIDENCE
        _announce(occasion, told, watched, transaction, at)
    elif not (is_same or is_back):
        view = f"{after.id}/{after.state}"
        _announce(Occasion.EVIDENCE, told, watched, transaction, at, view=view)
    return [] if is_same else [after]


def _born(stay: Stay, watched: Watched, transaction: Transaction) -> Incident | None:
    """Return the candidate that a stay becomes, None where its place is muted."""
    rule = watched.rule(stay)
    earlier = transaction.latest_filed_at(
        camera_id=watched.site.camera_id,
        zone_id=stay.zone_id,
        violation_type=stay.type,
        near=stay.anchor,
        least_iou=rule.match_iou,
        since=stay.first_seen - RECURRENCE_S,
    )
    if lifecycle.is_muted(earlier, stay.last_seen, mute_s=rule.mute_s):
        return None
    return lifecycle.born(
        stay,
        camera_id=watched.site.camera_id,
        versions=watched.versions(stay),
        earlier=earlier,
        surface=watched.zone(stay).surface,
    )


def _left(
    stay: Stay, watched: Watched, transaction: Transaction, stills_of: StillsOf, at: Seconds
) -> list[Incident]:
    before = transaction.incident(incident_id(watched.site.camera_id, stay.key))
    if before is None:
        return []
    after = lifecycle.left(before, at)
    if after == before:
        return []
    # Two cameras that lose it at once wait for each other here: the second one clears it.
    transaction.incident(after.case_id)
    if after.lon is not None and views.is_seen_by_another(before, transaction.views(after.case_id)):
        kept = after if after.duplicate_of else replace(before, left_at=at)
        transaction.put_incident(kept)
        return [kept] if kept.state is not before.state else []
    transaction.put_incident(after)
    if after.state is State.CLEARED:
        case = _cleared_case(after, transaction, at)
        _picture(case.id, after, transaction, stills_of)
        _announce(Occasion.CLEARED, case, watched, transaction, at)
    return [after]


def _cleared_case(view: Incident, transaction: Transaction, at: Seconds) -> Incident:
    """Clear the case whose last view has ended."""
    case = transaction.incident(view.case_id) if view.duplicate_of else None
    if case is None:
        return view
    after = views.seen_through(lifecycle.left(case, at), view)
    transaction.put_incident(after)
    return after


def complete_evidence(
    incident_id: str,
    sealed_at: SealedAt,
    *,
    watched: Watched,
    store: Store,
    at: Seconds,
) -> bool:
    """Add the last files and the manifest to an incident's evidence, tell the platform, once.

    Returns:
        Whether that is done; False while masked copies are awaited.
    """
    with store.transaction() as transaction:
        incident = transaction.incident(incident_id)
        so_far = transaction.attachments(incident_id)
        if incident is None or is_sealed(so_far):
            return True
        if any(one.is_awaited for one in so_far):
            return False
        end = transaction.chain_end(watched.site.camera_id)
        added, link = sealed_at(incident, so_far, end)
        transaction.put_attachments(incident_id, added)
        transaction.put_link(link)
        _announce(Occasion.EVIDENCE, incident, watched, transaction, at)
    return True


def _announce(  # noqa: PLR0913 -- what is told, of what, and where from
    occasion: Occasion,
    incident: Incident,
    watched: Watched,
    transaction: Transaction,
    at: Seconds,
    *,
    view: str = "",
) -> None:
    """Promise a message to every target whose route takes it."""
    evidence = transaction.attachments(incident.id)
    others = () if incident.lon is None else transaction.views(incident.id)
    seen_by = sorted({one.camera_id for one in others} - {incident.camera_id})
    case = Case(incident, watched.site_of(incident), evidence, tuple(seen_by))
    told = message(occasion, case, view=view)
    targets = targets_of(told, watched.routes, told=transaction.told(incident.id))
    transaction.enqueue(told, targets=targets, at=at)
