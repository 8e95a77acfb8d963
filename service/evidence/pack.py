"""An evidence pack: one case as one ZIP, streamed, the same bytes for the same state.

Files are stored, not deflated: pictures and clips don't shrink, and what a compressor makes of
them differs from version to version.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from streetwatch.service.evidence.folder import sha256_of
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.keys import ALGORITHM, PublicKey, Signer
from streetwatch.service.evidence.zipping import Part, header, written
from streetwatch.service.incidents.errors import StorageError

FORMAT: Final = "streetwatch-pack/2"

#: Of packs that nobody signed.
FORMAT_UNSIGNED: Final = "streetwatch-pack/1"

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
CASE: Final = "case.json"
HISTORY: Final = "history.json"
FINDINGS: Final = "FINDINGS.txt"


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

    @property
    def part(self) -> Part:
        """What is written of it."""
        return header(self.name, self.size, self.captured_at), self.opened


@dataclass(frozen=True, slots=True)
class Signing:
    """What a pack is signed with, and what proves the evidence in it.

    Attributes:
        signer: Signs the pack.
        public_keys: All that evidence was ever signed with, hex.
    """

    signer: Signer
    public_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """Every public key, each once, by name."""
        raw = {self.signer.public.raw, *(bytes.fromhex(one) for one in self.public_keys)}
        return tuple(sorted((PublicKey(one) for one in raw), key=lambda one: one.id))


def key_path(key_id: str) -> str:
    """Return where a public key stands in a pack."""
    return f"keys/{key_id}.pem"


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
        return written(entry.part for entry in self.entries)


def pack(
    document: Mapping[str, Any], evidence: EvidenceStore, signing: Signing | None = None
) -> Pack:
    """Gather a case's files and check them against the hashes that the case has.

    A pack is made in any case: what is left of a case must be had. A file that is not there is left
    out; one whose bytes have changed stands under `altered/`, so that nobody takes it for evidence.
    Both are findings: they stand in `FINDINGS.txt`, and `verify` fails.

    Args:
        document: The case as the desk answers it.
        evidence: Where its files are.
        signing: Signs it; None: nobody does.
    """
    checked = [_checked(one, document, evidence) for one in document.get("evidence") or ()]
    checked = [_once(one, checked[:row]) for row, one in enumerate(checked)]
    findings = tuple(finding for _, finding in checked if finding)
    facts = {name: value for name, value in document.items() if name != "history"}
    entries = [
        _text(FINDINGS, "".join(f"{one}\n" for one in findings)) if findings else None,
        _json(CASE, facts),
        _json(HISTORY, document["history"]),
        *(_key(one) for one in (signing.keys if signing else ())),
        *(entry for entry, _ in checked),
    ]
    files = tuple(entry for entry in entries if entry)
    manifest = {
        "format": FORMAT if signing else FORMAT_UNSIGNED,
        "case": document["number"],
        "external_id": document["external_id"],
        "files": [entry.line() for entry in files],
        "findings": findings,
        **(_signed_with(signing.signer) if signing else {}),
    }
    front = _signed(_json(MANIFEST, manifest), signing)
    return Pack(f"{document['number']}.zip", findings, (*front, *files))


def _signed_with(signer: Signer) -> dict[str, object]:
    return {"signed_with": {"algorithm": ALGORITHM, "key": signer.public.id}}


def _signed(manifest: Entry, signing: Signing | None) -> tuple[Entry, ...]:
    """Return the manifest with its signature, which no list names: it is of the list."""
    if signing is None:
        return (manifest,)
    with manifest.opened() as file:
        signature = signing.signer.sign(file.read())
    return manifest, _bytes(SIGNATURE, signature, "application/octet-stream")


def _key(key: PublicKey) -> Entry:
    return _bytes(key_path(key.id), key.pem, "application/x-pem-file")


#: Where a file stands that the service keeps, with the report that it is of.
_OURS = re.compile(r"/evidence/([^/]+)/")

#: A file of evidence as it was found, and what is wrong with it.
_Checked = tuple[Entry | None, str | None]


def _checked(
    one: Mapping[str, Any], document: Mapping[str, Any], evidence: EvidenceStore
) -> _Checked:
    wanted, kept = one["sha256"], _OURS.match(one["url"])
    if kept is None:
        return None, f"{_shown(one['name'])}: is kept elsewhere: {one['url']}"
    # Reports that are one case have files of the same names.
    name = one["name"] if kept[1] == document["external_id"] else f"{kept[1]}/{one['name']}"
    try:
        path, digest, size = _found(kept[1], one["name"], evidence)
    except ValueError:
        return None, f"{_shown(one['name'])}: is no name of evidence"
    except FileNotFoundError:
        return None, f"{name}: is missing"
    except (OSError, StorageError) as error:
        return None, f"{name}: can't be read: {getattr(error, 'strerror', None) or error}"
    folder = "evidence" if digest == wanted else "altered"
    facts = {key: one[key] for key in ("role", "media_type", "captured_at")}
    entry = Entry(f"{folder}/{name}", digest, size, path, **facts)
    if digest == wanted:
        return entry, None
    return entry, f"{name}: its bytes have changed: sha256 {digest}, the case has {wanted}"


def _found(folder: str, name: str, evidence: EvidenceStore) -> tuple[Path, str, int]:
    """Return where a file lies here, its sha256 and its size."""
    path = evidence.fetched(folder, name)
    if path is None:
        raise FileNotFoundError
    return path, sha256_of(path), path.stat().st_size


def _once(one: _Checked, before: list[_Checked]) -> _Checked:
    """Leave a file out that stands in the case twice."""
    entry, _ = one
    if entry is None or all(other is None or other.name != entry.name for other, _ in before):
        return one
    return None, f"{entry.name}: stands in the case twice"


def _json(name: str, value: object) -> Entry:
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return _bytes(name, f"{text}\n".encode(), "application/json")


def _text(name: str, text: str) -> Entry:
    return _bytes(name, text.encode(), "text/plain")


def _bytes(name: str, content: bytes, media_type: str) -> Entry:
    digest = hashlib.sha256(content).hexdigest()
    return Entry(name, digest, len(content), content, media_type=media_type)


def _shown(name: str) -> str:
    """Return a name that can't break the line it stands in."""
    return json.dumps(name, ensure_ascii=False)
