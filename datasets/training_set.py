"""One training set from the development data: one label map, vehicles and people labelled too."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np
import yaml

from streetwatch.datasets.pasting import Made, Paster
from streetwatch.datasets.yolo_folder import (
    DatasetError,
    LabelledBox,
    LabelledImage,
    YoloWriter,
    read_folder,
    read_picture,
)
from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Image

#: There are no pictures of tricycle carts yet: the model does not know the label.
TRAINED_LABELS = tuple(label for label in LABELS if label != "tricycle")

#: Sources of `images/`, `labels/`, `data.yaml`, each with splits that are never mixed.
_SOURCES = ("garbage", "vendor")

#: COCO's pictures keep the boxes of the labels that we share.
_COCO = "coco128"

_TEACHER_SIZE = 800
_TEACHER_CONFIDENCE = 0.35
_FRAMES_PER_CLIP = 28
_LEAST_STEP_S = 0.6

#: Few pictures show vending: each of them is seen this often an epoch.
_VENDING_REPEATS = 3


class Labels(Protocol):
    """Labels vehicles and people."""

    def boxes(
        self, image: Image, *, confidence: float, image_size: int
    ) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Return label and (cx, cy, w, h) in shares of the picture."""


@dataclass(frozen=True, slots=True)
class BuiltSet:
    """A training set that was built."""

    data: Path
    pictures: int


def build(
    source: Path,
    out: Path,
    *,
    teacher: Labels,
    paster: Paster | None,
    on_picture: Callable[[str], None],
) -> BuiltSet:
    """Build a training set.

    Args:
        source: Holds `garbage/{train,val}`, `vendor/{train,val}`; `coco128` and `videos` if any.
        out: Where the set is made; pictures that are not changed are linked.
        teacher: Labels vehicles and people where a source has no boxes of them.
        paster: Makes further pictures with rendered objects; None: none.
        on_picture: Told each picture's name, for progress.

    Raises:
        DatasetError: a source is missing or wrong.
    """
    missing = [name for name in _SOURCES if not (source / name / "train").is_dir()]
    if missing:
        raise DatasetError(f"{source / missing[0] / 'train'}: no such folder: see SOURCES.md")
    writers = {split: YoloWriter(out, split, TRAINED_LABELS) for split in ("train", "val")}
    listed: list[Path] = []
    backgrounds: list[LabelledImage] = []
    for split, name, image in _labelled(source, teacher):
        picture = writers[split].link(name, image.path, image.boxes)
        on_picture(name)
        if split == "train":
            vending = any(box.label == "vendor_stall" for box in image.boxes)
            listed += [picture] * (_VENDING_REPEATS if vending else 1)
            backgrounds += [] if vending else [image]
    for name, content, boxes in _made(source / "videos", teacher, paster, backgrounds):
        listed.append(writers["train"].write(name, content, boxes))
        on_picture(name)
    return BuiltSet(_write_data(out, listed), len(listed))


def _made(
    videos: Path, teacher: Labels, paster: Paster | None, backgrounds: list[LabelledImage]
) -> Iterator[Made]:
    yield from _frames(videos, teacher)
    if paster:
        yield from paster.pictures(backgrounds)


def _labelled(source: Path, teacher: Labels) -> Iterator[tuple[str, str, LabelledImage]]:
    """Yield split, name and picture of every source with boxes."""
    for origin in _SOURCES:
        for split in ("train", "val"):
            for image in read_folder(source / origin / split):
                taught = (*image.boxes, *_taught(read_picture(image.path), teacher))
                yield split, f"{origin}_{image.path.stem}", LabelledImage(image.path, taught)
    if (source / _COCO).is_dir():
        for image in read_folder(source / _COCO):
            yield "train", f"{_COCO}_{image.path.stem}", image


def _taught(image: Image, teacher: Labels) -> Iterable[LabelledBox]:
    found = teacher.boxes(image, confidence=_TEACHER_CONFIDENCE, image_size=_TEACHER_SIZE)
    return [LabelledBox(label, (x, y), (w, h)) for label, (x, y, w, h) in found]


def _frames(folder: Path, teacher: Labels) -> Iterator[Made]:
    """Yield a few pictures of each fixed camera, far apart, labelled by the teacher."""
    for clip in sorted(folder.glob("*.mp4")):
        if clip.stem.startswith("composite_"):  # made from another clip's pictures
            continue
        for number, image in enumerate(_spread(clip)):
            content = cv2.imencode(".jpg", image)[1].tobytes()
            yield f"video_{clip.stem}_{number:03d}", content, tuple(_taught(image, teacher))


def _spread(clip: Path) -> Iterator[Image]:
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        length_s = float(container.duration or 0) / 1e6
        step_s = max(length_s / _FRAMES_PER_CLIP, _LEAST_STEP_S)
        due_s = 0.0
        for frame in container.decode(stream):
            if frame.pts is not None and frame.time >= due_s:
                due_s = frame.time + step_s
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _write_data(out: Path, listed: list[Path]) -> Path:
    """Name the pictures of the set, repeats and all."""
    (out / "train.txt").write_text("\n".join(map(str, listed)) + "\n", encoding="utf-8")
    data = out / "data.yaml"
    content = {
        "path": str(out.resolve()),
        "train": "train.txt",
        "val": "images/val",
        "names": dict(enumerate(TRAINED_LABELS)),
    }
    data.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return data
