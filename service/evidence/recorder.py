"""Keeps the pictures that evidence is made of until it is clear whether they are needed."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.coming import then, there
from streetwatch.service.evidence.copies import Copies, Kept, NoCopy, Shown
from streetwatch.service.evidence.cutting import CLIP, ClipWindow, cut
from streetwatch.service.evidence.manifest import EvidenceSeal, Gathered
from streetwatch.service.evidence.stills import close_up, zone_overlay
from streetwatch.service.evidence.track_file import NAME, track_json
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.chain import End, Link, RecordKind
from streetwatch.service.incidents.incident import Incident, State, incident_id
from streetwatch.service.incidents.track import Track, begun, followed
from streetwatch.vision.capture.errors import ClipUnavailable
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.masking import Care, Subject
from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Frame, Image, Seconds, Size
from streetwatch.zones.moment import local
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: What is about a vehicle, whose plate is part of the evidence.
_ABOUT_A_VEHICLE: Final = frozenset(
    {ViolationType.ILLEGAL_PARKING_MOTOR, ViolationType.ILLEGAL_PARKING_NONMOTOR}
)

#: How long a latest picture is waited for before the evidence is sealed without one.
LATEST_PATIENCE_S: Seconds = 60.0


class Recorder:
    """The evidence of one camera's incidents. Used by one thread, but for `picture_of_now`.

    The first picture of a stay is held in memory until the stay is worth a file: most of what
    passes never is.
    """

    def __init__(  # noqa: PLR0913 -- everything it needs is handed in, once
        self,
        *,
        site: Site,
        zones: tuple[Zone, ...],
        copies: Copies,
        seal: EvidenceSeal,
        ring: Ring | None,
        window: ClipWindow,
    ) -> None:
        self._site = site
        self._zones = {zone.id: zone for zone in zones}
        self._copies = copies
        self._seal = seal
        self._ring = ring
        self._window = window
        self._first: dict[str, Frame] = {}
        self._tracks: dict[str, Track] = {}
        self._current: Frame | None = None
        self._shown = Shown(copies)
        self._shift = NONE

    def remember(self, frame: Frame, stays: Iterable[Stay]) -> None:
        """Hold the frame for the stays that it is the first picture of; let go of ended ones."""
        self.show(frame)
        named = {incident_id(self._site.camera_id, stay.key): stay for stay in stays}
        kept = frame.kept()
        self._first = {name: self._first.get(name, kept) for name in named}
        self._tracks = {name: self._followed(name, stay) for name, stay in named.items()}

    def _followed(self, name: str, stay: Stay) -> Track:
        known = self._tracks.get(name)
        return begun(stay) if known is None else followed(known, stay)

    @property
    def latest(self) -> Frame | None:
        """The latest picture, masked; None before the first. From any thread."""
        return self._current

    def show(self, frame: Frame) -> None:
        """Take the frame for the latest picture, though nobody judges it."""
        self._current = frame
        self._shown = Shown(self._copies)

    def redrawn(self, site: Site, zones: tuple[Zone, ...]) -> None:
        """Go on with a camera whose zones were drawn anew."""
        self._site = site
        self._zones = {zone.id: zone for zone in zones}

    def go_along(self, shift: Shift) -> None:
        """Draw zones and boxes where they lie in a picture that has moved."""
        self._shift = shift

    def stills_of(self, incident: Incident) -> tuple[Attachment, ...]:
        """Write the stills that belong to the state an incident has just reached.

        Raises:
            StorageError: the disk refused.
        """
        frame = self._current
        if frame is None or incident.state is State.CLOSED:
            return ()
        match incident.state:
            case State.CANDIDATE:
                return (self._still(incident, "first_seen", self._first.get(incident.id, frame)),)
            case State.WARNED:
                return self._with_first(incident, frame, (self._still(incident, "warned", frame),))
            case State.OPEN if incident.disputed_at is not None:
                return (self._still(incident, "disputed", frame),)
            case State.OPEN:
                return self._threshold_stills(incident, frame)
            case State.CLEARED:
                return (self._still(incident, "cleared", frame),)

    def _threshold_stills(self, incident: Incident, frame: Frame) -> tuple[Attachment, ...]:
        zone = self._zones[incident.zone_id]
        caption = f"{self._site.camera_id} / {zone.id} / {incident.type} / {local(frame.at)}"
        box = self._shift.box(incident.bbox, frame.size)
        outline = self._shift.outline(zone.polygon)

        def drawn(image: Image) -> Image:
            return zone_overlay(image, outline, box, caption)

        def near(image: Image) -> Image:
            return close_up(image, box)

        stills = (
            self._still(incident, "threshold", frame),
            self._still(incident, "close_up", frame, near),
            self._still(incident, "zone_overlay", frame, drawn),
        )
        return self._with_first(incident, frame, stills)

    def _with_first(
        self, incident: Incident, frame: Frame, stills: tuple[Attachment, ...]
    ) -> tuple[Attachment, ...]:
        first = self._first.get(incident.id, frame)
        # After a restart the picture on disk is the earlier one: it stays.
        is_first = first.at == incident.first_seen
        # (Of a view of another camera's case it stays where it is, with the view.)
        is_on_disk = self._copies.folder.path(incident.id, "first_seen.jpg").exists()
        if is_first or not is_on_disk:
            return (self._still(incident, "first_seen", first), *stills)
        # A candidate's copy is made in haste: most never become a case.
        kept = self._copies.masked_anew(
            incident.id, "first_seen.jpg", self._subject(incident, frame.size)
        )
        if kept is None:
            return stills
        return (_still("first_seen.jpg", "first_seen", kept, incident.first_seen), *stills)

    def _subject(self, incident: Incident, size: Size) -> Subject | None:
        """Return what a case is about where pictures show it, while it stands there."""
        if incident.state not in {State.CANDIDATE, State.WARNED, State.OPEN}:
            return None
        box = self._shift.box(incident.bbox, size)
        return Subject(box, size, is_vehicle=incident.type in _ABOUT_A_VEHICLE)

    def picture_of_now(self, incident_id: str, role: str) -> Attachment | None:
        """Write the latest picture under a name of its moment; None before the first.

        May be called from another thread: a frame is never written to.

        Raises:
            StorageError: the disk refused.
        """
        frame = self._current
        if frame is None:
            return None
        name, image = f"{role}-{frame.at:.0f}.jpg", frame.image
        kept = self._copies.still(incident_id, name, image, self._copies.masked(image))
        return _still(name, role, kept, frame.at)

    def can_seal(self, incident: Incident, at: Seconds) -> bool:
        """Tell whether an incident's clip has run its time, and there is a latest picture.

        After a restart on a camera that is down there is none: that is waited for, not for ever.
        """
        due_at = self._due_at(incident)
        return at >= due_at and (self._current is not None or at >= due_at + LATEST_PATIENCE_S)

    def _due_at(self, incident: Incident) -> Seconds:
        filed_at = incident.violation_at if incident.warned_at is None else incident.opened_at
        return (filed_at or incident.first_seen) + self._window.after_s

    def gather(self, incident: Incident) -> Future[Gathered | None]:
        """Write the latest still, the clip and the track of an incident that `can_seal`.

        Returns:
            Done when the clip is masked; fails with `StorageError` where it could not be.

        Raises:
            StorageError: the disk refused.
        """
        added: list[Attachment] = []
        before: tuple[str, ...] = ()
        if self._current is None:
            before = ("latest: the camera has given no picture since the service started",)
        else:
            added.append(self._still(incident, "latest", self._current))
        site, zone = self._site, self._zones[incident.zone_id]  # they may be drawn anew meanwhile
        copy, starts_at = self._cut(incident)
        after = tuple(self._add_track(incident, added))

        def gathered(clip: Kept | NoCopy) -> Gathered:
            if isinstance(clip, NoCopy):
                return Gathered(site, zone, tuple(added), (*before, f"clip: {clip.why}", *after))
            return Gathered(site, zone, (*added, _clip(clip, starts_at)), (*before, *after))

        return then(copy, gathered)

    def sealed(
        self, gathered: Gathered, at: Seconds
    ) -> Callable[[Incident, tuple[Attachment, ...], End], tuple[tuple[Attachment, ...], Link]]:
        """Return what writes the manifest and signs it, once its place in the chain is known."""

        def seal(
            incident: Incident, so_far: tuple[Attachment, ...], end: End
        ) -> tuple[tuple[Attachment, ...], Link]:
            known = {one.name: one for one in (*so_far, *gathered.added)}
            content = manifests.manifest(
                incident, gathered, attachments=known.values(), seal=self._seal, end=end
            )
            link = manifests.linked(
                content,
                RecordKind.MANIFEST,
                camera_id=gathered.site.camera_id,
                incident_id=incident.id,
                signer=self._seal.signer,
                end=end,
                at=at,
            )
            return (*gathered.added, *self._signed(incident.id, content, link, at)), link

        return seal

    def _signed(
        self, name: str, content: bytes, link: Link, at: Seconds
    ) -> tuple[Attachment, Attachment]:
        folder, signature = self._copies.folder, bytes.fromhex(link.signature)
        digest = folder.write(name, manifests.NAME, content)
        signed = folder.write(name, manifests.SIGNATURE, signature)
        return (
            Attachment(manifests.NAME, "manifest", "application/json", digest, at),
            Attachment(manifests.SIGNATURE, "signature", "application/octet-stream", signed, at),
        )

    def _cut(self, incident: Incident) -> tuple[Future[Kept | NoCopy], Seconds]:
        """Cut the clip; return its copy to come and when it begins."""
        if self._ring is None:
            why = "this camera keeps none (privacy mask, or a source without packets)"
            return there(NoCopy(why)), 0.0
        folder, end = self._copies.cut_into, self._due_at(incident)
        try:
            digest, at = cut(self._ring, folder, incident.id, end=end, window=self._window)
        except ClipUnavailable as error:
            return there(NoCopy(str(error))), 0.0
        frame = self._current
        spare = None if frame is None else self._subject(incident, frame.size)
        return self._copies.clip(incident.id, CLIP, digest, spare), at

    def _add_track(self, incident: Incident, added: list[Attachment]) -> list[str]:
        """Add where it was seen when, as far as this process has watched it."""
        track, frame = self._tracks.get(incident.id), self._current
        if track is None or frame is None:
            return ["track: it was not seen since the service started"]
        content = track_json(track, frame.size)
        digest = self._copies.folder.write(incident.id, NAME, content)
        at = track.boxes[0].at
        added.append(Attachment(NAME, "track", "application/json", digest, at))
        return []

    def _still(
        self,
        incident: Incident,
        role: str,
        frame: Frame,
        part: Callable[[Image], Image] = lambda image: image,
    ) -> Attachment:
        # A view of another camera's case hands its pictures over, under a name of its own.
        view = f".{incident.camera_id}.{incident.id[:6]}" if incident.duplicate_of else ""
        name = f"{role}{view}.jpg"
        care = Care.HASTE if incident.state is State.CANDIDATE else Care.STILL
        image, shown = self._shown.of(frame, self._subject(incident, frame.size), care)
        kept = self._copies.still(incident.case_id, name, part(image), part(shown))
        return _still(name, role, kept, frame.at)


def _still(name: str, role: str, kept: Kept, at: Seconds) -> Attachment:
    return Attachment(name, role, "image/jpeg", kept.sha256, at, kept.original_sha256)


def _clip(kept: Kept, starts_at: Seconds) -> Attachment:
    return Attachment(CLIP, "clip", "video/mp4", kept.sha256, starts_at, kept.original_sha256)
