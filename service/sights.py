"""What the cameras that run know: of themselves, and of a case that the desk asks about."""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from streetwatch.service.api.readiness import FRESH_S, CameraHealth
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.merging import Listed
from streetwatch.service.desk.closing.decide import Sight, Verification
from streetwatch.service.desk.draft import Document
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.watched_camera import WatchedCamera
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc
from streetwatch.zones.rules import Rule

#: Of a picture that the check itself takes.
_STILL_THERE: Final = "still_there"


class Watched(Protocol):
    """One camera that runs.

    Attributes:
        recorder: Has its latest picture, masked.
        last_frame_at: When it gave its last picture; None before the first.
    """

    camera: Camera
    recorder: Recorder
    last_frame_at: Seconds | None


class CameraSights:
    """Answers the closing check from the store and the cameras that run.

    Args:
        store: Where the incidents are.
        cameras: Those that run now, by id.
        is_elsewhere: Tells whether another process watches a camera.
    """

    def __init__(
        self,
        store: SqlStore,
        cameras: Callable[[], Mapping[str, Watched]],
        is_elsewhere: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._store = store
        self._cameras = cameras
        self._is_elsewhere = is_elsewhere

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether another process watches the camera of an incident."""
        incident = self._store.incident(name)
        return incident is not None and self._is_elsewhere(incident.camera_id)

    def sight(self, name: str, now: Seconds) -> Sight | None:
        """Return what is known of an incident, None where there is no such one.

        Of all cameras that have it in view the one that saw it last counts, if it can see now.
        """
        incident = self._store.incident(name)
        if incident is None:
            return None
        blind = {one: self._blind(one, now) for one in self._store.views(name)}
        best = max(blind, key=lambda one: (not blind[one], one.last_seen))
        return Sight(best.last_seen, incident.cleared_at, blind[best])

    def _blind(self, incident: Incident, now: Seconds) -> str:
        """Tell why the camera can't see the place now; empty where it can."""
        watched = self._cameras().get(incident.camera_id)
        if watched is None:
            return "摄像机已拆除 / the camera was removed"
        rule = _rule(watched.camera, incident)
        if rule is None:
            return "区域已撤 / its zone or rule was taken out"
        last = watched.last_frame_at
        if last is None or now - last > FRESH_S:
            return "摄像机离线 / the camera gives no pictures"
        if not rule.schedule.is_open(now):
            return "非管控时段 / its rule does not apply at this hour"
        return ""

    def picture(self, name: str, result: Verification, since: Seconds) -> Document | None:
        """Return a picture of what was found: the place empty, or what still stands there."""
        match result:
            case Verification.NOT_EXIST:
                return self._cleared(name)
            case Verification.EXIST:
                return self._still_there(name, since)
            case Verification.UNABLE:
                return None

    def _cleared(self, name: str) -> Document | None:
        files = {one.role: one for one in self._store.evidence(name)}
        one = files.get("cleared")
        return None if one is None else _file(name, one)

    def discard(self, name: str, picture: Document) -> None:
        """Delete a picture that `picture` wrote and that no case has."""
        recorder = self._recorder(name)
        if recorder is not None and picture["role"] == _STILL_THERE:
            recorder.pictures.discard(name, picture["name"])

    def _still_there(self, name: str, since: Seconds) -> Document | None:
        recorder = self._recorder(name)
        one = None if recorder is None else recorder.pictures.of_now(name, _STILL_THERE, since)
        return None if one is None else _file(name, one)

    def _recorder(self, name: str) -> Recorder | None:
        """Return that of the camera that saw an incident last."""
        cameras = self._cameras()
        seen = [one for one in self._store.views(name) if one.camera_id in cameras]
        if not seen:
            return None
        return cameras[max(seen, key=lambda one: one.last_seen).camera_id].recorder


def health_of(one: WatchedCamera, listed: Listed, now: Seconds) -> CameraHealth:
    """Return a camera's state for people and probes."""
    camera, state, latest = one.camera, one.capture.state, one.recorder.pictures.latest
    return CameraHealth(
        camera.id,
        camera.name,
        camera.source.redacted,
        state.phase.value,
        state.reason,
        one.age_s(now),
        condition=one.condition(now).value,
        origin=listed.origin.value,
        version=listed.version,
        size=None if latest is None else latest.size,
        place=camera.place,
        shift=one.watching.health.shift,
    )


def _rule(camera: Camera, incident: Incident) -> Rule | None:
    for zone in camera.zones:
        for rule in zone.rules:
            if (zone.id, rule.type) == (incident.zone_id, incident.type):
                return rule
    return None


def _file(incident_id: str, one: Attachment) -> Document:
    return {
        "name": one.name,
        "role": one.role,
        "media_type": one.media_type,
        "sha256": one.sha256,
        "captured_at": utc(one.captured_at),
        "url": f"/evidence/{incident_id}/{one.name}",
    }
