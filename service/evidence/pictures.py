"""The pictures of one camera that evidence may need, held in memory and written as stills."""

from collections.abc import Callable, Iterable
from typing import Final

from streetwatch.service.evidence.copies import Copies, Kept
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.copying import Copying, Part
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.vision.shift import NONE
from streetwatch.vision.types import Frame, Image, Seconds, Size, Spared
from streetwatch.zones.moment import local
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.zone import Zone

#: What is about a vehicle, whose plate is part of the evidence.
_ABOUT_A_VEHICLE: Final = frozenset(
    {ViolationType.ILLEGAL_PARKING_MOTOR, ViolationType.ILLEGAL_PARKING_NONMOTOR}
)


class Pictures:
    """The latest picture, and the first of each stay. `latest` and `of_now` from any thread.

    The first picture of a stay is held in memory until the stay is worth a file: most of what
    passes never is.

    Attributes:
        site: Of the camera.
        zones: Drawn on it, by id.
        shift: How far the picture has moved since: zones and boxes are drawn where they lie now.
        latest: The latest picture; None before the first.
    """

    def __init__(
        self,
        site: Site,
        zones: Iterable[Zone],
        copies: Copies,
        is_viewed: Callable[[], bool],
    ) -> None:
        """Hold none yet.

        Args:
            site: Of the camera.
            zones: Drawn on it.
            copies: Writes the stills.
            is_viewed: Whether people look at the camera now: then its latest picture is held small
                too, as they want it. It is two thirds of a megabyte.
        """
        self.redraw(site, zones)
        self.shift = NONE
        self.latest: Frame | None = None
        self._copies = copies
        self._is_viewed = is_viewed
        self._first: dict[str, Frame] = {}
        self._pixels: tuple[Frame, Image] | None = None

    def redraw(self, site: Site, zones: Iterable[Zone]) -> None:
        """Go on with a camera whose zones were drawn anew."""
        self.site = site
        self.zones = {zone.id: zone for zone in zones}

    def show(self, frame: Frame) -> None:
        """Take the frame for the latest picture, though nobody judges it."""
        self.latest, self._pixels = frame if self._is_viewed() else frame.kept(), None

    def remember(self, frame: Frame, incident_ids: Iterable[str]) -> None:
        """Hold the frame for those that it is the first picture of; let go of all others."""
        self.show(frame)
        kept = frame.kept()
        self._first = {name: self._first.get(name, kept) for name in incident_ids}

    def stills_of(self, incident: Incident, kept: frozenset[str]) -> tuple[Attachment, ...]:
        """Write the stills that belong to the state an incident has just reached.

        Args:
            incident: In its new state.
            kept: Names of its stills that are kept already.

        Raises:
            StorageError: the disk refused.
        """
        frame = self.latest
        if frame is None or incident.state is State.CLOSED:
            return ()
        match incident.state:
            case State.CANDIDATE:
                return (self._still(incident, "first_seen", self._first.get(incident.id, frame)),)
            case State.WARNED:
                warned = self._still(incident, "warned", frame)
                return self._with_first(incident, frame, (warned,), kept)
            case State.OPEN if incident.disputed_at is not None:
                return (self._still(incident, "disputed", frame),)
            case State.OPEN:
                return self._threshold_stills(incident, frame, kept)
            case State.CLEARED:
                return (self._still(incident, "cleared", frame),)

    def latest_of(self, incident: Incident, frame: Frame) -> Attachment:
        """Write the last still of an incident.

        Args:
            incident: Whose it is.
            frame: The latest picture when its evidence was gathered.

        Raises:
            StorageError: the disk refused.
        """
        image = frame.image
        shown = self._copies.masked(image, spare=self.spared(incident, frame.size))
        kept = self._copies.still(incident.id, "latest.jpg", image, shown)
        return _still("latest.jpg", "latest", kept, frame.at)

    def of_now(self, incident_id: str, role: str, since: Seconds) -> Attachment | None:
        """Write the latest picture under a name of why it is wanted; None before the first.

        May be called from another thread: a frame is never written to.

        Args:
            incident_id: Whose it is.
            role: What it shows.
            since: When it was first wanted: whoever dies before it is kept takes it anew, and
                writes over this one.

        Raises:
            StorageError: the disk refused.
        """
        frame = self.latest
        if frame is None:
            return None
        name, image = f"{role}-{since:.0f}.jpg", frame.image
        kept = self._copies.still(incident_id, name, image, self._copies.masked(image))
        return _still(name, role, kept, frame.at)

    def discard(self, incident_id: str, name: str) -> None:
        """Delete a picture of now that nobody wants any more. From any thread.

        Raises:
            StorageError: the disk refused.
        """
        for folder in (self._copies.folder, self._copies.cut_into):
            folder.discard(incident_id, name)

    def spared(self, incident: Incident, size: Size) -> Spared | None:
        """Return what a case is about where pictures show it, while it stands there."""
        if incident.state not in {State.CANDIDATE, State.WARNED, State.OPEN}:
            return None
        box = self.shift.box(incident.bbox, size)
        return Spared(box, size, is_vehicle=incident.type in _ABOUT_A_VEHICLE)

    def _threshold_stills(
        self, incident: Incident, frame: Frame, kept: frozenset[str]
    ) -> tuple[Attachment, ...]:
        zone = self.zones[incident.zone_id]
        caption = f"{self.site.camera_id} / {zone.id} / {incident.type} / {local(frame.at)}"
        box = self.shift.box(incident.bbox, frame.size)
        drawn = Part(box, self.shift.outline(zone.polygon), caption)
        stills = (
            self._still(incident, "threshold", frame),
            self._still(incident, "close_up", frame, Part(box)),
            self._still(incident, "zone_overlay", frame, drawn),
        )
        return self._with_first(incident, frame, stills, kept)

    def _with_first(
        self,
        incident: Incident,
        frame: Frame,
        stills: tuple[Attachment, ...],
        kept: frozenset[str],
    ) -> tuple[Attachment, ...]:
        first = self._first.get(incident.id, frame)
        # After a restart the picture that is kept is the earlier one: it stays.
        is_first = first.at == incident.first_seen
        # (Of a view of another camera's case it stays where it is, with the view.)
        if is_first or "first_seen.jpg" not in kept:
            return (self._still(incident, "first_seen", first), *stills)
        return stills

    def _still(
        self,
        incident: Incident,
        role: str,
        frame: Frame,
        part: Part | None = None,
    ) -> Attachment:
        # A view of another camera's case hands its pictures over, under a name of its own.
        view = f".{incident.camera_id}.{incident.id[:6]}" if incident.duplicate_of else ""
        still = Attachment(f"{role}{view}.jpg", role, "image/jpeg", "", frame.at)
        whole = still.name if part is None else f"threshold{view}.jpg"
        how = Copying(whole, self.spared(incident, frame.size), part)
        return self._copies.keep(incident.case_id, still, self._image(frame), how)

    def _image(self, frame: Frame) -> Image:
        """Return a frame's pixels; of one frame, until the next look: whole pictures are large."""
        if self._pixels is None or self._pixels[0] is not frame:
            self._pixels = frame, frame.image
        return self._pixels[1]


def _still(name: str, role: str, kept: Kept, at: Seconds) -> Attachment:
    return Attachment(name, role, "image/jpeg", kept.sha256, at, kept.original_sha256)
