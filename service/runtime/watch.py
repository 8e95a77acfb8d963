"""The chain of one camera: what was seen, to stays, to incidents, to evidence."""

from streetwatch.service.evidence.recorder import Recorder, is_sealed
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.ports import Store
from streetwatch.vision.types import Frame, Look, Seconds
from streetwatch.zones.presence import Observation, Presence, observe


class CameraWatch:
    """One camera's state between looks. Used by one thread.

    Live, replayed from a clip or from recorded looks: it is the same chain on the same times.

    Args:
        watched: The camera, its zones and the model's name.
        store: Where it goes on from after a restart.
        recorder: None where there are no pictures (recorded looks).
        epoch: Added to capture times to give schedules a wall clock; None leaves them out.
    """

    def __init__(
        self,
        *,
        watched: Watched,
        store: Store,
        recorder: Recorder | None,
        epoch: Seconds | None = 0.0,
    ) -> None:
        self._watched = watched
        self._store = store
        self._recorder = recorder
        self._epoch = epoch
        self._presence = store.presence(watched.site.camera_id)
        self._unsealed = self._reloaded()

    @property
    def presence(self) -> Presence:
        """What is at its place, after the latest look."""
        return self._presence

    def look(self, look: Look, frame: Frame | None = None) -> tuple[Incident, ...]:
        """Fold one look; return the incidents whose state it changed.

        Raises:
            StorageError: nothing of this look was kept; the next look includes what it missed.
        """
        observation = observe(self._presence, look, self._watched.zones, epoch=self._epoch)
        if self._recorder and frame:
            self._recorder.remember(frame, (*observation.presence.stays, *observation.gone))
        changed = self._record(observation)
        self._presence = observation.presence
        self._unsealed |= {one.id: one for one in changed if _is_sealed_here(one)}
        self.seal(look.at)
        return changed

    def _record(self, observation: Observation) -> tuple[Incident, ...]:
        return handle.record(
            observation,
            watched=self._watched,
            store=self._store,
            stills_of=self._recorder.stills_of if self._recorder else lambda _: (),
        )

    def seal(self, at: Seconds) -> None:
        """Complete the evidence of incidents whose clip has run its time.

        Raises:
            StorageError: the disk refused; the next call tries again.
        """
        if self._recorder is None:
            return
        for incident in tuple(self._unsealed.values()):
            if self._recorder.can_seal(incident, at):
                self._seal(incident.id, self._recorder, at)
                del self._unsealed[incident.id]

    def _seal(self, incident_id: str, recorder: Recorder, at: Seconds) -> None:
        with self._store.transaction() as transaction:
            incident = transaction.incident(incident_id)
            so_far = transaction.attachments(incident_id)
        if incident is None or is_sealed(so_far):
            return
        handle.complete_evidence(
            incident_id,
            recorder.seal(incident, so_far),
            watched=self._watched,
            store=self._store,
            at=at,
        )

    def _reloaded(self) -> dict[str, Incident]:
        """Return the filed incidents that an earlier process did not live to seal."""
        known = {(zone.id, rule.type) for zone in self._watched.zones for rule in zone.rules}
        unsealed = self._store.unsealed(self._watched.site.camera_id)
        return {
            incident.id: incident
            for incident in unsealed
            if (incident.zone_id, incident.type) in known and incident.duplicate_of is None
        }


def _is_sealed_here(incident: Incident) -> bool:
    """Tell whether an incident has evidence of its own to complete: a view hands its over."""
    return incident.state is State.OPEN and incident.duplicate_of is None
