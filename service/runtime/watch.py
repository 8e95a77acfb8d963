"""The chain of one camera: what was seen, to stays, to incidents, to evidence."""

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import replace

from streetwatch.service.evidence.coming import there
from streetwatch.service.evidence.manifest import Gathered
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import is_sealed
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State, incident_id
from streetwatch.service.incidents.ports import Store
from streetwatch.service.runtime.carrying import carried
from streetwatch.service.runtime.clip_sight import is_filed_soon
from streetwatch.vision.picture import Resized
from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Frame, Look, Seconds, Size
from streetwatch.zones.presence import Observation, Presence, observe

#: An empty street is written down so often: a process that dies then has looked away for so long.
WRITTEN_EVERY_S: Seconds = 10.0

#: How long a camera that goes waits for the copy of its clip.
FINISH_S: Seconds = 20.0


class CameraWatch:
    """One camera's state between looks. Used by one thread.

    Live, replayed from a clip or from recorded looks: it is the same chain on the same times.

    Args:
        watched: The camera, its zones and the model's name.
        store: Where it goes on from after a restart.
        recorder: None where there are no pictures (recorded looks).
        epoch: Added to capture times to give schedules a wall clock; None leaves them out.
        on_look: Told of every look.
        size: Of the pictures in whose pixels what is stored stands; None where that isn't known.
    """

    def __init__(  # noqa: PLR0913 -- what it goes on from, and whom it tells
        self,
        *,
        watched: Watched,
        store: Store,
        recorder: Recorder | None,
        epoch: Seconds | None = 0.0,
        on_look: Callable[[Look], None] = lambda _: None,
        size: Size | None = None,
    ) -> None:
        self._watched = watched
        self._store = store
        self._recorder = recorder
        self._epoch = epoch
        self._on_look = on_look
        self._size = size
        self._shift = NONE
        self._presence = store.presence(watched.site.camera_id)
        self._written_at = self._presence.last_look
        self._unsealed = self._reloaded()
        self._gathering: dict[str, Future[Gathered | None]] = {}
        self._lost = {one.id for one in self._unsealed.values() if one.opened_at is None}

    @property
    def presence(self) -> Presence:
        """What is at its place, after the latest look."""
        return self._presence

    @property
    def size(self) -> Size | None:
        """Of the pictures in whose pixels what stands there is kept; None before the first."""
        return self._size

    def go_along(self, shift: Shift) -> None:
        """Judge by zones that have moved with the picture."""
        self._shift = shift
        if self._recorder:
            self._recorder.pictures.shift = shift

    def look(self, look: Look, frame: Frame | None = None) -> tuple[Incident, ...]:
        """Fold one look; return the incidents whose state it changed.

        Raises:
            StorageError: nothing of this look was kept; the next look includes what it missed.
        """
        look, frame = self._as_kept(self._shift.as_drawn(look), frame)
        self._on_look(look)
        observation = observe(self._presence, look, self._watched.zones, epoch=self._epoch)
        if self._recorder and frame:
            self._recorder.remember(frame, (*observation.presence.stays, *observation.gone))
        changed: tuple[Incident, ...] = ()
        if not self._is_nothing(observation, look.at):
            changed, self._written_at = self._record(observation), look.at
        self._presence, self._size = observation.presence, look.size
        self._unsealed |= {one.id: one for one in changed if _is_sealed_here(one)}
        camera_id = self._watched.site.camera_id
        self._lost |= {incident_id(camera_id, stay.key) for stay in observation.gone}
        self.seal(look.at)
        self._keep_video()
        return changed

    def _keep_video(self) -> None:
        """Have as much of the stream kept as a clip needs, where one is cut soon."""
        if self._recorder is not None:
            is_uncut = any(name not in self._gathering for name in self._unsealed)
            soon = is_uncut or is_filed_soon(self._presence.stays, self._watched.zones)
            self._recorder.await_clip(is_awaited=soon)

    def _as_kept(self, look: Look, frame: Frame | None) -> tuple[Look, Frame | None]:
        """Return a look in the size in which what stands there is kept.

        A camera that was set to another size shows the same street: what stands goes on standing.
        """
        size = self._size
        if size is None or look.size == size or self._presence.is_empty:
            return look, frame
        kept = replace(look, size=size, detections=look.detections.rescaled(look.size, size))
        return kept, frame and replace(frame, picture=Resized(frame.picture, size))

    def _is_nothing(self, observation: Observation, at: Seconds) -> bool:
        """Tell whether a look left an empty street empty: that need not be written each time."""
        before, after = self._presence, observation.presence
        if not (before.is_empty and after.is_empty) or observation.gone:
            return False
        if self._written_at is None:
            return False
        return 0 <= at - self._written_at < WRITTEN_EVERY_S

    def show(self, frame: Frame) -> None:
        """Take a frame for the latest picture that says nothing of the street."""
        if self._recorder:
            self._recorder.pictures.show(frame)
            self._keep_video()

    def beside(self, others: tuple[Watched, ...]) -> None:
        """Go on beside other cameras than before."""
        self._watched = replace(self._watched, others=others)

    def redraw(self, watched: Watched, at: Seconds) -> None:
        """Go on with other zones. What stands in those that are left goes on standing.

        Raises:
            StorageError: nothing was changed.
        """
        camera_id = watched.site.camera_id
        self.finish(at, lambda incident: not _has_rule(watched, incident))
        put_aside = f"{camera_id}/aside"
        before = self._store.presence(put_aside)
        parted = carried(self._presence, before, watched.zones, size=self._size, at=at)
        if parted.aside.stays or before.stays:
            with self._store.transaction() as transaction:
                transaction.put_presence(camera_id, parted.presence)
                transaction.put_presence(put_aside, parted.aside)
        self._watched, self._presence = watched, parted.presence
        if self._recorder:
            self._recorder.pictures.redraw(watched.site, watched.zones)

    def finish(self, at: Seconds, which: Callable[[Incident], bool] = lambda _: True) -> None:
        """Complete the evidence of incidents with what there is: there will be no more.

        Raises:
            StorageError: the disk refused.
        """
        if self._recorder is None:
            return
        for incident in [one for one in self._unsealed.values() if which(one)]:
            if incident.opened_at is not None:
                coming = self._coming(incident.id, self._recorder)
                wait_for([coming], FINISH_S)
                self._seal(incident.id, coming, self._recorder, at)
            self._gathering.pop(incident.id, None)
            del self._unsealed[incident.id]

    def leave(self) -> None:
        """Look no more, for another process goes on: store what stands, and cut the clips.

        What evidence is not complete it completes; nothing is waited for here.

        Raises:
            LeaseLostError: it goes on already; nothing was written.
            StorageError: the disk or the database refused.
        """
        if self._recorder is not None:
            self._recorder.give_up()
        if self._presence.last_look is not None:
            with self._store.transaction() as transaction:
                transaction.put_presence(self._watched.site.camera_id, self._presence)
        if self._recorder is not None:
            unsealed = [one for one in self._unsealed.values() if one.opened_at is not None]
            self._recorder.leave(unsealed)
        self._gathering.clear()
        self._unsealed.clear()

    def _record(self, observation: Observation) -> tuple[Incident, ...]:
        return handle.record(
            observation,
            watched=self._watched,
            store=self._store,
            stills_of=self._recorder.pictures.stills_of if self._recorder else lambda *_: (),
        )

    def seal(self, at: Seconds) -> None:
        """Complete the evidence of incidents whose clip has run its time.

        Raises:
            StorageError: the disk refused; the next call tries again.
        """
        if self._recorder is None:
            return
        self._refind()
        for incident in [one for one in self._unsealed.values() if one.opened_at is not None]:
            if not self._recorder.can_seal(incident, at):
                continue
            coming = self._coming(incident.id, self._recorder)
            if coming.done() and self._seal(incident.id, coming, self._recorder, at):
                del self._gathering[incident.id], self._unsealed[incident.id]

    def _coming(self, name: str, recorder: Recorder) -> "Future[Gathered | None]":
        """Return the evidence of an incident, gathered once; None where it needs none any more."""
        if name in self._gathering:
            return self._gathering[name]
        with self._store.transaction() as transaction:
            incident = transaction.incident(name)
            so_far = transaction.attachments(name)
        if incident is None or is_sealed(so_far):
            return self._gathering.setdefault(name, there(None))
        return self._gathering.setdefault(name, recorder.gather(incident))

    def _refind(self) -> None:
        """Look again at what was only warned of and is lost: another camera may have filed it."""
        for name in tuple(self._lost):
            incident = self._store.incident(name)
            if incident is not None and incident.state is State.WARNED:
                continue
            self._lost.remove(name)
            if incident is not None and _is_sealed_here(incident):
                self._unsealed[name] = incident

    def _seal(
        self, name: str, coming: "Future[Gathered | None]", recorder: Recorder, at: Seconds
    ) -> bool:
        """Seal what is gathered; False while masked copies of its stills are awaited."""
        try:
            gathered = coming.result() if coming.done() else None
        except StorageError:
            del self._gathering[name]
            raise
        if gathered is None:  # what could not be waited for is sealed when the camera is back
            return True
        return handle.complete_evidence(
            name,
            recorder.sealed(gathered, at),
            watched=self._watched,
            store=self._store,
            at=at,
        )

    def _reloaded(self) -> dict[str, Incident]:
        """Return the filed incidents that an earlier process did not live to seal."""
        unsealed = self._store.unsealed(self._watched.site.camera_id)
        return {
            incident.id: incident
            for incident in unsealed
            if _has_rule(self._watched, incident) and incident.duplicate_of is None
        }


def _has_rule(watched: Watched, incident: Incident) -> bool:
    rules = {(zone.id, rule.type) for zone in watched.zones for rule in zone.rules}
    return (incident.zone_id, incident.type) in rules


def _is_sealed_here(incident: Incident) -> bool:
    """Tell whether an incident has evidence of its own to complete: a view hands its over."""
    return incident.state is State.OPEN and incident.duplicate_of is None
