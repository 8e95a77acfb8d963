"""One training set from many sources: one label map, self-labels, no leak, a manifest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import cv2
import yaml

from streetwatch.datasets import leaks
from streetwatch.datasets.manifest import SetManifest, write_manifest
from streetwatch.datasets.pasting import Made, Paster
from streetwatch.datasets.sources import Source, sources
from streetwatch.datasets.video_frames import spread
from streetwatch.datasets.yolo_folder import (
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

#: Few pictures show vending: each of them is seen this often an epoch.
VENDING_REPEATS = 4

_TRAINED_SPLITS = ("train", "val")


class LabelsTheRest(Protocol):
    """Gives boxes of what a source has none of."""

    def missing(self, image: Image, labelled: frozenset[str]) -> Sequence[LabelledBox]:
        """Return boxes of the labels that are not in `labelled`."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a set is built from.

    Attributes:
        root: Holds the sources (`datasets.sources`); `videos/*.mp4` of fixed cameras if any.
        out: Where the set is made; pictures that are not changed are linked.
        licences: By source, as its giver states it.
        drop_leaks: Leave a training picture out that is alike to one of another split, instead of
            refusing the set.
        paster: Makes further pictures with rendered objects; None: none.
    """

    root: Path
    out: Path
    licences: Mapping[str, str] = field(default_factory=dict)
    drop_leaks: bool = False
    paster: Paster | None = None


@dataclass(frozen=True, slots=True)
class BuiltSet:
    """A training set that was built.

    Attributes:
        data: The `data.yaml` to train with.
        manifest: What it was built from.
        listed: Training pictures an epoch, repeats counted.
    """

    data: Path
    manifest: SetManifest
    listed: int


def build(plan: BuildPlan, labeller: LabelsTheRest, on_picture: Callable[[str], None]) -> BuiltSet:
    """Build a training set.

    Args:
        plan: From what, and where.
        labeller: Labels what a source has no boxes of.
        on_picture: Told what is being worked on, for progress.

    Raises:
        DatasetError: a source is missing or wrong, or pictures stand in two splits.
    """
    found = sources(plan.root, plan.licences)
    dropped = _leaking(found, on_picture, drop=plan.drop_leaks)
    writers = {split: YoloWriter(plan.out, split, TRAINED_LABELS) for split in _TRAINED_SPLITS}
    listed: list[Path] = []
    backgrounds: list[LabelledImage] = []
    for source, split, image in _pictures(found):
        if image.path in dropped:
            continue
        on_picture(f"{source.name}/{split}")
        taught = labeller.missing(read_picture(image.path), source.labels)
        whole = LabelledImage(image.path, (*image.boxes, *taught))
        name = f"{source.name}_{image.path.stem}"
        picture = writers[split].link(name, image.path, whole.boxes)
        if split == "train":
            vending = any(box.label == "vendor_stall" for box in image.boxes)
            listed += [picture] * (VENDING_REPEATS if vending else 1)
            backgrounds += [] if vending else [whole]
    made = 0
    for name, content, boxes in _made(plan, labeller, backgrounds):
        on_picture(name.rpartition("_")[0])
        listed.append(writers["train"].write(name, content, boxes))
        made += 1
    manifest = SetManifest.of(found, dropped=sorted(dropped), made=made)
    write_manifest(manifest, plan.out)
    return BuiltSet(_write_data(plan.out, listed), manifest, len(listed))


def _leaking(
    found: Sequence[Source], on_picture: Callable[[str], None], *, drop: bool
) -> frozenset[Path]:
    """Return the training pictures to leave out; refuse leaks where none is to be left out."""
    pictures = []
    for source in found:
        for split in source.splits:
            on_picture(f"hashing {source.name}/{split}")
            images = read_folder(source.folder / split)
            pictures += [leaks.hashed(image.path, split) for image in images]
    pairs = leaks.leaks(pictures)
    sides = {frozenset((pair.left, pair.right)) for pair in pairs}
    train = {one.path for pair in sides for one in pair if one.split == "train"}
    mendable = [pair for pair in pairs if {pair.left.path, pair.right.path} & train]
    if drop and len(mendable) == len(pairs):
        return frozenset(train)
    leaks.refuse(pairs)
    return frozenset()


def _pictures(found: Sequence[Source]) -> Iterator[tuple[Source, str, LabelledImage]]:
    for source in found:
        for split in _TRAINED_SPLITS:
            if split in source.splits:
                for image in read_folder(source.folder / split):
                    yield source, split, image


def _made(
    plan: BuildPlan, labeller: LabelsTheRest, backgrounds: list[LabelledImage]
) -> Iterator[Made]:
    """Yield pictures of fixed cameras, and pictures with rendered objects in those and others."""
    for clip in sorted((plan.root / "videos").glob("*.mp4")):
        if clip.stem.startswith("composite_"):  # made from another clip's pictures
            continue
        for number, image in enumerate(spread(clip)):
            content = cv2.imencode(".jpg", image)[1].tobytes()
            yield (
                f"video_{clip.stem}_{number:03d}",
                content,
                tuple(labeller.missing(image, frozenset())),
            )
    if plan.paster:
        frames = sorted((plan.out / "images" / "train").glob("video_*.jpg"))
        streets = [LabelledImage(path, ()) for path in frames]
        yield from plan.paster.pictures(backgrounds, streets)


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
