"""Checks an evidence pack by itself, without the desk that made it: every file, hash, signature."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeVar

from pydantic import BaseModel, ValidationError

from streetwatch.service.evidence import manifest as manifests
from streetwatch.service.evidence.keys import PublicKey, public_key
from streetwatch.service.evidence.pack import (
    CASE,
    FORMAT,
    FORMAT_UNSIGNED,
    HISTORY,
    MANIFEST,
    SIGNATURE,
    key_path,
)
from streetwatch.service.evidence.pack_schema import (
    PackedFile,
    PackManifest,
    Place,
    SealedManifest,
    SignedWith,
)
from streetwatch.service.evidence.pack_structure import structure
from streetwatch.service.evidence.told import Kind, Told, line_of
from streetwatch.service.evidence.zipping import has_large_directory
from streetwatch.service.incidents.errors import InputError

_BLOCK: Final = 1 << 16

#: A manifest of a hundred files is a few dozen KiB; what claims to be more is none.
_LARGEST_MANIFEST: Final = 4 << 20

#: A case has some dozen files.
_MOST_FILES: Final = 5000

#: A pack is stored, not squeezed; one that somebody squeezed anew unfolds to a few times its size.
_MOST_UNFOLDED: Final = 20

#: What the reader makes of bytes that only look like a ZIP.
_NO_ZIP = (
    *(zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, zlib.error),
    OverflowError,
)

_BROKEN = (*_NO_ZIP, EOFError, RuntimeError, OSError)

Schema = TypeVar("Schema", bound=BaseModel)


def findings(path: Path) -> Iterator[str]:
    """Yield what is wrong with an evidence pack, a line each; nothing where all is right.

    Raises:
        InputError: as `check`.
    """
    return (str(one) for one in check(path) if one.is_wrong)


def check(path: Path, pinned: Collection[str] = ()) -> Iterator[Told]:
    """Yield what is to be said of an evidence pack: what is wrong, and what is proven.

    Args:
        path: Of the pack.
        pinned: Names of the public keys that are trusted; none: those in the pack are believed.

    Raises:
        InputError: there is no such file, or it is no ZIP at all.
    """
    try:
        with path.open("rb") as file:
            yield from check_file(file, str(path), pinned)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}") from error


def check_file(file: IO[bytes], name: str, pinned: Collection[str] = ()) -> Iterator[Told]:
    """Yield what is to be said of an evidence pack that is open.

    Args:
        file: From its first byte on; can be read anywhere.
        name: What it is called.
        pinned: As for `check`.

    Raises:
        InputError: it is no ZIP at all.
    """
    try:
        if has_large_directory(file):
            raise zipfile.BadZipFile("more files than any pack has")
        with zipfile.ZipFile(file) as archive:
            size = file.seek(0, io.SEEK_END)
            _want_no_bomb(archive, name, size)
            yield from _Check(file, Path(name).name, size, archive, frozenset(pinned)).run()
    except _NO_ZIP as error:
        raise InputError(
            f"{name}: is no evidence pack: not a ZIP, or one that was cut off"
        ) from error


def _want_no_bomb(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """Refuse what would be read for ever; `zipfile` reads no more of a file than it says it has."""
    unfolded = sum(info.file_size for info in archive.infolist())
    if unfolded > _MOST_UNFOLDED * size + _LARGEST_MANIFEST:
        raise InputError(
            f"{name}: is no evidence pack: it says that it unfolds to {unfolded} bytes"
        )


@dataclass(frozen=True, slots=True)
class _Check:
    file: IO[bytes]
    name: str
    size: int
    archive: zipfile.ZipFile
    pinned: frozenset[str]

    def run(self) -> Iterator[Told]:
        wrong = False
        for one in self._contents():
            wrong |= one.is_wrong
            yield one
        manifest = None if wrong else self._read(MANIFEST, PackManifest)
        if isinstance(manifest, PackManifest) and manifest.format == FORMAT:
            yield from structure(self.file, self.name, self.size, self.archive, manifest)

    def _contents(self) -> Iterator[Told]:
        too_much = self._too_much()
        if too_much:
            yield Told(Kind.STRUCTURE, line_of(self.name), too_much)
            return
        manifest = self._read(MANIFEST, PackManifest)
        if isinstance(manifest, Told):
            yield manifest
            return
        must = manifest.format == FORMAT
        yield from self._signature(MANIFEST, SIGNATURE, manifest.signed_with, must=must)
        for line in manifest.findings:
            yield Told(Kind.WHEN_PACKED, "when the pack was made", line_of(line))
        yield from self._names(manifest)
        there = set(self.archive.namelist())
        for file in manifest.files:
            if file.path in there:
                yield from self._bytes(file)
        for file in manifest.files:
            if file.path in there and _is_seal(file.path):
                yield from self._against_the_seal(file.path, manifest)

    def _too_much(self) -> str:
        """Refuse what would cost more to read than it has bytes: a bomb."""
        files = self.archive.infolist()
        if len(files) > _MOST_FILES:
            return f"holds {len(files)} files: a pack has fewer than {_MOST_FILES}"
        if any(one.compress_type != zipfile.ZIP_STORED for one in files):
            return "is compressed: a pack is not"
        if sum(one.file_size for one in files) > self.size:
            return "says that it holds more bytes than it has"
        return ""

    def _signature(
        self, name: str, signature: str, said: SignedWith | None, *, must: bool
    ) -> Iterator[Told]:
        """Check who signed a manifest, if anybody did."""
        if said is None:
            says = "is not signed: it is of before, or somebody took the signature away"
            yield Told(Kind.UNSIGNED, name, says, is_wrong=must or bool(self.pinned))
            return
        key = self._key(name, said.key)
        if isinstance(key, Told):
            yield key
            return
        proof, content = self._content(signature), self._content(name)
        if not isinstance(proof, bytes) or not isinstance(content, bytes):
            yield Told(Kind.MISSING, signature, "is missing, or can't be read")
        elif not key.proves(proof, content):
            says = "its signature does not prove it: it was changed after it was signed"
            yield Told(Kind.FORGED, name, says)
        else:
            says = f"was signed with key {key.id}"
            yield Told(Kind.SIGNED, name, says, is_wrong=False)

    def _key(self, name: str, key_id: str) -> PublicKey | Told:
        if self.pinned and key_id not in self.pinned:
            return Told(Kind.OTHER_KEY, name, f"was signed with key {key_id}, not with yours")
        pem = self._content(key_path(key_id))
        key = public_key(pem) if isinstance(pem, bytes) else None
        if key is None or key.id != key_id:
            says = f"names key {key_id}, which is not in the pack"
            return Told(Kind.NO_KEY, name, says)
        return key

    def _names(self, manifest: PackManifest) -> Iterator[Told]:
        """Compare what is there with what should be."""
        found = Counter(self.archive.namelist())
        listed = Counter(file.path for file in manifest.files)
        own = {MANIFEST} if manifest.format == FORMAT_UNSIGNED else {MANIFEST, SIGNATURE}
        for name in (CASE, HISTORY):
            if name not in listed:
                yield Told(Kind.ADDED, name, "the manifest does not list it")
        for name in listed:
            if name not in found:
                yield Told(Kind.MISSING, line_of(name), "is missing")
        for name in found:
            if name not in listed and name not in own:
                yield Told(Kind.ADDED, line_of(name), "the manifest does not list it")
        for name in found + listed:
            times = max(found[name], listed[name])
            if times > 1:
                yield Told(Kind.TWICE, line_of(name), f"stands there {times} times")

    def _bytes(self, file: PackedFile) -> Iterator[Told]:
        """Compare a file's bytes with what the manifest says of them."""
        name = line_of(file.path)
        try:
            digest, size = _digest(self.archive, file)
        except _BROKEN as error:
            yield Told(Kind.CHANGED, name, f"its bytes have changed: {_why(error)}")
            return
        if size != file.size:
            says = f"has another size than the manifest's {file.size} bytes"
            yield Told(Kind.CHANGED, name, says)
        elif digest != file.sha256:
            says = f"its bytes have changed: sha256 {digest}, the manifest has {file.sha256}"
            yield Told(Kind.CHANGED, name, says)

    def _against_the_seal(self, name: str, manifest: PackManifest) -> Iterator[Told]:
        """Compare the pack with a manifest that was sealed when the evidence was complete."""
        sealed = self._read(name, SealedManifest)
        if isinstance(sealed, Told):
            yield sealed
            return
        folder = name.removesuffix(manifests.NAME)
        signature, must = f"{folder}{manifests.SIGNATURE}", sealed.format == manifests.FORMAT
        yield from self._signature(name, signature, sealed.signed_with, must=must)
        if sealed.chain is not None:
            yield _place(name, sealed.chain)
        packed = {file.path: file.sha256 for file in manifest.files}
        for file in sealed.files:
            known, shown = packed.get(f"{folder}{file.name}"), line_of(file.name)
            if known is None:
                says = "was sealed with the evidence and is not in the pack"
                yield Told(Kind.SEALED_OTHERWISE, shown, says)
            elif known != file.sha256:
                says = f"is not what was sealed: sha256 {known}, not {file.sha256}"
                yield Told(Kind.SEALED_OTHERWISE, shown, says)

    def _content(self, name: str) -> bytes | Told:
        try:
            with self.archive.open(name) as file:
                return file.read(_LARGEST_MANIFEST)
        except KeyError:
            return Told(Kind.MISSING, name, "is missing")
        except _BROKEN as error:
            return Told(Kind.CHANGED, name, f"its bytes have changed: {_why(error)}")

    def _read(self, name: str, schema: type[Schema]) -> Schema | Told:
        """Return a manifest, or what is wrong with it."""
        content = self._content(name)
        if isinstance(content, Told):
            return content
        try:
            return schema.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "as a whole"
            return Told(Kind.NO_MANIFEST, name, f"is no manifest ({where}: {first['msg']})")


def _is_seal(path: str) -> bool:
    return path.startswith("evidence/") and path.endswith(f"/{manifests.NAME}")


def _place(name: str, chain: Place) -> Told:
    after = "the first" if chain.previous is None else f"after record {chain.previous}"
    says = f"is record {chain.position} of camera {line_of(chain.camera)}, {after}"
    return Told(Kind.IN_CHAIN, name, says, is_wrong=False)


def _digest(archive: zipfile.ZipFile, file: PackedFile) -> tuple[str, int]:
    """Return a file's sha256 and size; of one that is too large only so much as to tell that."""
    digest, size = hashlib.sha256(), 0
    with archive.open(file.path) as source:
        while size <= file.size and (block := source.read(_BLOCK)):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _why(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
