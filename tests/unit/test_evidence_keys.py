"""The key that signs evidence: made once, kept for its owner, refused where it is none."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from streetwatch.service.evidence.keys import Signer, public_key, trusted
from streetwatch.service.incidents.errors import InputError

_PEM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

X25519 = x25519.X25519PrivateKey.generate().private_bytes(*_PEM).decode()


def test_the_first_start_makes_a_key_for_its_owner_alone_and_the_next_takes_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / "evidence-signing.pem"
    first = Signer.at(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signer.at(path).public == first.public
    assert [one.name for one in path.parent.iterdir()] == ["evidence-signing.pem"]


def test_what_is_signed_is_proven_by_the_public_key_and_by_any_other_program() -> None:
    signer = Signer.made()
    signature = signer.sign(b"a manifest")
    assert signer.public.proves(signature, b"a manifest")
    assert not signer.public.proves(signature, b"A manifest")
    assert not Signer.made().public.proves(signature, b"a manifest")
    key = load_pem_public_key(signer.public.pem)
    assert isinstance(key, ed25519.Ed25519PublicKey)
    key.verify(signature, b"a manifest")


def test_a_key_may_be_given_as_pem_or_as_its_bytes() -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    by_bytes = Signer.of(base64.b64encode(b"k" * 32).decode(), "it")
    by_pem = Signer.of(private.private_bytes(*_PEM).decode(), "it")
    assert by_bytes.public == by_pem.public


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("hush-hush", id="no base64"),
        pytest.param(base64.b64encode(b"hush").decode(), id="too short"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----", id="no key"),
        pytest.param(X25519, id="of another kind"),
    ],
)
def test_what_is_no_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(InputError, match=r"^evidence\.signing_key: holds no key") as refused:
        Signer.of(text, "evidence.signing_key")
    assert "hush" not in str(refused.value)


def test_a_folder_that_can_not_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="give a data folder that the service may write to"):
        Signer.at(tmp_path / "file" / "key.pem")


def test_a_trusted_key_is_named_or_given_as_a_file(tmp_path: Path) -> None:
    key = Signer.made().public
    (tmp_path / "key.pem").write_bytes(key.pem)
    assert trusted(key.id) == trusted(str(tmp_path / "key.pem")) == key.id
    assert public_key(key.pem) == key
    (tmp_path / "none.pem").write_bytes(b"\xff")
    for name, said in (("none.pem", "holds no Ed25519 public key"), ("gone", "can't be read")):
        with pytest.raises(InputError, match=said):
            trusted(str(tmp_path / name))
