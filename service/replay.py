"""Replay: the chain of one camera over recorded looks or pictures, on their own clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from streetwatch.service.cameras import Camera
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.ports import Store
from streetwatch.service.runtime.recorded import Restart
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.vision.privacy import Outline
from streetwatch.vision.types import Detections, Frame, Look, Seconds, Sees
from streetwatch.vision.view import glance_at
from streetwatch.zones.explain import Finding, explain


def chosen_camera(
    cameras: tuple[Camera, ...], wanted: str | None, *, clip: Path | None, path: Path
) -> Camera:
    """Return the camera a recording is of: the one named, the one that names the clip, the only.

    Raises:
        InputError: it can't be told; lists the cameras there are.
    """
    named = [camera for camera in cameras if camera.id == wanted]
    same = [camera for camera in cameras if clip and Path(camera.source.url).name == clip.name]
    found = named if wanted else same or list(cameras)
    if len(found) != 1:
        known = ", ".join(camera.id for camera in cameras)
        problem = f"no camera {wanted!r}" if wanted else "which camera is it?"
        raise InputError(f"{path}: {problem} Give --camera, one of: {known}")
    return found[0]


def replay(
    steps: Iterable[Look | Restart],
    *,
    watched: Watched,
    store: Store,
    epoch: Seconds | None,
) -> tuple[Incident, ...]:
    """Run the looks through the camera's chain; return what would have been filed.

    Args:
        steps: In order of time.
        watched: The camera.
        store: Goes on from what it holds.
        epoch: Wall clock of second 0, for schedules; None leaves schedules out.

    Returns:
        In order of `violation_at`. Nothing is closed by force at the end.
    """

    def fresh() -> CameraWatch:
        return CameraWatch(watched=watched, store=store, recorder=None, epoch=epoch)

    watch = fresh()
    for step in steps:
        match step:
            case Look():
                watch.look(step)
            case Restart():
                watch = fresh()
    filed = store.incidents(camera_id=watched.site.camera_id)
    return tuple(incident for incident in filed if incident.opened_at is not None)


@dataclass(frozen=True, slots=True)
class Question:
    """Why was nothing filed here, then?

    Attributes:
        point: Pixels of the picture.
        at: Capture time.
    """

    point: tuple[float, float]
    at: Seconds


def explained(  # noqa: PLR0913 -- a replay and a question to it
    steps: Iterable[Look | Restart],
    question: Question,
    *,
    watched: Watched,
    store: Store,
    epoch: Seconds | None,
    faint: Detections | None,
) -> tuple[Finding, ...]:
    """Run the looks up to a moment and tell what stopped an alarm at a point.

    Args:
        steps: As for `replay`.
        question: Where and when.
        watched: The camera.
        store: As for `replay`.
        epoch: As for `replay`.
        faint: What was seen at the moment, however unsure; None: what the look has.

    Raises:
        InputError: the recording ends before.
    """
    watch = CameraWatch(watched=watched, store=store, recorder=None, epoch=epoch)
    for step in steps:
        if isinstance(step, Restart):
            watch = CameraWatch(watched=watched, store=store, recorder=None, epoch=epoch)
            continue
        watch.look(step)
        if step.at >= question.at:
            seen = step.detections if faint is None else faint
            return explain(
                question.point, step, watch.presence, watched.zones, faint=seen, epoch=epoch
            )
    raise InputError(f"--explain: the recording ends before second {question.at:g}")


def finding_line(finding: Finding, store: Store) -> dict[str, object]:
    """Return a finding for JSON, with the incident it belongs to, if it was filed."""
    filed = {
        incident.id: incident
        for incident in store.incidents()
        if finding.stay and incident.first_seen == finding.stay.first_seen
    }
    return {
        "zone": finding.zone_id,
        "type": finding.type,
        "stopped_by": finding.gate,
        **finding.says,
        "incident": next(iter(filed), None),
    }


def looks_at(
    frames: Iterable[Frame],
    detector: Sees,
    *,
    masks: tuple[Outline, ...],
    areas: tuple[Outline, ...] = (),
    confidence: float | None = None,
) -> Iterator[Look]:
    """Detect in the areas of every frame as `glance_at` does; `confidence` as in `Sees.detect`."""
    for frame in frames:
        glance = glance_at(frame, longest=detector.longest_side, masks=masks, areas=areas)
        yield glance.look(glance.detected(detector, confidence=confidence))


def line_of(incident: Incident) -> dict[str, object]:
    """Return an incident as the contract prints it; times in seconds of the clip."""
    return {
        "id": incident.id,
        "camera": incident.camera_id,
        "zone": incident.zone_id,
        "type": incident.type,
        "state": (State.OPEN if incident.cleared_at is None else State.CLEARED).value,
        "first_seen": _seconds(incident.first_seen),
        "violation_at": _seconds(incident.violation_at),
        "last_seen": _seconds(incident.last_seen),
        "cleared_at": _seconds(incident.cleared_at),
        "observed_s": _seconds(incident.observed_s),
        "unobserved_s": _seconds(incident.unobserved_s),
        "bbox": [round(value, 1) for value in incident.bbox],
        "recurrence_of": incident.recurrence_of,
        "confidence": round(incident.confidence, 3),
    }


def _seconds(value: Seconds | None) -> float | None:
    return None if value is None else round(value, 3)
