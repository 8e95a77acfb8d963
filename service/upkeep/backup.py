"""A backup: one state of the database, and the evidence that it names, with its hashes."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.desk.closing.check import OF_THE_CHECK
from streetwatch.service.evidence.folder import sha256_of
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.store.dialect import dialect_of
from streetwatch.service.store.engine import open_engine
from streetwatch.service.store.refusals import refusals_named
from streetwatch.service.store.schema import attachment, desk_case, desk_merged
from streetwatch.service.store.transactions import reading, writing
from streetwatch.service.upkeep.traces import files_in, forget_links
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

FORMAT: Final = "streetwatch-backup/1"

DATABASE: Final = "streetwatch.db"
EVIDENCE: Final = "evidence"

#: The sealed originals of masked copies.
ORIGINALS: Final = "evidence-originals"

#: A line for each file, as `sha256sum --check` reads it.
SUMS: Final = "sha256sums.txt"

#: Written last: a folder without it is no backup.
COVER: Final = "backup.json"

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class File:
    """One file of evidence as a database has it.

    Attributes:
        incident_id: Or the external id of a case that no camera has reported.
        sha256: Empty while its masked copy is awaited.
        original_sha256: Of its sealed original; None where it is one itself.
        is_attached: Whether it belongs to an incident; else to a report of people or a sensor.
    """

    incident_id: str
    name: str
    sha256: str
    original_sha256: str | None = None
    is_attached: bool = True
    folder: str = EVIDENCE

    @property
    def place(self) -> str:
        """Where it stands in a backup."""
        return f"{self.folder}/{self.incident_id}/{self.name}"

    @property
    def label(self) -> str:
        """What people read of it."""
        return self.place.removeprefix(f"{EVIDENCE}/")

    @property
    def original(self) -> "File | None":
        """Its sealed original, if it is a masked copy."""
        if self.original_sha256 is None:
            return None
        sha256 = self.original_sha256
        return replace(self, sha256=sha256, original_sha256=None, folder=ORIGINALS)


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied.

    Attributes:
        damaged: Files whose bytes are not those that the database names, or that are gone.
    """

    files: int
    damaged: tuple[str, ...]


def back_up(engine: sa.Engine, evidence: EvidenceStore, out: Path, *, now: Seconds) -> Copied:
    """Copy a store into an empty folder, while its service runs or not.

    The database is copied first. What retention deletes or a look replaces after that is brought
    up to date in the copy, so that the copy's database names the copy's files.

    Raises:
        InputError: the folder is not empty, or this database is backed up in another way.
        StorageError: the disk refused; the folder is no backup.
    """
    want_empty(out, "a backup goes into a folder of its own: give another one")
    copy = out / DATABASE
    try:
        out.mkdir(parents=True, exist_ok=True)
        with refusals_named(dialect_of(engine)):
            dialect_of(engine).copy_to(engine, copy)
        copied = open_engine(f"sqlite:///{copy}")
        try:
            done = _copy_files(engine, copied, evidence, out)
        finally:
            copied.dispose()
        _write_cover(out, done, now)
    except OSError as error:
        raise StorageError(
            f"{out}: the backup can't be written: {error.strerror or error}"
        ) from error
    return done


def _copy_files(live: sa.Engine, copied: sa.Engine, evidence: EvidenceStore, out: Path) -> Copied:
    count, damaged = 0, list[str]()
    with (out / SUMS).open("w", encoding="utf-8") as sums:
        for file in files_of(copied):
            now = _taken(file, live, copied, evidence, out)
            for one in (now, now and now.original):
                if one is None or not one.sha256:
                    continue
                count += 1
                sums.write(f"{one.sha256}  {one.place}\n")
                if not _is_whole(one, out):
                    damaged.append(one.label)
    return Copied(count, tuple(damaged))


def _taken(
    file: File, live: sa.Engine, copied: sa.Engine, evidence: EvidenceStore, out: Path
) -> File | None:
    """Copy a file; return it as the copy's database has it then, None where it has it no more."""
    _copy_both(file, evidence, out)
    if _is_whole(file, out):
        return file
    now = _as_it_is(live, file)
    if now is not None:
        _copy_both(now, evidence, out)
    _bring_up_to_date(copied, file, now)
    return now


def _copy_both(file: File, evidence: EvidenceStore, out: Path) -> None:
    """Copy a file, and its original if it has one."""
    _copy(evidence.fetched(file.incident_id, file.name), out / file.place)
    if file.original is not None:
        source = evidence.originals.fetched(file.incident_id, file.name)
        _copy(source, out / file.original.place)


def _copy(source: Path | None, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if source is not None:
            shutil.copyfile(source, target)
            return
    except FileNotFoundError:
        pass
    target.unlink(missing_ok=True)


def _is_whole(file: File, root: Path) -> bool:
    if not file.sha256:  # its masked copy is awaited: the original makes it whole
        return file.original is None or _is_whole(file.original, root)
    path = root / file.place
    return path.is_file() and sha256_of(path) == file.sha256


def _as_it_is(live: sa.Engine, file: File) -> File | None:
    with reading(live) as connection:
        named = files_in(connection, file.incident_id)
    digest = next((one["sha256"] for one in named if one["name"] == file.name), None)
    return None if digest is None else replace(file, sha256=digest)


def _bring_up_to_date(copied: sa.Engine, before: File, now: File | None) -> None:
    here = _same(before)
    with writing(copied) as connection:
        if not before.is_attached:
            if now is None:  # retention took the whole folder
                forget_links(connection, before.incident_id)
        elif now is None:
            connection.execute(sa.delete(attachment).where(*here))
        else:
            connection.execute(sa.update(attachment).where(*here).values(sha256=now.sha256))


def _same(file: File) -> tuple[sa.ColumnElement[bool], ...]:
    return attachment.c.incident_id == file.incident_id, attachment.c.name == file.name


def files_of(engine: sa.Engine) -> Iterator[File]:
    """Yield every file of evidence that a database names, in batches of their own transactions."""
    yield from _attached(engine)
    was_checked = desk_case.c.verification.is_not(None)
    yield from _reported(engine, desk_case, sa.or_(desk_case.c.source != "video", was_checked))
    yield from _reported(engine, desk_merged, desk_merged.c.source != "video")


def _reported(engine: sa.Engine, table: sa.Table, where: sa.ColumnElement[bool]) -> Iterator[File]:
    """Yield the pictures of reports that no camera has made, and those of the closing check."""
    last = ""
    while True:
        page = (
            sa.select(table.c.external_id, table.c.source, table.c.document)
            .where(where, table.c.external_id > last)
            .order_by(table.c.external_id)
            .limit(_BATCH)
        )
        with reading(engine) as connection:
            rows = connection.execute(page).all()
        for row in rows:
            yield from _reported_files(row.source, row.document)
        if len(rows) < _BATCH:
            return
        last = rows[-1].external_id


def _reported_files(source: str, document: Mapping[str, Any]) -> Iterator[File]:
    """Yield the files of a report that are kept here; pictures elsewhere are not ours.

    Those of a camera are attached to its incident, those of a merged report stand in that.
    """
    ours = {OF_THE_CHECK} if source == "video" else {None, OF_THE_CHECK}
    for one in document.get("evidence") or ():
        root, _, folder = one["url"].removesuffix(f"/{one['name']}").rpartition("/")
        if root == "/evidence" and one.get("of") in ours:
            yield File(folder, one["name"], one["sha256"], is_attached=False)


def _attached(engine: sa.Engine) -> Iterator[File]:
    key = sa.tuple_(attachment.c.incident_id, attachment.c.name)
    columns = tuple(
        attachment.c[name] for name in ("incident_id", "name", "sha256", "original_sha256")
    )
    last = ("", "")
    while True:
        page = sa.select(*columns).where(key > last).order_by(*columns[:2]).limit(_BATCH)
        with reading(engine) as connection:
            rows = connection.execute(page).all()
        yield from (File(*row) for row in rows)
        if len(rows) < _BATCH:
            return
        last = (rows[-1].incident_id, rows[-1].name)


def _write_cover(out: Path, done: Copied, now: Seconds) -> None:
    cover = {
        "format": FORMAT,
        "made_at": utc(now),
        "database_sha256": sha256_of(out / DATABASE),
        "sums_sha256": sha256_of(out / SUMS),
        "files": done.files,
        "damaged": list(done.damaged),
    }
    (out / COVER).write_text(json.dumps(cover, ensure_ascii=False, indent=2), encoding="utf-8")


def want_empty(folder: Path, otherwise: str) -> None:
    """Refuse a folder that holds something.

    Raises:
        InputError: it does.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is not empty: {otherwise}")
