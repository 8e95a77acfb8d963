"""Sources of labelled pictures: folders in the YOLO layout with splits that are never mixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from streetwatch.datasets.yolo_folder import DatasetError, names_of

SPLITS = ("train", "val", "test")

NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with `train/`, and `val/` and `test/` if any.

    Attributes:
        folder: Its name is the source's.
        labels: What its boxes are of; other things in its pictures are unlabelled.
        licence: As its giver states it.
    """

    folder: Path
    labels: frozenset[str]
    licence: str

    @property
    def name(self) -> str:
        """What manifests and file names call it."""
        return self.folder.name

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits it has."""
        return tuple(split for split in SPLITS if (self.folder / split / "images").is_dir())


def sources(root: Path, licences: Mapping[str, str]) -> list[Source]:
    """Return the sources of a folder, in order of name.

    Args:
        root: Each subfolder with `train/{images,labels,data.yaml}` is a source.
        licences: By the source's name; otherwise `licence` of its `train/data.yaml` stands.

    Raises:
        DatasetError: there is none; a `data.yaml` is wrong or differs between splits; a licence is
            given for a source that there is not.
    """
    folders = sorted(path.parent for path in root.glob("*/train") if (path / "images").is_dir())
    if not folders:
        raise DatasetError(
            f"{root}: no source: each one is a folder with train/images, train/labels and "
            "train/data.yaml, and val and test beside train"
        )
    unknown = set(licences) - {folder.name for folder in folders}
    if unknown:
        raise DatasetError(f"licence of {min(unknown)!r}: {root} has no such source")
    return [_source(folder, licences.get(folder.name)) for folder in folders]


def _source(folder: Path, licence: str | None) -> Source:
    names = names_of(folder / "train")
    made = Source(folder, frozenset(names.values()), licence or _licence(folder / "train"))
    for split in made.splits:
        if names_of(folder / split) != names:
            raise DatasetError(
                f"{folder / split / 'data.yaml'}: names must be those of train/data.yaml"
            )
    return made


def _licence(folder: Path) -> str:
    stated = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8")).get("licence")
    return str(stated) if stated else NOT_STATED
