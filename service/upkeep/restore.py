"""A backup put back: every byte of it is checked, before and after it is copied."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.upkeep.backup import (
    COVER,
    DATABASE,
    EVIDENCE,
    FORMAT,
    ORIGINALS,
    SUMS,
    File,
    want_empty,
)


@dataclass(frozen=True, slots=True)
class Cover:
    """What a backup says about itself.

    Attributes:
        damaged: Files that were damaged or gone when it was made.
    """

    format: str
    made_at: str
    database_sha256: str
    sums_sha256: str
    files: int
    damaged: tuple[str, ...]


_COVER = TypeAdapter(Cover)


def restore(backup: Path, data_dir: Path) -> Cover:
    """Put a backup into an empty data folder.

    Returns:
        What was restored.

    Raises:
        InputError: the folder is no backup, it is damaged, or the data folder is not empty.
        StorageError: the disk refused; the data folder is as it was.
    """
    want_empty(data_dir, "a backup is restored into an empty data folder: move the old one away")
    cover = read_cover(backup)
    wrong = tuple(findings(backup, cover))
    if wrong:
        raise InputError(f"{backup}: {wrong[0]} ({len(wrong)} findings): nothing was restored")
    arriving = data_dir.with_name(f".{data_dir.name}.restoring")
    try:
        shutil.rmtree(arriving, ignore_errors=True)
        _copy(backup, arriving, cover)
        if data_dir.exists():
            data_dir.rmdir()
        arriving.rename(data_dir)
    except OSError as error:
        raise StorageError(f"{data_dir}: can't be restored: {error.strerror or error}") from error
    return cover


def _copy(backup: Path, arriving: Path, cover: Cover) -> None:
    evidence = EvidenceFolder(arriving / EVIDENCE)
    shutil.copyfile(backup / DATABASE, arriving / DATABASE)
    if sha256_of(arriving / DATABASE) != cover.database_sha256:
        raise StorageError(f"{arriving / DATABASE}: is not what was copied: the disk fails")
    for file in _files(backup):
        into = evidence if file.folder == EVIDENCE else evidence.originals
        target = into.path(file.incident_id, file.name)
        target.parent.mkdir(exist_ok=True)
        if file.label in cover.damaged:
            continue
        shutil.copyfile(backup / file.place, target)
        if sha256_of(target) != file.sha256:
            raise StorageError(f"{target}: is not what was copied: the disk fails")


def findings(backup: Path, cover: Cover) -> Iterator[str]:
    """Yield what has become wrong with a backup since it was made, a line each."""
    for name, digest in ((DATABASE, cover.database_sha256), (SUMS, cover.sums_sha256)):
        yield from _wrong(backup / name, digest, name)
    for file in _files(backup):
        if file.label not in cover.damaged:
            yield from _wrong(backup / file.place, file.sha256, file.label)


def _wrong(path: Path, digest: str, name: str) -> Iterator[str]:
    if not path.is_file():
        yield f"{name} is missing"
    elif sha256_of(path) != digest:
        yield f"{name} is not what was backed up"


def _files(backup: Path) -> Iterator[File]:
    try:
        lines = (backup / SUMS).read_text(encoding="utf-8").splitlines()
    except OSError:  # told as a finding
        return
    for line in lines:
        digest, _, place = line.partition("  ")
        folder, _, name = place.partition("/")
        incident_id, _, file = name.partition("/")
        yield File(incident_id, file, digest, folder=ORIGINALS if folder == ORIGINALS else EVIDENCE)


def read_cover(backup: Path) -> Cover:
    """Read what a backup says about itself.

    Raises:
        InputError: the folder is no backup.
    """
    try:
        cover = _COVER.validate_python(json.loads((backup / COVER).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise InputError(
            f"{backup}: no whole backup ({COVER} can't be read): give a folder that "
            "`streetwatch backup` has written to its end"
        ) from error
    if cover.format != FORMAT:
        raise InputError(f"{backup}: a backup of another format: restore it with its own version")
    return cover
