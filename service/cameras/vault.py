"""Passwords at rest: closed with a key that lies in a file of its own, not in the database."""

import os
import stat
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Self

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from streetwatch.service.cameras.errors import OtherKeyError
from streetwatch.service.incidents.errors import InputError

#: Beside the database; whoever has both has the passwords.
KEY_FILE = "camera.key"


class Vault:
    """Closes and opens texts (AES-128-CBC with HMAC-SHA256, as Fernet has it)."""

    def __init__(self, key: bytes, name: str = KEY_FILE) -> None:
        try:
            self._fernet = Fernet(key)
            self._key = key
        except ValueError as error:
            raise InputError(
                f"{name}: this is no key: put back the one that was there, or take it away and "
                "write the cameras' passwords again"
            ) from error
        self._name = name

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return the vault whose key is in a file, made if it is not there.

        Raises:
            InputError: the file can't be read or made, holds no key, or others may read it.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path)
            vault = cls(path.read_bytes().strip(), str(path))
            _want_its_owner_alone(path)
        except OSError as error:
            raise InputError(
                f"{path}: the key of the cameras' passwords can't be used "
                f"({error.strerror or error}): give a data folder that the service may write to"
            ) from error
        else:
            return vault

    def derived(self, purpose: str) -> str:
        """Return another secret that only whoever has the key can know."""
        own = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode())
        return urlsafe_b64encode(own.derive(self._key)).decode()

    def close(self, text: str) -> str:
        """Return a text closed."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, closed: str) -> str:
        """Return what was closed.

        Raises:
            OtherKeyError: it was closed with another key.
        """
        try:
            return self._fernet.decrypt(closed.encode()).decode()
        except InvalidToken:
            raise OtherKeyError(
                f"{self._name} does not open this password: put back the key that closed it, or "
                "write the password again"
            ) from None


def _want_its_owner_alone(path: Path) -> None:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(
            f"{path}: others than its owner may use the key of the cameras' passwords: "
            f"chmod 600 {path}"
        )


def _make(path: Path) -> None:
    """Write a new key, whole or not at all, for its owner alone; one that is there is left."""
    if path.exists():
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as new:
            new.write(Fernet.generate_key())
            new.flush()
            os.fsync(new.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
