"""Clips with their truth, run through the whole chain."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from streetwatch.benchmarks.events import ALL, Event, Tally, summed, tally
from streetwatch.benchmarks.sparing import sparing_looks
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.service.cameras import Camera
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.replay import chosen_camera, looks_at, replay
from streetwatch.service.runtime.recorded import look_line, recorded_looks
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.file import read_file
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.detect import Detector, above, watching
from streetwatch.vision.types import Box, Look, Seconds
from streetwatch.zones.rules import ViolationType

#: Kept looks hold everything above, so that thresholds can be tried without looking again.
FAINT = 0.1


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
            '"violation_at": ..., "bbox": [x1, y1, x2, y2]}]}; `bbox` may be left out, '
            "an empty list is a clip with nothing to file"
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
        bbox=_box(fields["bbox"]) if "bbox" in fields else None,
    )


def _box(corners: Sequence[float]) -> Box:
    x1, y1, x2, y2 = map(float, corners)
    if not (x1 < x2 and y1 < y2):
        raise ValueError(f"bbox {[x1, y1, x2, y2]} is not left, top, right, bottom in pixels")
    return x1, y1, x2, y2


@dataclass(frozen=True, slots=True)
class About:
    """What is said about a composed clip.

    Attributes:
        disturbance: What makes it hard to see.
        street: Where it was taken.
    """

    disturbance: str = ""
    street: str = ""


NOTHING_SAID = About()


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What one clip gave.

    Attributes:
        name: Of the clip.
        tallies: By type, of all that its camera watches for.
        hours: Watched.
        about: What is said about it.
    """

    name: str
    tallies: Mapping[str, Tally]
    hours: float
    about: About = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Seeing:
    """How clips are looked at.

    Attributes:
        detector: What sees.
        look_interval_s: Seconds of a clip between two looks.
        looks: Folder that keeps what was seen, however unsure, for the next time; None: nothing is
            kept.
        sparing: What was seen is said again of pictures that show no change, as the service does.
    """

    detector: Detector
    look_interval_s: Seconds
    looks: Path | None = None
    sparing: bool = False

    def at(self, clip: Path, camera: Camera) -> Iterator[Look]:
        """Yield the looks at a clip, as a watched camera has them."""
        thresholds = watching(self.detector.card)
        for look in self._everything(clip, camera):
            yield replace(look, detections=above(look.detections, thresholds))

    def _everything(self, clip: Path, camera: Camera) -> Iterator[Look]:
        if self.looks is None:
            yield from self._detected(clip, camera)
            return
        how = f"{self.look_interval_s:g}s{'-sparing' if self.sparing else ''}"
        named = f"{clip.stem}@{how}-{self.detector.card.version}.jsonl"
        file = self.looks / named
        if not file.exists():
            self.looks.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".part")
            with part.open("w", encoding="utf-8") as lines:
                lines.writelines(look_line(look) for look in self._detected(clip, camera))
            part.rename(file)
        with file.open(encoding="utf-8") as lines:
            for step in recorded_looks(lines, name=str(file)):
                if isinstance(step, Look):
                    yield step

    def _detected(self, clip: Path, camera: Camera) -> Iterator[Look]:
        source = Source(SourceKind.FILE, str(clip))
        frames = read_file(source, camera_id=camera.id, look_interval_s=self.look_interval_s)
        if self.sparing:
            yield from sparing_looks(frames, self.detector, camera, confidence=FAINT)
        else:
            # Looks that are kept are of whole pictures: the areas may be drawn anew.
            areas = camera.areas if self.looks is None else ()
            yield from looks_at(
                frames, self.detector, masks=camera.masks, areas=areas, confidence=FAINT
            )


def run_clip(
    clip: TrueClip,
    cameras: tuple[Camera, ...],
    seeing: Seeing,
    *,
    about: About = NOTHING_SAID,
    on_look: Callable[[], None],
) -> ClipResult:
    """Replay a clip on its own clock and hold what was filed against its truth.

    Raises:
        InputError: no camera, or several, are of this clip.
        CaptureError: the clip can't be read.
    """
    wanted = clip.events[0].camera if clip.events else None
    camera = chosen_camera(cameras, wanted, clip=clip.path, path=clip.path.parent / "cameras.yaml")
    began: Seconds | None = None
    until: Seconds = 0.0

    def looks() -> Iterator[Look]:
        nonlocal began, until
        for look in seeing.at(clip.path, camera):
            began, until = look.at if began is None else began, look.at
            on_look()
            yield look

    filed = replay(
        looks(),
        watched=camera.watched(model=seeing.detector.card.version),
        store=open_store("sqlite://"),
        epoch=None,
    )
    hours = (until - (began or 0.0)) / 3600
    types = {rule.type.value for zone in camera.zones for rule in zone.rules}
    tallies = tally(clip.events, [filed_event(i) for i in filed], types=types, hours=hours)
    return ClipResult(clip.path.name, tallies, hours, about)


def filed_event(incident: Incident, *, zero: Seconds = 0.0) -> Event:
    """Return a filed incident as an event, in seconds since `zero`."""
    return Event(
        camera=incident.camera_id,
        zone=incident.zone_id,
        type=incident.type,
        start=incident.first_seen - zero,
        end=incident.last_seen - zero,
        violation_at=(incident.violation_at or incident.last_seen) - zero,
        bbox=incident.anchor,
    )


def table(results: Sequence[ClipResult]) -> list[Tally]:
    """Return a tally for each type, over the hours it was watched for, and one for all of them."""
    types = sorted({type_ for result in results for type_ in result.tallies})
    lines = [
        summed(type_, [r.tallies[type_] for r in results if type_ in r.tallies]) for type_ in types
    ]
    hours = sum(result.hours for result in results)
    return [*lines, replace(summed(ALL, lines), hours=hours)]


def by_disturbance(results: Sequence[ClipResult]) -> Iterator[tuple[str, Tally]]:
    """Yield a table for each disturbance that clips are under, in the order they come."""
    for disturbance in dict.fromkeys(result.about.disturbance for result in results):
        mine = [result for result in results if result.about.disturbance == disturbance]
        yield from ((disturbance, one) for one in table(mine) if disturbance and one.type != ALL)


def read_about(folder: Path) -> Mapping[str, About]:
    """Return what is said about each clip of a composed folder; nothing for real clips.

    Raises:
        DatasetError: `composed.json` is there and can't be read.
    """
    file = folder / "composed.json"
    if not file.exists():
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: About(str(facts["disturbance"]), str(facts["street"]))
            for name, facts in about.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"{file}: {error}: let `streetwatch compose` write it anew") from error
