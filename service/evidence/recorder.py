"""Gathers the evidence of one camera's incidents: stills, clip and track, sealed at the end."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.clips import Clips
from streetwatch.service.evidence.copies import Copies, NoCopy
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.manifest import EvidenceSeal, Gathered
from streetwatch.service.evidence.pictures import Pictures
from streetwatch.service.evidence.track_file import NAME, track_json
from streetwatch.service.incidents.case import Attachment, Site
from streetwatch.service.incidents.chain import End, Link, RecordKind
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, incident_id
from streetwatch.service.incidents.track import Track, begun, followed
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.types import Frame, Seconds
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

#: How long a latest picture is waited for before the evidence is sealed without one.
LATEST_PATIENCE_S: Seconds = 60.0


class Recorder:
    """The evidence of one camera's incidents. Used by one thread, but for its pictures.

    Attributes:
        pictures: What it has seen, and the stills of it.
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
        self.pictures = Pictures(site, zones, copies, is_viewed)
        self._copies = copies
        self._seal = seal
        self._clips = Clips(copies, ring, window)
        self._tracks: dict[str, Track] = {}
        self._is_left = False

    def remember(self, frame: Frame, stays: Iterable[Stay]) -> None:
        """Hold what the frame shows of the stays that stand in it; let go of ended ones."""
        named = {incident_id(self.pictures.site.camera_id, stay.key): stay for stay in stays}
        self.pictures.remember(frame, named)
        self._tracks = {name: self._followed(name, stay) for name, stay in named.items()}

    def _followed(self, name: str, stay: Stay) -> Track:
        known = self._tracks.get(name)
        return begun(stay) if known is None else followed(known, stay)

    def await_clip(self, *, is_awaited: bool) -> None:
        """Keep as much of the stream as a clip has, or less where none is in sight."""
        self._clips.keep(is_awaited=is_awaited)

    def can_seal(self, incident: Incident, at: Seconds) -> bool:
        """Tell whether an incident's clip has run its time, and there is a latest picture.

        After a restart on a camera that is down there is none: that is waited for, not for ever.
        """
        due_at = self._due_at(incident)
        return at >= due_at and (
            self.pictures.latest is not None or at >= due_at + LATEST_PATIENCE_S
        )

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
        pictures = self.pictures
        site, zone = pictures.site, pictures.zones[incident.zone_id]  # drawn anew meanwhile, maybe
        frame = None if pictures.latest is None else pictures.latest.kept()  # the queue may be long
        track, no_track = self._track(incident)
        make_clip = self._clips.begun(
            incident.id,
            self._due_at(incident),
            spare=None if frame is None else pictures.spared(incident, frame.size),
            given_up=lambda: self._is_left,
        )

        def gathered() -> Gathered:
            if self._is_left:
                raise StorageError("another process completes this evidence")
            if no_track:
                self._forget_track(incident.id)
            latest, no_latest = self._latest(incident, frame)
            clip = make_clip()
            if isinstance(clip, NoCopy):
                missing = (*no_latest, f"clip: {clip.why}", *no_track)
                return Gathered(site, zone, (*latest, *track), missing)
            added = (*latest, *track, clip)
            return Gathered(site, zone, added, (*no_latest, *no_track))

        return self._copies.later(gathered)

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

    def _latest(
        self, incident: Incident, frame: Frame | None
    ) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """Write the latest still; return it, or why there is none."""
        if frame is None:
            return (), ("latest: the camera has given no picture since the service started",)
        return (self.pictures.latest_of(incident, frame),), ()

    def _track(self, incident: Incident) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
        """Write where it was seen when, as far as this process has watched it, or say why not."""
        track, frame = self._tracks.get(incident.id), self.pictures.latest
        if track is None or frame is None:
            return (), ("track: it was not seen since the service started",)
        content = track_json(track, frame.size)
        digest = self._copies.folder.write(incident.id, NAME, content)
        at = track.boxes[0].at
        return (Attachment(NAME, "track", "application/json", digest, at),), ()

    def _forget_track(self, name: str) -> None:
        """Delete the track of a process that died before it had completed this evidence."""
        with suppress(StorageError):  # what is left there hides nothing: `verify` names it
            self._copies.folder.discard(name, NAME)
