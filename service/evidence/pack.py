"""An evidence pack: one case as one ZIP, streamed, the same bytes for the same state.

Files are stored, not deflated: pictures and clips don't shrink, and what a compressor makes of
them differs from version to version.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.zones.schedule import CHINA

FORMAT: Final = "streetwatch-pack/1"

MANIFEST: Final = "manifest.json"
CASE: Final = "case.json"
HISTORY: Final = "history.json"
FINDINGS: Final = "FINDINGS.txt"

_BLOCK = 1 << 16

#: The earliest moment a ZIP can name: that of what the desk itself writes.
_EARLIEST = (1980, 1, 1, 0, 0, 0)

_UNIX = 3
_READABLE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a pack.

    Attributes:
        name: Its path in the ZIP.
        sha256: Of its bytes.
        size: In bytes.
        source: Where they are: a file, or the bytes themselves.
        role: What it shows, of evidence.
        media_type: As in HTTP.
        captured_at: Of evidence; ISO 8601 with its offset.
    """

    name: str
    sha256: str
    size: int
    source: Path | bytes
    role: str | None = None
    media_type: str = "application/json"
    captured_at: str | None = None

    def line(self) -> dict[str, object]:
        """Return what the manifest says of it."""
        return {
            "path": self.name,
            "role": self.role,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "size": self.size,
            "captured_at": self.captured_at,
        }

    def opened(self) -> IO[bytes]:
        """Open its bytes."""
        return io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")

    def info(self) -> zipfile.ZipInfo:
        """Return its header: of this state of the case, not of this machine or this moment."""
        info = zipfile.ZipInfo(self.name, _zip_time(self.captured_at))
        info.create_system = _UNIX
        info.external_attr = _READABLE
        info.file_size = self.size
        return info


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is ready to be streamed.

    Attributes:
        name: Of the file.
        findings: What is wrong with the evidence, a line each; the pack says it too.
        entries: In order.
    """

    name: str
    findings: tuple[str, ...]
    entries: tuple[Entry, ...]

    def stream(self) -> Iterator[bytes]:
        """Yield the ZIP's bytes; one block of a file is held in memory at most.

        Raises:
            OSError: a file can't be read any more: the ZIP breaks off, and is none.
        """
        out = _Outlet()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for entry in self.entries:
                with entry.opened() as file, archive.open(entry.info(), "w") as target:
                    while block := file.read(_BLOCK):
                        target.write(block)
                        yield out.taken()
        yield out.taken()


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to: keeps what nobody has taken yet."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:  # noqa: ANN401 -- any buffer
        self._waiting.append(bytes(content))
        return len(content)

    def taken(self) -> bytes:
        """Hand over what was written since the last time."""
        taken, self._waiting = b"".join(self._waiting), []
        return taken


def pack(document: Mapping[str, Any], evidence: EvidenceFolder) -> Pack:
    """Gather a case's files and check them against the hashes that the case has.

    A pack is made in any case: what is left of a case must be had. A file that is not there is left
    out; one whose bytes have changed stands under `altered/`, so that nobody takes it for evidence.
    Both are findings: they stand in `FINDINGS.txt`, and `verify` fails.

    Args:
        document: The case as the desk answers it.
        evidence: Where its files are.
    """
    checked = [_checked(one, document, evidence) for one in document.get("evidence") or ()]
    checked = [_once(one, checked[:row]) for row, one in enumerate(checked)]
    findings = tuple(finding for _, finding in checked if finding)
    facts = {name: value for name, value in document.items() if name != "history"}
    entries = [
        _text(FINDINGS, "".join(f"{one}\n" for one in findings)) if findings else None,
        _json(CASE, facts),
        _json(HISTORY, document["history"]),
        *(entry for entry, _ in checked),
    ]
    files = tuple(entry for entry in entries if entry)
    manifest = {
        "format": FORMAT,
        "case": document["number"],
        "external_id": document["external_id"],
        "files": [entry.line() for entry in files],
        "findings": findings,
    }
    return Pack(f"{document['number']}.zip", findings, (_json(MANIFEST, manifest), *files))


#: A file of evidence as it was found, and what is wrong with it.
_Checked = tuple[Entry | None, str | None]


def _checked(
    one: Mapping[str, Any], document: Mapping[str, Any], evidence: EvidenceFolder
) -> _Checked:
    name, wanted = one["name"], one["sha256"]
    if not one["url"].startswith("/"):
        return None, f"{_shown(name)}: is kept elsewhere: {one['url']}"
    try:
        path = evidence.path(document["external_id"], name)
    except ValueError:
        return None, f"{_shown(name)}: is no name of evidence"
    try:
        digest, size = sha256_of(path), path.stat().st_size
    except FileNotFoundError:
        return None, f"{name}: is missing"
    except OSError as error:
        return None, f"{name}: can't be read: {error.strerror}"
    folder = "evidence" if digest == wanted else "altered"
    facts = {key: one[key] for key in ("role", "media_type", "captured_at")}
    entry = Entry(f"{folder}/{name}", digest, size, path, **facts)
    if digest == wanted:
        return entry, None
    return entry, f"{name}: its bytes have changed: sha256 {digest}, the case has {wanted}"


def _once(one: _Checked, before: list[_Checked]) -> _Checked:
    """Leave a file out that stands in the case twice."""
    entry, _ = one
    if entry is None or all(other is None or other.name != entry.name for other, _ in before):
        return one
    return None, f"{entry.name}: stands in the case twice"


def _json(name: str, value: object) -> Entry:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    content = f"{text}\n".encode()
    return Entry(name, hashlib.sha256(content).hexdigest(), len(content), content)


def _text(name: str, text: str) -> Entry:
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    return Entry(name, digest, len(content), content, media_type="text/plain")


def _shown(name: str) -> str:
    """Return a name that can't break the line it stands in."""
    return json.dumps(name, ensure_ascii=False)


def _zip_time(captured_at: str | None) -> tuple[int, int, int, int, int, int]:
    """Return a capture time on China's clock, as a ZIP has it: from 1980 on, every other second."""
    if captured_at is None:
        return _EARLIEST
    moment = datetime.fromisoformat(captured_at).astimezone(CHINA)
    time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return time if 1980 <= moment.year <= 2107 else _EARLIEST
