"""Clips with their truth, run through the whole chain."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streetwatch.benchmarks.events import ALL, Event, Tally, summed, tally
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.service.cameras import Camera
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.replay import chosen_camera, looks_at, replay
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.file import read_file
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Look, Seconds
from streetwatch.zones.rules import ViolationType


@dataclass(frozen=True, slots=True)
class TrueClip:
    """A clip and what should be filed on it."""

    path: Path
    events: tuple[Event, ...]


def read_truth(folder: Path) -> list[TrueClip]:
    """Read `truth.json`: clips of the folder with their events, in order of name.

    Raises:
        DatasetError: it is not laid out so, or a clip is missing.
    """
    file = folder / "truth.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        clips = [_clip(folder, name, content[name]) for name in sorted(content)]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{file}: {error}: write "
            '{"clip.mp4": [{"camera": ..., "zone": ..., "type": ..., "start": ..., "end": ..., '
            '"violation_at": ...}]}; an empty list is a clip with nothing to file'
        ) from error
    missing = [clip.path for clip in clips if not clip.path.is_file()]
    if missing:
        raise DatasetError(f"{missing[0]}: no such clip, but {file} speaks of it")
    return clips


def _clip(folder: Path, name: str, events: list[Mapping[str, Any]]) -> TrueClip:
    return TrueClip(folder / name, tuple(_event(fields) for fields in events))


def _event(fields: Mapping[str, Any]) -> Event:
    return Event(
        camera=str(fields["camera"]),
        zone=str(fields["zone"]),
        type=ViolationType(fields["type"]).value,
        start=float(fields["start"]),
        end=float(fields["end"]),
        violation_at=float(fields["violation_at"]),
    )


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What one clip gave."""

    name: str
    tallies: Mapping[str, Tally]
    hours: float


def run_clip(
    clip: TrueClip,
    cameras: tuple[Camera, ...],
    detector: Detector,
    *,
    look_interval_s: Seconds,
    on_look: Callable[[], None],
) -> ClipResult:
    """Replay a clip on its own clock and hold what was filed against its truth.

    Raises:
        InputError: no camera, or several, are of this clip.
        CaptureError: the clip can't be read.
    """
    wanted = clip.events[0].camera if clip.events else None
    camera = chosen_camera(cameras, wanted, clip=clip.path, path=clip.path.parent / "cameras.yaml")
    until: Seconds = 0.0

    def looks() -> Iterator[Look]:
        nonlocal until
        source = Source(SourceKind.FILE, str(clip.path))
        frames = read_file(source, camera_id=camera.id, look_interval_s=look_interval_s)
        for look in looks_at(frames, detector, masks=camera.masks):
            until = look.at
            on_look()
            yield look

    filed = replay(
        looks(),
        watched=camera.watched(model=detector.card.version),
        store=open_store("sqlite://"),
        epoch=None,
    )
    hours = until / 3600
    return ClipResult(
        clip.path.name, tally(clip.events, [filed_event(i) for i in filed], hours=hours), hours
    )


def filed_event(incident: Incident, *, zero: Seconds = 0.0) -> Event:
    """Return a filed incident as an event, in seconds since `zero`."""
    return Event(
        camera=incident.camera_id,
        zone=incident.zone_id,
        type=incident.type,
        start=incident.first_seen - zero,
        end=incident.last_seen - zero,
        violation_at=(incident.violation_at or incident.last_seen) - zero,
    )


def table(results: list[ClipResult]) -> list[Tally]:
    """Return a tally for each type and one for all of them, over all the clips' hours."""
    hours = sum(result.hours for result in results)
    types = sorted({type_ for result in results for type_ in result.tallies})
    lines = [
        summed(type_, (r.tallies[type_] for r in results if type_ in r.tallies), hours=hours)
        for type_ in types
    ]
    return [*lines, summed(ALL, lines, hours=hours)]
