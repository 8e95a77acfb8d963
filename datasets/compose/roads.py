"""Real clips of fixed cameras as stages: traffic goes on, vehicles stop where they were."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import yaml

from streetwatch.datasets.compose.cutting import Mask, cut_moving, differing
from streetwatch.datasets.compose.stage import Street, blobs
from streetwatch.datasets.compose.steadying import steadied
from streetwatch.datasets.demo.cutouts import Cutout
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.types import Box, Detections, Image, Sees, Size
from streetwatch.zones import footprint, polygon
from streetwatch.zones.polygon import Polygon

#: Pictures kept of a clip, a second.
PICTURES_A_SECOND = 4

_WIDTH = 640
_MEDIAN_OF = 60

#: However unsure: what is cut out must also differ from the empty street.
_LEAST_CONFIDENCE = 0.15
_SURELY_A_PERSON = 0.4
_VEHICLES = frozenset({"car", "bus", "truck"})
_LEAST_BOX = 1200.0  # pixels
_RIM = 3.0
_MOST_THINGS = 80
_LEAST_THINGS = 6

#: One object seen under two labels, as presence has it.
_SAME_OBJECT_IOU = 0.6

#: The rest of a long clip is left out.
_LONGEST_S = 76.0

#: What has not changed for so long, and is not the empty street, stands: its truth is unknown.
_STANDS_S = 3
_STANDS_LEVELS = 12
_STANDS_AREA = 150  # pixels of the picture at half its size
_LEAST_RUN = 3 * PICTURES_A_SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Road:
    """A clip of a fixed camera on which nothing happens.

    Attributes:
        name: Of the clip.
        zone: Where nothing stands but what is put there.
        things: Vehicles, each cut out where it was.
        people: Cut out likewise.
        pictures: `PICTURES_A_SECOND` of them.
        runs: Which of them follow each other without anything that stands.
    """

    name: str
    zone: Polygon
    things: tuple[Cutout, ...]
    people: tuple[Cutout, ...]
    pictures: tuple[Street, ...]
    runs: tuple[range, ...]

    def streets(self, count: int, fps: float, chance: np.random.Generator) -> list[Street]:
        """Return so many pictures one after the other: stretches of the clip, joined by chance."""
        step = PICTURES_A_SECOND / fps
        made: list[Street] = []
        while len(made) < count:
            run = self.runs[int(chance.integers(len(self.runs)))]
            first = run.start + float(chance.uniform(0, len(run) / 2))
            part = np.arange(first, run.stop - 1, step).astype(int).tolist()
            made += [self.pictures[number] for number in part]
        return made[:count]


@dataclass(frozen=True, slots=True)
class _Clip:
    """A clip with the zone in which nothing is to be filed; None: nobody drew one for vehicles."""

    path: Path
    zone: Polygon | None


def read_roads(folder: Path, sees: Sees) -> tuple[list[Road], list[Cutout]]:
    """Read the clips of a folder on which nothing is to be filed somewhere.

    Args:
        folder: Holds clips, `cameras.yaml` and `truth.json`.
        sees: Tells vehicles and people from leaves and shadows.

    Returns:
        The roads that vehicles can stand on, and the people of all clips, cut out.

    Raises:
        DatasetError: it is not laid out so.
    """
    read = [road for clip in _clips(folder) if (road := _road(clip, sees))]
    people = [person for road in read for person in road.people]
    return [road for road in read if road.runs and len(road.things) >= _LEAST_THINGS], people


def _clips(folder: Path) -> list[_Clip]:
    try:
        cameras = yaml.safe_load((folder / "cameras.yaml").read_text(encoding="utf-8"))["cameras"]
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        clips = [_clip(folder, camera, truth) for camera in cameras]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise DatasetError(
            f"{folder}: {error}: clips, cameras.yaml and truth.json are expected in it"
        ) from error
    return [clip for clip in clips if clip.zone or not truth[clip.path.name]]


def _clip(folder: Path, camera: Mapping[str, Any], truth: Mapping[str, Any]) -> _Clip:
    name = camera["source"]["url"]
    taken = {event["zone"] for event in truth[name]}
    free = [
        zone["polygon"]
        for zone in camera["zones"]
        if zone["id"] not in taken
        and any(rule["type"] == "illegal_parking_motor" for rule in zone["rules"])
    ]
    return _Clip(folder / name, tuple((x, y) for x, y in free[0]) if free else None)


def _road(clip: _Clip, sees: Sees) -> Road | None:
    """Read one clip; None where nobody drives or walks through it, or a vehicle always stands."""
    images = list(steadied(_pictures(clip.path)))
    size = (images[0].shape[1], images[0].shape[0])
    glances = (sees.detect(image) for image in images[:: 4 * PICTURES_A_SECOND])
    if not any(label in _VEHICLES | {"person"} for seen in glances for label in seen.labels):
        return None
    spread = images[:: max(len(images) // _MEDIAN_OF, 1)]
    empty = np.median(np.stack(spread), axis=0).astype(np.uint8)
    if clip.zone and _vehicles_in(
        clip.zone, sees.detect(empty, confidence=_LEAST_CONFIDENCE), size
    ):
        return None
    masks = [differing(image, empty) for image in images]
    runs = _runs(images, masks, _inside(clip.zone, size)) if clip.zone else ()
    usable = [number for run in runs for number in run] or range(0, len(images), 6)
    busy = [number for number in usable if np.count_nonzero(masks[number]) > _LEAST_BOX / 2]
    vehicles, people = _cut_out(images, masks, busy, clip.zone, sees)
    pictures = tuple(Street(image, blobs(mask)) for image, mask in zip(images, masks, strict=True))
    return Road(clip.path.stem, clip.zone or (), vehicles, people, pictures, runs)


def _vehicles_in(zone: Polygon, seen: Detections, size: Size) -> bool:
    return any(
        label in _VEHICLES and _stands_in(zone, seen, row, size)
        for row, label in enumerate(seen.labels)
    )


def _pictures(path: Path) -> Iterator[Image]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        due_s = 0.0
        for frame in container.decode(stream):
            if frame.pts is None or frame.time < due_s:
                continue
            if frame.time > _LONGEST_S:
                return
            due_s = frame.time + 1 / PICTURES_A_SECOND - 0.02
            image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            yield _fitted(image)


def _fitted(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = min(_WIDTH / width, 1.0)
    size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _inside(zone: Polygon, size: Size) -> Mask:
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.rint(np.asarray(zone) * size).astype(np.int32)], (255,))
    return mask


def _runs(images: Sequence[Image], masks: Sequence[Mask], zone: Mask) -> tuple[range, ...]:
    """Return the stretches of a clip in which nothing stands but what always stands there."""
    back = _STANDS_S * PICTURES_A_SECOND
    small = [image[::2, ::2] for image in images]
    passing = [mask[::2, ::2] & zone[::2, ::2] for mask in masks]
    free = np.ones(len(images), bool)
    for number in range(back, len(images)):
        stands = passing[number] > 0
        for before in range(number - back, number, PICTURES_A_SECOND):
            apart = cv2.absdiff(small[number], small[before]).max(axis=2)
            stands = stands & (passing[before] > 0) & (apart < _STANDS_LEVELS)
        whole = cv2.morphologyEx(stands.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        if np.count_nonzero(whole) > _STANDS_AREA:
            free[number - back : number + 1] = False
    return tuple(run for run in _stretches(free) if len(run) >= _LEAST_RUN)


def _stretches(free: npt.NDArray[np.bool_]) -> Iterator[range]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(int), [0]))))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield range(start, stop)


def _cut_out(
    images: Sequence[Image],
    masks: Sequence[Mask],
    numbers: Sequence[int],
    zone: Polygon | None,
    sees: Sees,
) -> tuple[tuple[Cutout, ...], tuple[Cutout, ...]]:
    """Return the vehicles in the zone and the people anywhere, each cut out where it was."""
    vehicles: list[Cutout] = []
    people: list[Cutout] = []
    for number in numbers:
        size = (images[number].shape[1], images[number].shape[0])
        seen = sees.detect(images[number], confidence=_LEAST_CONFIDENCE)
        seen = seen[footprint.distinct(seen.xyxy, seen.confidence, limit=_SAME_OBJECT_IOU)]
        for row in _alone(seen, size):
            x1, y1, x2, y2 = seen.xyxy[row].tolist()
            is_vehicle = seen.labels[row] in _VEHICLES
            cutout = cut_moving(
                images[number], masks[number], (x1, y1, x2, y2), is_vehicle=is_vehicle
            )
            if cutout is None:
                continue
            if is_vehicle and zone and _stands_in(zone, seen, row, size):
                vehicles.append(cutout)
            elif seen.labels[row] == "person" and seen.confidence[row] >= _SURELY_A_PERSON:
                people.append(cutout)
    return _some(vehicles), _some(people)


def _alone(seen: Detections, size: Size) -> list[int]:
    """Return what is wholly in the picture and behind nothing."""
    overlap = footprint.iou(seen.xyxy, seen.xyxy)
    np.fill_diagonal(overlap, 0.0)
    x1, y1, x2, y2 = seen.xyxy.T
    whole = (x1 > _RIM) & (y1 > _RIM) & (x2 < size[0] - _RIM) & (y2 < size[1] - _RIM)
    large = (x2 - x1) * (y2 - y1) >= _LEAST_BOX
    alone = overlap.max(axis=1, initial=0.0) < 0.05
    return [int(row) for row in np.flatnonzero(whole & large & alone)]


def _stands_in(zone: Polygon, seen: Detections, row: int, size: Size) -> bool:
    box: Box = tuple(seen.xyxy[row].tolist())
    point = footprint.ground_points(np.array([box], np.float32))
    return bool(polygon.contains(zone, point, size)[0])


def _some(found: Sequence[Cutout]) -> tuple[Cutout, ...]:
    return tuple(found[:: max(len(found) // _MOST_THINGS, 1)][:_MOST_THINGS])
