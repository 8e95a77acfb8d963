"""What the keys of a service close, derive and sign, running or not."""

from pathlib import Path

from streetwatch.service.access.factor import Cipher
from streetwatch.service.between.badge import Badges
from streetwatch.service.cameras.vault import KEY_FILE, Vault
from streetwatch.service.evidence.keys import KEY_FILE as SIGNING_KEY_FILE
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.links import Links
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.settings import Settings
from streetwatch.service.store.chains import public_keys
from streetwatch.service.store.sql_store import SqlStore


def vault_of(settings: Settings) -> Vault:
    """Return what closes a service's passwords: by the key of its settings, or of its data folder.

    Raises:
        InputError: the key can't be used.
    """
    if settings.camera_key is None:
        return Vault.at(settings.data_dir / KEY_FILE)
    return Vault(settings.camera_key.get_secret_value().encode(), "camera_key")


def cipher_of(settings: Settings) -> Cipher:
    """Return what closes secrets of users.

    Raises:
        InputError: the key can't be used.
    """
    return _cipher_by(vault_of(settings))


def cipher_at(data_dir: Path) -> Cipher:
    """Return what closes secrets of users with the key of a data folder."""
    return _cipher_by(Vault.at(data_dir / KEY_FILE))


def _cipher_by(vault: Vault) -> Cipher:
    return Cipher(vault.close, vault.open)


def own_token_of(settings: Settings) -> str:
    """Return what this service shows its own desk, from whatever process its cases come."""
    return vault_of(settings).derived("own desk")


def links_of(settings: Settings) -> Links:
    """Return what seals the addresses of pictures, in whatever process they are given out."""
    return Links(vault_of(settings).derived("evidence links"))


def badges_of(settings: Settings) -> Badges:
    """Return by what the nodes of a service know each other."""
    return Badges(vault_of(settings).derived("between nodes"))


def signer_of(settings: Settings) -> Signer:
    """Return what signs the evidence of a service; its key is made where there is none.

    Raises:
        InputError: the key can't be used.
    """
    key = settings.evidence.signing_key
    if key is not None:
        return Signer.of(key.get_secret_value(), "evidence.signing_key")
    return Signer.at(settings.data_dir / SIGNING_KEY_FILE)


def signing_of(signer: Signer, store: SqlStore) -> Signing:
    """Return what packs are signed with, and every key that evidence was signed with."""
    return Signing(signer, public_keys(store.engine))
