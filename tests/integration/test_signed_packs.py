"""A signed pack proves itself: a changed, missing or added byte is found and named."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from typer.testing import CliRunner

from sealed import SIGNER, packed_case
from streetwatch.cli import app
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.pack_check import check
from streetwatch.service.evidence.told import Kind
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.sql_store import open_store

OTHER = Signer.made()


@dataclass(frozen=True)
class Packed:
    """A pack of a sealed case, signed with another key than its evidence."""

    content: bytes
    folder: Path

    def told(self, content: bytes | None = None, *pinned: str) -> list[tuple[Kind, str, bool]]:
        path = self.folder / "given.zip"
        path.write_bytes(self.content if content is None else content)
        return [(one.kind, one.name, one.is_wrong) for one in check(path, pinned)]

    def wrong(self, content: bytes) -> list[tuple[Kind, str]]:
        return [(kind, name) for kind, name, is_wrong in self.told(content) if is_wrong]

    def parts(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    folder = tmp_path_factory.mktemp("packed")
    store = open_store(f"sqlite:///{folder / 'db'}")
    content = packed_case(store, EvidenceFolder(folder / "evidence"), OTHER)
    store.close()
    return Packed(content, folder)


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_signed_pack_proves_who_signed_it_and_its_place_in_the_chain(packed: Packed) -> None:
    assert packed.told() == [
        (Kind.SIGNED, "manifest.json", False),
        (Kind.SIGNED, "evidence/manifest.json", False),
        (Kind.IN_CHAIN, "evidence/manifest.json", False),
    ]


def test_any_other_program_can_check_the_signature(packed: Packed) -> None:
    parts = packed.parts()
    said = json.loads(parts["manifest.json"])["signed_with"]
    key = load_pem_public_key(parts[f"keys/{said['key']}.pem"])
    key.verify(parts["manifest.sig"], parts["manifest.json"])  # type: ignore[union-attr, call-arg]


def test_every_changed_byte_is_found(packed: Packed) -> None:
    whole = packed.content
    for place in [*range(0, len(whole), 101), *range(len(whole) - 300, len(whole))]:
        changed = bytearray(whole)
        changed[place] ^= 0x41
        try:
            found = packed.wrong(bytes(changed))
        except InputError:  # no ZIP any more
            continue
        assert found, place


def test_a_changed_byte_of_a_file_names_that_file(packed: Packed) -> None:
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        files = [one for one in archive.infolist() if not one.filename.endswith((".sig", ".pem"))]
    for file in files:
        name = file.filename
        place = file.header_offset + 30 + len(name) + file.file_size // 2
        changed = bytearray(packed.content)
        changed[place] ^= 1
        assert name in {found for _, found in packed.wrong(bytes(changed))}, name


def without(name: str) -> Callable[[Packed], bytes]:
    return lambda packed: zipped({k: v for k, v in packed.parts().items() if k != name})


def with_more(packed: Packed) -> bytes:
    return zipped(packed.parts() | {"evidence/more.jpg": b"more"})


def compressed(packed: Packed) -> bytes:
    return zipped(packed.parts(), zipfile.ZIP_DEFLATED)


def zipped_anew(packed: Packed) -> bytes:
    return zipped(packed.parts())


def unsigned(packed: Packed) -> bytes:
    parts = packed.parts()
    manifest = json.loads(parts["manifest.json"])
    del manifest["signed_with"]
    return zipped(parts | {"manifest.json": json.dumps(manifest).encode()})


def signed_by_another(packed: Packed) -> bytes:
    parts = packed.parts()
    return zipped(parts | {"manifest.sig": SIGNER.sign(parts["manifest.json"])})


def with_another_key(packed: Packed) -> bytes:
    parts = packed.parts()
    key = f"keys/{OTHER.public.id}.pem"
    return zipped(parts | {key: SIGNER.public.pem})


CHANGED = {
    "a missing file": (without("evidence/latest.jpg"), Kind.MISSING, "evidence/latest.jpg"),
    "a missing signature": (without("manifest.sig"), Kind.MISSING, "manifest.sig"),
    "a missing key": (without(f"keys/{OTHER.public.id}.pem"), Kind.NO_KEY, "manifest.json"),
    "an added file": (with_more, Kind.ADDED, "evidence/more.jpg"),
    "bytes after the end": (lambda one: one.content + b"PS", Kind.STRUCTURE, "given.zip"),
    "bytes before": (lambda one: b"PS" + one.content, Kind.STRUCTURE, "given.zip"),
    "compressed": (compressed, Kind.STRUCTURE, "given.zip"),
    "zipped anew": (zipped_anew, Kind.STRUCTURE, "given.zip"),
    "no signature any more": (unsigned, Kind.UNSIGNED, "manifest.json"),
    "another's signature": (signed_by_another, Kind.FORGED, "manifest.json"),
    "another key of that name": (with_another_key, Kind.NO_KEY, "manifest.json"),
}


@pytest.mark.parametrize(("change", "kind", "name"), CHANGED.values(), ids=CHANGED.keys())
def test_what_was_done_to_a_pack_is_named(
    packed: Packed, change: Callable[[Packed], bytes], kind: Kind, name: str
) -> None:
    assert (kind, name) in packed.wrong(change(packed))


def of_a_million_files(content: bytes) -> bytes:
    end = content.rindex(b"PK\x05\x06")
    return content[: end + 12] + (50_000_000).to_bytes(4, "little") + content[end + 16 :]


def of_more_than_a_zip_can_have(content: bytes) -> bytes:
    end = content.rindex(b"PK\x05\x06")
    return content[:end] + b"PK\x06\x07" + bytes(16) + content[end:]


@pytest.mark.parametrize("made", [of_a_million_files, of_more_than_a_zip_can_have])
def test_a_zip_of_more_files_than_any_pack_has_is_not_even_listed(
    packed: Packed, made: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(InputError, match="is no evidence pack"):
        packed.told(made(packed.content))


def test_only_keys_that_are_trusted_prove_it_where_some_are_named(packed: Packed) -> None:
    both = (OTHER.public.id, SIGNER.public.id)
    assert all(not wrong for *_, wrong in packed.told(None, *both))
    assert (Kind.OTHER_KEY, "evidence/manifest.json", True) in packed.told(None, both[0])
    assert (Kind.OTHER_KEY, "manifest.json", True) in packed.told(None, both[1])


def test_the_command_tells_what_is_proven_beside_and_what_is_wrong_on_its_own_lines(
    packed: Packed,
) -> None:
    path = packed.folder / "case.zip"
    path.write_bytes(packed.content)
    keys = [part for key in (OTHER, SIGNER) for part in ("--key", key.public.id)]
    done = CliRunner().invoke(app, ["verify", str(path), *keys])
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"manifest.json: was signed with key {OTHER.public.id}" in done.stderr
    refused = CliRunner().invoke(app, ["verify", str(path), "--key", "0" * 32])
    said = json.loads(refused.stdout.splitlines()[0])
    assert (refused.exit_code, said["kind"]) == (1, "other_key")
