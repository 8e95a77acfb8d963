"""Is a pack's ZIP the one that follows from its list? Then no byte stands beside the files."""

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO

from streetwatch.service.evidence.pack import MANIFEST, SIGNATURE
from streetwatch.service.evidence.pack_schema import PackManifest
from streetwatch.service.evidence.told import Kind, Told, line_of
from streetwatch.service.evidence.zipping import Part, header, written


def structure(
    file: IO[bytes], name: str, size: int, archive: zipfile.ZipFile, manifest: PackManifest
) -> Iterator[Told]:
    """Compare every byte of a pack with those of a pack of the same files.

    Args:
        file: The pack.
        name: What it is called.
        size: Of it, bytes.
        archive: The pack as a ZIP, whose files are those of the list.
        manifest: The list.
    """
    at, shown = 0, line_of(name)
    for block in written(_parts(archive, manifest)):
        file.seek(at)  # the archive reads the same file
        there = file.read(len(block))
        if there != block:
            says = f"byte {at + _apart(there, block)} is not what a pack of these files has"
            yield Told(Kind.STRUCTURE, shown, says)
            return
        at += len(block)
    if at != size:
        yield Told(Kind.STRUCTURE, shown, f"goes on after byte {at}, where the pack ends")


def _parts(archive: zipfile.ZipFile, manifest: PackManifest) -> Iterator[Part]:
    for name in (MANIFEST, SIGNATURE):
        yield _part(archive, name, archive.getinfo(name).file_size, None)
    for file in manifest.files:
        yield _part(archive, file.path, file.size, file.captured_at)


def _part(archive: zipfile.ZipFile, name: str, size: int, captured_at: str | None) -> Part:
    return header(name, size, captured_at), partial(archive.open, name)


def _apart(there: bytes, wanted: bytes) -> int:
    """Return the first place at which two blocks differ."""
    pairs = enumerate(zip(there, wanted, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(there), len(wanted)))
