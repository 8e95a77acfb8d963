"""The public page says in words what was found of a file, and keeps nothing of it."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from http_parts import serving
from plain_http import client_of
from sealed import SIGNER, packed_case
from streetwatch.service.api.keys import keys_router
from streetwatch.service.console.verifying import verify_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import Signer, public_key
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.store.chains import public_keys
from streetwatch.service.store.sql_store import open_store

OTHER = Signer.made()


@dataclass(frozen=True)
class Office:
    """A service's page, and a pack of one of its cases."""

    http: httpx.Client
    pack: bytes
    manifest: bytes

    def asked(self, content: bytes, name: str = "case.zip", language: str = "zh") -> httpx.Response:
        return self.http.post(
            "/verify", files={"file": (name, content)}, headers={"Accept-Language": language}
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    store = open_store(f"sqlite:///{folder / 'db'}")
    evidence = EvidenceFolder(folder / "evidence")
    pack = packed_case(store, evidence)
    api = FastAPI(max_body_size=1_000)

    def signing() -> Signing:
        return Signing(SIGNER, public_keys(store.engine))

    api.include_router(verify_router(signing, store.engine, most=1_000_000))
    api.include_router(keys_router(signing))
    with serving(api) as url, client_of(url) as http:
        yield Office(http, pack, evidence.read("a" * 26, "manifest.json"))
    store.close()


def test_a_genuine_pack_is_told_so_in_both_languages(office: Office) -> None:
    said = office.asked(office.pack)
    assert (said.status_code, "验证通过" in said.text) == (200, True)
    assert "Genuine: this service signed it" in office.asked(office.pack, language="en").text


def test_a_changed_byte_is_told_with_the_file_it_is_of(office: Office) -> None:
    with zipfile.ZipFile(io.BytesIO(office.pack)) as archive:
        still = archive.getinfo("evidence/threshold.jpg")
    changed = bytearray(office.pack)
    changed[still.header_offset + 200] ^= 1
    said = office.asked(bytes(changed)).text
    assert "验证不通过" in said
    assert "evidence/threshold.jpg 已被改动。" in said


def test_a_manifest_of_this_service_is_known_by_its_bytes(office: Office) -> None:
    assert "由本服务签署" in office.asked(office.manifest, "manifest.json").text
    foreign = office.manifest.replace(b"0.77", b"0.99")
    assert "从未签署过" in office.asked(foreign, "manifest.json").text


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        pytest.param(b"", 422, "请先选择文件", id="nothing"),
        pytest.param(b"PK\x03\x04", 200, "不是证据包", id="no ZIP"),
        pytest.param(b"<script>", 200, "不是证据包", id="a page"),
    ],
)
def test_what_is_no_evidence_is_told_in_one_line(
    office: Office, content: bytes, status: int, said: str
) -> None:
    answer = office.asked(content)
    assert answer.status_code == status
    assert said in answer.text


def test_a_name_that_is_markup_stays_text(office: Office) -> None:
    said = office.asked(b"PK\x03\x04", "<img src=x onerror=alert(1)>.zip").text
    assert "<img src=x" not in said


def test_a_pack_of_another_service_is_not_genuine_here(tmp_path: Path, office: Office) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'db'}")
    pack = packed_case(store, EvidenceFolder(tmp_path / "evidence"), OTHER)
    store.close()
    said = office.asked(pack).text
    assert "验证不通过" in said
    assert "签名密钥不属于本服务" in said


def test_what_is_larger_than_any_pack_is_not_read(office: Office) -> None:
    assert office.asked(b"PK" + bytes(1_000_000)).status_code == 413


def test_the_public_keys_are_there_for_everybody(office: Office) -> None:
    (known,) = office.http.get("/evidence-keys").json()
    assert (known["key"], known["signs_now"]) == (SIGNER.public.id, True)
    pem = office.http.get(f"/evidence-keys/{known['key']}.pem")
    assert public_key(pem.content) == SIGNER.public
    assert office.http.get("/evidence-keys/none.pem").status_code == 404
