"""The gate of an application that whoever asks from this machine may use as they like."""

import time

import sqlalchemy as sa
from cryptography.fernet import Fernet

from streetwatch.service.access.access import access_on
from streetwatch.service.access.factor import Cipher
from streetwatch.service.access.policy import RULES, Rule
from streetwatch.service.access.rules import Limits
from streetwatch.service.api.callers import Callers
from streetwatch.service.api.guard import Gate
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.store.audit import Audit


def a_cipher() -> Cipher:
    """Return a cipher with a key of its own."""
    vault = Vault(Fernet.generate_key())
    return Cipher(vault.close, vault.open)


def open_gate(engine: sa.Engine, *beside: Rule) -> Gate:
    """Let everybody in, as `access: {api: open}` does; to routes beside the service's own, too."""
    access = access_on(engine, Limits(idle_s=3600, whole_s=3600), a_cipher())
    return Gate(
        callers=Callers(access, time.time, is_open=True),
        lies=lambda *_: False,
        note=lambda deed: Audit(engine).note(deed, now=time.time()),
        rules=(*RULES, *beside),
    )
