"""Keeps the pictures that evidence is made of until it is clear whether they are needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.manifest import manifest
from streetwatch.service.evidence.stills import close_up, jpeg, zone_overlay
from streetwatch.service.evidence.track_file import NAME, track_json
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State, incident_id
from streetwatch.service.incidents.track import Track, begun, followed
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.picture import size_of
from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Frame, Image, Seconds
from streetwatch.zones.moment import local
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: How long a latest picture is waited for before the evidence is sealed without one.
LATEST_PATIENCE_S: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class ClipWindow:
    """How much of the stream goes into a clip, around the moment of the violation."""

    before_s: Seconds = 5.0
    after_s: Seconds = 10.0


class Recorder:
    """The evidence of one camera's incidents. Used by one thread, but for `picture_of_now`.

    The first picture of a stay is held in memory until the stay is worth a file: most of what
    passes never is.
    """

    def __init__(
        self,
        *,
        site: Site,
        zones: tuple[Zone, ...],
        folder: EvidenceFolder,
        ring: Ring | None,
        window: ClipWindow,
    ) -> None:
        self._site = site
        self._zones = {zone.id: zone for zone in zones}
        self._folder = folder
        self._ring = ring
        self._window = window
        self._first: dict[str, Frame] = {}
        self._tracks: dict[str, Track] = {}
        self._current: Frame | None = None
        self._shift = NONE

    def remember(self, frame: Frame, stays: Iterable[Stay]) -> None:
        """Hold the frame for the stays that it is the first picture of; let go of ended ones."""
        self._current = frame
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
                first = self._first.get(incident.id, frame)
                return (self._still(incident, "first_seen", first.image, first.at),)
            case State.WARNED:
                warned = self._still(incident, "warned", frame.image, frame.at)
                return self._with_first(incident, frame, (warned,))
            case State.OPEN if incident.disputed_at is not None:
                return (self._still(incident, "disputed", frame.image, frame.at),)
            case State.OPEN:
                return self._threshold_stills(incident, frame)
            case State.CLEARED:
                return (self._still(incident, "cleared", frame.image, frame.at),)

    def _threshold_stills(self, incident: Incident, frame: Frame) -> tuple[Attachment, ...]:
        image, at = frame.image, frame.at
        zone = self._zones[incident.zone_id]
        caption = f"{self._site.camera_id} / {zone.id} / {incident.type} / {local(at)}"
        box = self._shift.box(incident.bbox, size_of(image))
        drawn = zone_overlay(image, self._shift.outline(zone.polygon), box, caption)
        stills = (
            self._still(incident, "threshold", image, at),
            self._still(incident, "close_up", close_up(image, box), at),
            self._still(incident, "zone_overlay", drawn, at),
        )
        return self._with_first(incident, frame, stills)

    def _with_first(
        self, incident: Incident, frame: Frame, stills: tuple[Attachment, ...]
    ) -> tuple[Attachment, ...]:
        first = self._first.get(incident.id, frame)
        # After a restart the picture on disk is the earlier one: it stays.
        is_first = first.at == incident.first_seen
        # (Of a view of another camera's case it stays where it is, with the view.)
        is_on_disk = self._folder.path(incident.id, "first_seen.jpg").exists()
        if is_first or not is_on_disk:
            return (self._still(incident, "first_seen", first.image, first.at), *stills)
        return stills

    def picture_of_now(self, incident_id: str, role: str) -> Attachment | None:
        """Write the latest picture under a name of its moment; None before the first.

        May be called from another thread: a frame is never written to.

        Raises:
            StorageError: the disk refused.
        """
        frame = self._current
        if frame is None:
            return None
        name = f"{role}-{frame.at:.0f}.jpg"
        digest = self._folder.write(incident_id, name, jpeg(frame.image))
        return Attachment(name, role, "image/jpeg", digest, frame.at)

    def can_seal(self, incident: Incident, at: Seconds) -> bool:
        """Tell whether an incident's clip has run its time, and there is a latest picture.

        After a restart on a camera that is down there is none: that is waited for, not for ever.
        """
        due_at = self._due_at(incident)
        return at >= due_at and (self._current is not None or at >= due_at + LATEST_PATIENCE_S)

    def _due_at(self, incident: Incident) -> Seconds:
        filed_at = incident.violation_at if incident.warned_at is None else incident.opened_at
        return (filed_at or incident.first_seen) + self._window.after_s

    def seal(self, incident: Incident, so_far: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
        """Write the latest still, the clip and the manifest, and return them.

        Args:
            incident: One that `can_seal`.
            so_far: Its evidence until now.

        Raises:
            StorageError: the disk refused.
        """
        added: list[Attachment] = []
        missing: list[str] = []
        if self._current is None:
            missing.append("latest: the camera has given no picture since the service started")
        else:
            added.append(self._still(incident, "latest", self._current.image, self._current.at))
        missing += self._add_clip(incident, added)
        missing += self._add_track(incident, added)
        content = manifest(
            incident,
            site=self._site,
            zone=self._zones[incident.zone_id],
            attachments=(*so_far, *added),
            missing=missing,
        )
        digest = self._folder.write(incident.id, "manifest.json", content)
        at = added[0].captured_at if added else incident.last_seen
        sealed = Attachment("manifest.json", "manifest", "application/json", digest, at)
        return (*added, sealed)

    def _add_clip(self, incident: Incident, added: list[Attachment]) -> list[str]:
        """Add the clip where it can be had; return what is missing and why."""
        if self._ring is None:
            return ["clip: this camera keeps none (privacy mask, or a source without packets)"]
        clip = _Clip(self._ring, self._due_at(incident), self._window)
        try:
            digest = self._folder.write_by(incident.id, "clip.mp4", clip.write)
        except ClipUnavailable as error:
            return [f"clip: {error}"]
        except ClipNotWritten as error:
            raise StorageError(str(error)) from error
        added.append(Attachment("clip.mp4", "clip", "video/mp4", digest, clip.starts_at))
        return []

    def _add_track(self, incident: Incident, added: list[Attachment]) -> list[str]:
        """Add where it was seen when, as far as this process has watched it."""
        track, frame = self._tracks.get(incident.id), self._current
        if track is None or frame is None:
            return ["track: it was not seen since the service started"]
        height, width = frame.image.shape[:2]
        digest = self._folder.write(incident.id, NAME, track_json(track, (width, height)))
        at = track.boxes[0].at
        added.append(Attachment(NAME, "track", "application/json", digest, at))
        return []

    def _still(self, incident: Incident, role: str, image: Image, at: Seconds) -> Attachment:
        # A view of another camera's case hands its pictures over, under a name of its own.
        view = f".{incident.camera_id}.{incident.id[:6]}" if incident.duplicate_of else ""
        name = f"{role}{view}.jpg"
        digest = self._folder.write(incident.case_id, name, jpeg(image))
        return Attachment(name, role, "image/jpeg", digest, at)


class _Clip:
    """Writes the window that ends at `end` and keeps when the clip really begins."""

    def __init__(self, ring: Ring, end: Seconds, window: ClipWindow) -> None:
        self._ring = ring
        self._end = end
        self._window = window
        self.starts_at = end - window.after_s - window.before_s

    def write(self, path: Path) -> None:
        moment = self._end - self._window.after_s
        span = self._ring.write_clip(path, from_s=self.starts_at, to_s=self._end, around_s=moment)
        self.starts_at = span.from_s


def is_sealed(attachments: Iterable[Attachment]) -> bool:
    """Tell whether an incident's evidence is complete."""
    return any(attachment.role == "manifest" for attachment in attachments)
