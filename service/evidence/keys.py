"""The key that evidence is signed with (Ed25519), and those that prove it: never our own crypto."""

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from streetwatch.service.incidents.errors import InputError

#: Beside the database; whoever has it can sign as this service.
KEY_FILE: Final = "evidence-signing.pem"

ALGORITHM: Final = "Ed25519"

_SEED_BYTES: Final = 32
_NAME: Final = re.compile("[0-9a-f]{32}")
_MEND: Final = "give an Ed25519 private key as PEM, or its 32 bytes in base64"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What proves a signature.

    Attributes:
        raw: Its 32 bytes.
    """

    raw: bytes

    @property
    def id(self) -> str:
        """Its name: the first 32 hexadecimal digits of the sha256 of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()[:32]

    @property
    def pem(self) -> bytes:
        """As OpenSSL reads it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def proves(self, signature: bytes, content: bytes) -> bool:
        """Tell whether these bytes were signed with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature:
            return False
        return True


class Signer:
    """Signs evidence."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(raw)

    @classmethod
    def made(cls) -> Self:
        """Return one with a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, text: str, name: str) -> Self:
        """Return one with the key that stands in a text.

        Raises:
            InputError: none does; says `name`, never the text.
        """
        try:
            return cls(_private_key(text))
        except (ValueError, TypeError, binascii.Error) as error:
            raise InputError(f"{name}: holds no key to sign evidence with: {_MEND}") from error

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return one whose key is in a file, made if it is not there.

        Raises:
            InputError: the file can't be read or made, or holds no key.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                cls.made().write(path)
            text = path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "not a text"
            raise InputError(
                f"{path}: the key that evidence is signed with can't be used ({why}): give a data "
                "folder that the service may write to, or set evidence.signing_key"
            ) from error
        return cls.of(text, str(path))

    def sign(self, content: bytes) -> bytes:
        """Return the signature of these bytes: the same each time."""
        return self._key.sign(content)

    def write(self, path: Path) -> None:
        """Write the key whole or not at all, for its owner alone; one that is there goes.

        Raises:
            OSError: the disk refused.
        """
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as new:
                new.write(pem)
                new.flush()
                os.fsync(new.fileno())
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)


def _private_key(text: str) -> Ed25519PrivateKey:
    if "-----BEGIN" not in text:
        seed = base64.b64decode(text.strip(), validate=True)
        if len(seed) != _SEED_BYTES:
            raise ValueError("not 32 bytes")
        return Ed25519PrivateKey.from_private_bytes(seed)
    key = load_pem_private_key(text.encode(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("another kind of key")
    return key


def public_key(pem: bytes) -> PublicKey | None:
    """Return the public key that a PEM holds, None where it holds none of Ed25519."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        return None
    except Exception as error:  # noqa: BLE001 -- whatever a parser makes of foreign bytes
        del error
        return None
    if not isinstance(key, Ed25519PublicKey):
        return None
    return PublicKey(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def trusted(text: str) -> str:
    """Return the name of a public key that somebody trusts: of a PEM file, or the name itself.

    Raises:
        InputError: it is neither.
    """
    if _NAME.fullmatch(text):
        return text
    try:
        key = public_key(Path(text).read_bytes())
    except OSError as error:
        raise InputError(f"--key {text}: can't be read: {error.strerror}") from error
    if key is None:
        raise InputError(f"--key {text}: holds no Ed25519 public key in PEM")
    return key.id
