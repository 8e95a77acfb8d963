"""The evidence folder: a folder per incident, every file written whole or not at all."""

import hashlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from streetwatch.service.evidence.keeping import Entry
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.vision.types import Seconds

#: An empty folder is about to be written to, or is done with.
_BEGINNING: Final = threading.Lock()

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """Files of evidence under one root, as `root/<incident id>/<name>`.

    Raises:
        InputError: the root can't be made or written to.
    """

    root: Path
    mode: int = 0o755

    def __post_init__(self) -> None:
        try:
            self.root.mkdir(mode=self.mode, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise InputError(
                f"{self.root}: evidence can't be written here ({error.strerror}): "
                "give the service a folder it may write to, with space left (data_dir)"
            ) from error

    @property
    def originals_root(self) -> Path:
        """Where the sealed originals of masked copies are: beside the folder, not in it."""
        return self.root.with_name(f"{self.root.name}-originals")

    @property
    def originals(self) -> "EvidenceFolder":
        """The sealed originals, for the service's own user alone; made if they are not there.

        Raises:
            InputError: they can't be made or written to.
        """
        return EvidenceFolder(self.originals_root, 0o700)

    def path(self, incident_id: str, name: str) -> Path:
        """Return where a file stands.

        Raises:
            ValueError: a name that could lead out of the folder.
        """
        for part in (incident_id, name):
            if not _SAFE_NAME.fullmatch(part):
                raise ValueError(f"not a name of evidence: {part!r}")
        return self.root / incident_id / name

    def has(self, incident_id: str, name: str) -> bool:
        """Tell whether there is a file.

        Raises:
            ValueError: a name that could lead out of the folder.
        """
        return self.path(incident_id, name).is_file()

    def names(self, incident_id: str) -> tuple[str, ...]:
        """Return the names of an incident's files, in order.

        Raises:
            ValueError: a name that could lead out of the folder.
        """
        folder = self.path(incident_id, "_").parent
        return tuple(sorted(one.name for one in folder.glob("[!.]*")))

    def local(self, incident_id: str, name: str) -> Path | None:
        """Return where a file lies; None where there is none."""
        path = self.path(incident_id, name)
        return path if path.is_file() else None

    def fetched(self, incident_id: str, name: str) -> Path | None:
        """Return where a file lies; None where there is none."""
        return self.local(incident_id, name)

    def sha256(self, incident_id: str, name: str) -> str | None:
        """Return the sha256 of a file's bytes, None where there is none.

        Raises:
            StorageError: it can't be read.
        """
        try:
            return sha256_of(self.path(incident_id, name))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                f"evidence {incident_id}/{name} can't be read: {error.strerror or error}"
            ) from error

    def read(self, incident_id: str, name: str) -> bytes:
        """Return a file.

        Raises:
            StorageError: it can't be read, or is not there.
            ValueError: a name that could lead out of the folder.
        """
        try:
            return self.path(incident_id, name).read_bytes()
        except OSError as error:
            raise StorageError(
                f"evidence {incident_id}/{name} can't be read: {error.strerror or error}"
            ) from error

    def write(self, incident_id: str, name: str, content: bytes) -> str:
        """Write a file whole, replacing an earlier one, and return its sha256.

        Raises:
            StorageError: the disk refused; an earlier file of this name is untouched.
        """
        return self.write_by(incident_id, name, lambda path: _write_synced(path, content))

    def write_by(self, incident_id: str, name: str, writer: Callable[[Path], None]) -> str:
        """Let `writer` fill a file under a temporary name, then put it in place.

        Returns:
            The sha256 of what was written.

        Raises:
            StorageError: the disk refused; nothing half-written is left.
        """
        target = self.path(incident_id, name)
        unfinished = target.with_name(f".{name}.part{target.suffix}")
        try:
            _begin(unfinished)
            writer(unfinished)
            digest = sha256_of(unfinished)
            unfinished.replace(target)
        except OSError as error:
            raise StorageError(
                f"evidence {incident_id}/{name} could not be written: {error.strerror or error}"
            ) from error
        finally:
            with suppress(OSError):  # already told: the disk that refused may refuse this too
                unfinished.unlink(missing_ok=True)
        return digest

    def discard(self, incident_id: str, name: str) -> None:
        """Delete one file, if it is there.

        Raises:
            StorageError: the disk refused.
        """
        try:
            self.path(incident_id, name).unlink(missing_ok=True)
            self.tidy(incident_id)
        except OSError as error:
            raise StorageError(
                f"evidence {incident_id}/{name} could not be deleted: {error.strerror or error}"
            ) from error

    def tidy(self, incident_id: str) -> None:
        """Delete an incident's folder if nothing is in it: there would be more of them each day."""
        with _BEGINNING, suppress(OSError):  # something is in it, or it is gone
            self.path(incident_id, "_").parent.rmdir()

    def sweep(self, *, before: Seconds) -> int:
        """Delete what dead processes left half-written; return how many files that were.

        Args:
            before: What was touched later may be another process's, at work.

        Raises:
            StorageError: the disk refused.
        """
        try:
            left = [file for file in self.unfinished() if file.stat().st_mtime < before]
            for file in left:
                file.unlink(missing_ok=True)
        except FileNotFoundError:  # who wrote it has ended it just now
            return 0
        except OSError as error:
            raise StorageError(
                f"{self.root}: what is half-written could not be deleted: {error.strerror or error}"
            ) from error
        return len(left)

    def unfinished(self) -> Iterator[Path]:
        """Yield the files that are being written, or were when somebody died."""
        return self.root.glob("*/.*")

    def entries(self) -> Iterator[Entry]:
        """Yield everything that is kept, half-written files too; not the originals.

        Raises:
            StorageError: the disk refused.
        """
        try:
            for folder in sorted(self.root.iterdir()):
                for path in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
                    with suppress(FileNotFoundError):  # put in place or deleted meanwhile
                        name = folder.name if folder.is_dir() else ""
                        yield Entry(name, path.name, path.stat().st_mtime)
        except OSError as error:
            raise StorageError(f"{self.root}: can't be read: {error.strerror or error}") from error

    def remove(self, incident_id: str) -> None:
        """Delete all files of an incident, originals first; one that has none is done with.

        Raises:
            StorageError: the disk refused; some files may be gone.
        """
        folder = self.path(incident_id, "_").parent
        for each in (self.originals_root / folder.name, folder):
            try:
                shutil.rmtree(each)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(
                    f"evidence {incident_id} could not be deleted: {error.strerror or error}"
                ) from error


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_hex(content: bytes) -> str:
    """Return the sha256 of bytes, hex."""
    return hashlib.sha256(content).hexdigest()


def _begin(unfinished: Path) -> None:
    """Make a file and its folder, which nobody takes for one that is done with meanwhile."""
    with _BEGINNING:
        unfinished.parent.mkdir(exist_ok=True)
        unfinished.touch()


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
