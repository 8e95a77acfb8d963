"""What a training set was built from: sources, licences, counts, and a sha256 of every file."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from streetwatch.datasets.sources import Source
from streetwatch.datasets.yolo_folder import read_folder


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """One split of a source.

    Attributes:
        pictures: How many.
        boxes: How many hand-made boxes of each label.
        sha256: Of the sorted lines `sha256  name` of its pictures and label files.
    """

    pictures: int
    boxes: Mapping[str, int]
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source with its licence."""

    name: str
    licence: str
    splits: Mapping[str, SplitFacts]


@dataclass(frozen=True, slots=True)
class SetManifest:
    """A whole set.

    Attributes:
        sources: In order of name.
        dropped: Training pictures left out because another split has the same scene.
        made: Pictures taken from clips or made by pasting.
    """

    sources: tuple[SourceFacts, ...]
    dropped: tuple[str, ...]
    made: int

    @classmethod
    def of(cls, found: Sequence[Source], *, dropped: Sequence[Path], made: int) -> Self:
        """Count and hash the sources' files."""
        facts = tuple(_source(source) for source in found)
        return cls(facts, tuple(f"{path.parent.parent.name}/{path.name}" for path in dropped), made)


def _source(source: Source) -> SourceFacts:
    splits = {split: _split(source.folder / split) for split in source.splits}
    return SourceFacts(source.name, source.licence, splits)


def _split(folder: Path) -> SplitFacts:
    images = list(read_folder(folder))
    boxes = Counter(box.label for image in images for box in image.boxes)
    labels = [folder / "labels" / f"{image.path.stem}.txt" for image in images]
    files = [*(image.path for image in images), *(path for path in labels if path.exists())]
    lines = sorted(f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in files)
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return SplitFacts(len(images), dict(sorted(boxes.items())), digest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(manifest: SetManifest, out: Path) -> None:
    """Write `manifest.json`, and `SHA256SUMS` of the set's own pictures and label files.

    `sha256sum -c SHA256SUMS` in the folder of the set checks that it is still what was built.
    """
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8")
    files = sorted(path for part in ("images", "labels") for path in (out / part).rglob("*.*"))
    lines = [
        f"{_sha256(path)}  {path.relative_to(out)}\n" for path in files if path.suffix != ".cache"
    ]
    (out / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
