"""Checks an evidence pack by itself, without the desk that made it: every file, every hash."""

import hashlib
import json
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from streetwatch.service.evidence.manifest import FORMAT as INCIDENT_FORMAT
from streetwatch.service.evidence.pack import CASE, FORMAT, HISTORY, MANIFEST
from streetwatch.service.incidents.errors import InputError

_BLOCK = 1 << 16

#: A manifest of a hundred files is a few dozen KiB; what claims to be more is none.
_LARGEST_MANIFEST = 4 << 20

_SEALED = f"evidence/{MANIFEST}"

#: A pack is stored, not squeezed; one that somebody squeezed anew unfolds to a few times its size.
_MOST_UNFOLDED = 20

#: What `zipfile` raises at bytes that are no ZIP of this world, and at those that have changed.
_NO_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError)
_BROKEN = (*_NO_ZIP, zlib.error, EOFError, RuntimeError, OSError)

Schema = TypeVar("Schema", bound=BaseModel)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _is(wanted: str) -> AfterValidator:
    def check(value: str) -> str:
        if value != wanted:
            raise ValueError(f"is not {wanted}")
        return value

    return AfterValidator(check)


class _File(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    path: str
    role: str | None
    media_type: str
    sha256: Sha256
    size: int
    captured_at: str | None


class _Manifest(BaseModel):
    """What a pack says of itself."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Annotated[str, _is(FORMAT)]
    case: str
    external_id: str
    files: list[_File]
    findings: list[str]


class _SealedFile(BaseModel):
    name: str
    sha256: Sha256


class _Sealed(BaseModel):
    """What the manifest of the incident says, which was sealed when its evidence was complete."""

    format: Annotated[str, _is(INCIDENT_FORMAT)]
    files: list[_SealedFile]


def findings(path: Path) -> Iterator[str]:
    """Yield what is wrong with an evidence pack, a line each; nothing where all is right.

    Raises:
        InputError: there is no such file, or it is no ZIP at all.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _want_no_bomb(archive, path)
            yield from _findings(archive)
    except _NO_ZIP as error:
        raise InputError(
            f"{path}: is no evidence pack: not a ZIP, or one that was cut off"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror or error}") from error


def _want_no_bomb(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse what would be read for ever; `zipfile` reads no more of a file than it says it has."""
    unfolded = sum(info.file_size for info in archive.infolist())
    if unfolded > _MOST_UNFOLDED * path.stat().st_size + _LARGEST_MANIFEST:
        raise InputError(
            f"{path}: is no evidence pack: it says that it unfolds to {unfolded} bytes"
        )


def _findings(archive: zipfile.ZipFile) -> Iterator[str]:
    manifest = _read(archive, MANIFEST, _Manifest)
    if isinstance(manifest, str):
        yield manifest
        return
    yield from (f"when the pack was made: {_line(one)}" for one in manifest.findings)
    yield from _names(archive, manifest)
    there = set(archive.namelist())
    for file in manifest.files:
        if file.path in there:
            yield from _bytes(archive, file)
    if _SEALED in there:
        yield from _against_the_seal(archive, manifest)


def _names(archive: zipfile.ZipFile, manifest: _Manifest) -> Iterator[str]:
    """Compare what is there with what should be."""
    found = Counter(archive.namelist())
    listed = Counter(file.path for file in manifest.files)
    for name in (CASE, HISTORY):
        if name not in listed:
            yield f"{name}: the manifest does not list it"
    yield from (f"{_line(name)}: is missing" for name in listed if name not in found)
    yield from (
        f"{_line(name)}: the manifest does not list it"
        for name in found
        if name not in listed and name != MANIFEST
    )
    for name in found + listed:
        if found[name] > 1 or listed[name] > 1:
            yield f"{_line(name)}: stands there {max(found[name], listed[name])} times"


def _bytes(archive: zipfile.ZipFile, file: _File) -> Iterator[str]:
    """Compare a file's bytes with what the manifest says of them."""
    try:
        digest, size = _digest(archive, file)
    except _BROKEN as error:
        yield f"{_line(file.path)}: its bytes have changed: {_why(error)}"
        return
    if size != file.size:
        yield f"{_line(file.path)}: has another size than the manifest's {file.size} bytes"
    elif digest != file.sha256:
        yield (
            f"{_line(file.path)}: its bytes have changed: "
            f"sha256 {digest}, the manifest has {file.sha256}"
        )


def _digest(archive: zipfile.ZipFile, file: _File) -> tuple[str, int]:
    """Return a file's sha256 and size; of one that is too large only so much as to tell that."""
    digest, size = hashlib.sha256(), 0
    with archive.open(file.path) as source:
        while size <= file.size and (block := source.read(_BLOCK)):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _against_the_seal(archive: zipfile.ZipFile, manifest: _Manifest) -> Iterator[str]:
    """Compare the pack with the manifest that was sealed when the evidence was complete."""
    sealed = _read(archive, _SEALED, _Sealed)
    if isinstance(sealed, str):
        yield sealed
        return
    packed = {file.path: file.sha256 for file in manifest.files}
    for file in sealed.files:
        known = packed.get(f"evidence/{file.name}")
        if known is None:
            yield f"{_line(file.name)}: was sealed with the evidence and is not in the pack"
        elif known != file.sha256:
            yield f"{_line(file.name)}: is not what was sealed: sha256 {known}, not {file.sha256}"


def _read(archive: zipfile.ZipFile, name: str, schema: type[Schema]) -> Schema | str:
    """Return a manifest, or what is wrong with it."""
    try:
        with archive.open(name) as file:
            return schema.model_validate_json(file.read(_LARGEST_MANIFEST))
    except KeyError:
        return f"{name}: is missing"
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "as a whole"
        return f"{name}: is no manifest ({where}: {first['msg']})"
    except _BROKEN as error:
        return f"{name}: its bytes have changed: {_why(error)}"


def _why(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _line(text: str) -> str:
    """Return a text of the pack that can't break the line it stands in."""
    return text if text.isprintable() else json.dumps(text)
