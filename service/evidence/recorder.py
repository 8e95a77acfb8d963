"""Keeps the pictures that evidence is made of until it is clear whether they are needed."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.clips import Clips
from streetwatch.service.evidence.copies import Copies, Kept, NoCopy
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.manifest import EvidenceSeal, Gathered
from streetwatch.service.evidence.track_file import NAME, track_json
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.chain import End, Link, RecordKind
from streetwatch.service.incidents.copying import Copying, Part
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State, incident_id
from streetwatch.service.incidents.track import Track, begun, followed
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Frame, Image, Seconds, Size, Spared
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
        is_viewed: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare it.

        Args:
            site: Of the camera.
            zones: Drawn on it.
            copies: Writes its pictures.
            seal: Signs its evidence.
            ring: What clips are cut from; None: there are none.
            window: How much of the stream a clip has.
            is_viewed: Whether people look at the camera now: then its latest picture is held small
                too, as they want it. It is two thirds of a megabyte.
        """
        self._is_viewed = is_viewed
        self._site = site
        self._zones = {zone.id: zone for zone in zones}
        self._copies = copies
        self._seal = seal
        self._clips = Clips(copies, ring, window)
        self._first: dict[str, Frame] = {}
        self._tracks: dict[str, Track] = {}
        self._current: Frame | None = None
        self._pixels: tuple[Frame, Image] | None = None
        self._shift = NONE
        self._is_left = False

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
        """The latest picture; None before the first. From any thread."""
        return self._current

    def show(self, frame: Frame) -> None:
        """Take the frame for the latest picture, though nobody judges it."""
        self._current, self._pixels = frame if self._is_viewed() else frame.kept(), None

    def await_clip(self, *, is_awaited: bool) -> None:
        """Keep as much of the stream as a clip has, or less where none is in sight."""
        self._clips.keep(is_awaited=is_awaited)

    def redrawn(self, site: Site, zones: tuple[Zone, ...]) -> None:
        """Go on with a camera whose zones were drawn anew."""
        self._site = site
        self._zones = {zone.id: zone for zone in zones}

    def go_along(self, shift: Shift) -> None:
        """Draw zones and boxes where they lie in a picture that has moved."""
        self._shift = shift

    def stills_of(self, incident: Incident, kept: frozenset[str]) -> tuple[Attachment, ...]:
        """Write the stills that belong to the state an incident has just reached.

        Args:
            incident: In its new state.
            kept: Names of its stills that are kept already.

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
                warned = self._still(incident, "warned", frame)
                return self._with_first(incident, frame, (warned,), kept)
            case State.OPEN if incident.disputed_at is not None:
                return (self._still(incident, "disputed", frame),)
            case State.OPEN:
                return self._threshold_stills(incident, frame, kept)
            case State.CLEARED:
                return (self._still(incident, "cleared", frame),)

    def _threshold_stills(
        self, incident: Incident, frame: Frame, kept: frozenset[str]
    ) -> tuple[Attachment, ...]:
        zone = self._zones[incident.zone_id]
        caption = f"{self._site.camera_id} / {zone.id} / {incident.type} / {local(frame.at)}"
        box = self._shift.box(incident.bbox, frame.size)
        drawn = Part(box, self._shift.outline(zone.polygon), caption)
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

    def _spared(self, incident: Incident, size: Size) -> Spared | None:
        """Return what a case is about where pictures show it, while it stands there."""
        if incident.state not in {State.CANDIDATE, State.WARNED, State.OPEN}:
            return None
        box = self._shift.box(incident.bbox, size)
        return Spared(box, size, is_vehicle=incident.type in _ABOUT_A_VEHICLE)

    def picture_of_now(self, incident_id: str, role: str, since: Seconds) -> Attachment | None:
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
        frame = self._current
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

    def can_seal(self, incident: Incident, at: Seconds) -> bool:
        """Tell whether an incident's clip has run its time, and there is a latest picture.

        After a restart on a camera that is down there is none: that is waited for, not for ever.
        """
        due_at = self._due_at(incident)
        return at >= due_at and (self._current is not None or at >= due_at + LATEST_PATIENCE_S)

    def _due_at(self, incident: Incident) -> Seconds:
        filed_at = incident.violation_at if incident.warned_at is None else incident.opened_at
        return (filed_at or incident.first_seen) + self._clips.window.after_s

    def leave(self, unsealed: Iterable[Incident]) -> None:
        """Write nothing else: another process goes on. Clips are cut, as it has not the stream.

        Args:
            unsealed: Those whose clip it will need. Of what began before this process watched, one
                before it has cut what there was.

        Raises:
            StorageError: the disk refused.
        """
        self.give_up()
        for incident in unsealed:
            self._clips.leave(incident.id, self._due_at(incident))

    def give_up(self) -> None:
        """Finish nothing of what is gathered. Callable from any thread."""
        self._is_left = True

    def gather(self, incident: Incident) -> Future[Gathered | None]:
        """Write the latest still, the clip and the track of an incident that `can_seal`.

        Returns:
            Done when both are masked; fails with `StorageError` where they could not be.

        Raises:
            StorageError: the disk refused.
        """
        site, zone = self._site, self._zones[incident.zone_id]  # they may be drawn anew meanwhile
        frame = None if self._current is None else self._current.kept()  # the queue may be long
        track, no_track = self._track(incident)
        make_clip = self._clips.begun(
            incident.id,
            self._due_at(incident),
            spare=None if frame is None else self._spared(incident, frame.size),
            given_up=lambda: self._is_left,
        )

        def gathered() -> Gathered:
            if self._is_left:
                raise StorageError("another process completes this evidence")
            latest, no_latest = self._latest(incident, frame)
            clip = make_clip()
            if isinstance(clip, NoCopy):
                missing = (*no_latest, f"clip: {clip.why}", *no_track)
                return Gathered(site, zone, (*latest, *track), missing)
            added = (*latest, *track, clip)
            return Gathered(site, zone, added, (*no_latest, *no_track))

        return self._copies.later(gathered)

    def _latest(
        self, incident: Incident, frame: Frame | None
    ) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """Write the latest still; return it, or why there is none."""
        if frame is None:
            return (), ("latest: the camera has given no picture since the service started",)
        image, spare = frame.image, self._spared(incident, frame.size)
        shown = self._copies.masked(image, spare=spare)
        kept = self._copies.still(incident.id, "latest.jpg", image, shown)
        return (_still("latest.jpg", "latest", kept, frame.at),), ()

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

    def _track(self, incident: Incident) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """Write where it was seen when, as far as this process has watched it, or say why not."""
        track, frame = self._tracks.get(incident.id), self._current
        if track is None or frame is None:
            return (), ("track: it was not seen since the service started",)
        content = track_json(track, frame.size)
        digest = self._copies.folder.write(incident.id, NAME, content)
        at = track.boxes[0].at
        return (Attachment(NAME, "track", "application/json", digest, at),), ()

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
        how = Copying(whole, self._spared(incident, frame.size), part)
        return self._copies.keep(incident.case_id, still, self._image(frame), how)

    def _image(self, frame: Frame) -> Image:
        """Return a frame's pixels; of one frame, until the next look: whole pictures are large."""
        if self._pixels is None or self._pixels[0] is not frame:
            self._pixels = frame, frame.image
        return self._pixels[1]


def _still(name: str, role: str, kept: Kept, at: Seconds) -> Attachment:
    return Attachment(name, role, "image/jpeg", kept.sha256, at, kept.original_sha256)
