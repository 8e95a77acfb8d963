"""Evidence in an object store, with a folder before it.

What is written is in the folder first, so that no look and no transaction waits for a network, and
an object store that can't be reached is a full folder and no loss. Rounds move it on, at once if
they can: put, then taken out of the folder. What was moved is fetched when it is asked for, and
lies in a cache for some minutes. Originals are closed with the service's own key before they leave
the machine.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streetwatch.service.evidence.bucket import Bucket
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_hex
from streetwatch.service.evidence.just_written import JustWritten, Named
from streetwatch.service.evidence.keeping import Entry
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.types import Seconds

#: What was fetched is there for as long as somebody may look at it.
FETCHED_S: Final[Seconds] = 600.0

_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Closing:
    """Closes what leaves the machine (AES-256-GCM); its key in the store is part of the seal."""

    key: bytes = field(repr=False)

    def close(self, content: bytes, key: str) -> bytes:
        """Return a file as it is put."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, content, key.encode())

    def open(self, closed: bytes, key: str) -> bytes:
        """Return what was closed.

        Raises:
            StorageError: it is not what was put there, or was closed with another key.
        """
        try:
            return AESGCM(self.key).decrypt(closed[:_NONCE], closed[_NONCE:], key.encode())
        except (InvalidTag, ValueError):
            raise StorageError(
                f"evidence store: {key} is not what was put there, or the key of this service "
                "(camera_key) is another than then"
            ) from None


@dataclass(frozen=True, slots=True)
class BucketedEvidence:
    """Files of evidence in a bucket, as `KIND/<incident id>/<name>`.

    Attributes:
        here: What is not moved yet.
        bucket: Where it goes.
        cache: What was fetched.
        closing: Closes originals.
        kind: `evidence`, or `originals`, which are closed.
        just_written: What is to be moved first, of both kinds.
    """

    here: EvidenceFolder
    bucket: Bucket
    cache: EvidenceFolder
    closing: Closing
    kind: str = "evidence"
    just_written: JustWritten = field(default_factory=JustWritten, repr=False)

    @property
    def originals(self) -> "BucketedEvidence":
        """The sealed originals of these files."""
        cache = EvidenceFolder(
            self.cache.root.with_name(f"{self.cache.root.name}-originals"), 0o700
        )
        return replace(self, here=self.here.originals, cache=cache, kind="originals")

    def has(self, incident_id: str, name: str) -> bool:
        """Tell whether there is a file."""
        return self.here.has(incident_id, name) or self.bucket.has(self._key(incident_id, name))

    def names(self, incident_id: str) -> tuple[str, ...]:
        """Return the names of an incident's files, in order."""
        moved = (key.rpartition("/")[2] for key, _ in self._moved(incident_id))
        return tuple(sorted({*self.here.names(incident_id), *moved}))

    def read(self, incident_id: str, name: str) -> bytes:
        """Return a file."""
        content = self._read(incident_id, name)
        if content is None:
            raise StorageError(f"evidence {incident_id}/{name} can't be read: there is none")
        return content

    def local(self, incident_id: str, name: str) -> Path | None:
        """Return where a file that is not moved yet lies; None if there is none."""
        return self.here.local(incident_id, name)

    def fetched(self, incident_id: str, name: str) -> Path | None:
        """Return where a file lies on this machine, fetched if need be; None if there is none."""
        here = self.local(incident_id, name)
        if here is not None:
            return here
        content = self._moved_content(incident_id, name)
        if content is None:
            return None
        self.cache.write(incident_id, name, content)
        return self.cache.path(incident_id, name)

    def sha256(self, incident_id: str, name: str) -> str | None:
        """Return the sha256 of a file's bytes as they are kept, None where there is none."""
        content = self._read(incident_id, name)
        return None if content is None else sha256_hex(content)

    def write(self, incident_id: str, name: str, content: bytes) -> str:
        """Write a file whole, replacing an earlier one, and return its sha256."""
        digest = self.here.write(incident_id, name, content)
        self.just_written.put(Named(self.kind, incident_id, name))
        return digest

    def write_by(self, incident_id: str, name: str, writer: Callable[[Path], None]) -> str:
        """Let `writer` fill a file, then put it in place; return its sha256."""
        digest = self.here.write_by(incident_id, name, writer)
        if self.kind != "originals":  # a clip that is masked next would be fetched for it
            self.just_written.put(Named(self.kind, incident_id, name))
        return digest

    def discard(self, incident_id: str, name: str) -> None:
        """Delete one file, if it is there."""
        self.here.discard(incident_id, name)
        self.cache.discard(incident_id, name)
        self.bucket.delete(self._key(incident_id, name))

    def remove(self, incident_id: str) -> None:
        """Delete all files of an incident, originals first; one that has none is done with."""
        self.here.remove(incident_id)
        self.cache.remove(incident_id)
        for store in (self.originals, self):
            for key, _ in tuple(store._moved(incident_id)):  # noqa: SLF001 -- our own
                self.bucket.delete(key)

    def sweep(self, *, before: Seconds) -> int:
        """Delete what dead processes left half-written, and what was fetched long before."""
        self.sweep_cache(before=before)
        return self.here.sweep(before=before) + self.here.originals.sweep(before=before)

    def sweep_cache(self, *, before: Seconds) -> None:
        """Delete what was fetched long before."""
        for cache in (self.cache, self.originals.cache):
            for one in tuple(cache.entries()):
                if one.folder and one.modified_at < before - FETCHED_S:
                    cache.discard(one.folder, one.name)

    def entries(self) -> Iterator[Entry]:
        """Yield everything that is kept, half-written files too; not the originals."""
        yield from self.here.entries()
        for key, put_at in self.bucket.keys(f"{self.kind}/"):
            folder, _, name = key.removeprefix(f"{self.kind}/").rpartition("/")
            yield Entry(folder, name, put_at)

    def waiting(self) -> tuple[Entry, ...]:
        """Return what is not moved yet, originals too."""
        both = chain(self.here.entries(), self.here.originals.entries())
        return tuple(one for one in both if one.folder and not one.name.startswith("."))

    def move_written(self, *, stopped: Callable[[], bool] = lambda: False) -> int:
        """Move what was written since this was asked last; return how many files were moved.

        Raises:
            StorageError: the bucket or the disk refused; what was not moved is here.
        """
        count, stores = 0, {one.kind: one for one in (self, self.originals)}
        while not stopped() and (one := self.just_written.take()) is not None:
            count += stores[one.kind]._move(one.incident_id, one.name)  # noqa: SLF001 -- our own
        return count

    def move(self, *, stopped: Callable[[], bool] = lambda: False) -> int:
        """Move everything that waits; return how many files were moved.

        Raises:
            StorageError: the bucket or the disk refused; what was not moved is here.
        """
        count = 0
        for store in (self.originals, self):
            for one in tuple(store.here.entries()):
                if stopped():
                    return count
                if one.folder and not one.name.startswith("."):
                    count += store._move(one.folder, one.name)  # noqa: SLF001 -- our own
        return count

    def _move(self, incident_id: str, name: str) -> bool:
        path, key = self.here.path(incident_id, name), self._key(incident_id, name)
        try:
            with path.open("rb") as file:
                moved, content = os.fstat(file.fileno()), file.read()
        except FileNotFoundError:
            return False
        self.bucket.put(key, self._closed(content, key))
        if not path.exists():  # it was deleted meanwhile: it must not come back
            self.bucket.delete(key)
            return False
        is_moved = _take_away(path, moved)
        self.here.tidy(incident_id)
        return is_moved

    def _key(self, incident_id: str, name: str) -> str:
        self.here.path(incident_id, name)  # refuses what is no name
        return f"{self.kind}/{incident_id}/{name}"

    def _moved(self, incident_id: str) -> Iterator[tuple[str, Seconds]]:
        self.here.path(incident_id, "_")
        return self.bucket.keys(f"{self.kind}/{incident_id}/")

    def _read(self, incident_id: str, name: str) -> bytes | None:
        try:
            return self.here.path(incident_id, name).read_bytes()
        except FileNotFoundError:
            return self._moved_content(incident_id, name)
        except OSError as error:
            raise StorageError(
                f"evidence {incident_id}/{name} can't be read: {error.strerror or error}"
            ) from error

    def _moved_content(self, incident_id: str, name: str) -> bytes | None:
        key = self._key(incident_id, name)
        content = self.bucket.get(key)
        return None if content is None else self._opened(content, key)

    def _closed(self, content: bytes, key: str) -> bytes:
        return self.closing.close(content, key) if self.kind == "originals" else content

    def _opened(self, content: bytes, key: str) -> bytes:
        return self.closing.open(content, key) if self.kind == "originals" else content


def _take_away(path: Path, moved: os.stat_result) -> bool:
    """Delete a file that was put, unless another has taken its place; return whether it was."""
    aside = path.with_name(f".{path.name}.moved")
    try:
        path.rename(aside)
        now = aside.stat()
        is_it = (now.st_ino, now.st_mtime_ns) == (moved.st_ino, moved.st_mtime_ns)
        if not is_it:
            with suppress(FileExistsError):  # a third one is newer still
                path.hardlink_to(aside)
        aside.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageError(f"{path}: can't be moved: {error.strerror or error}") from error
    return is_it
