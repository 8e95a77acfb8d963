"""Passwords and tokens: what is kept of them says nothing about them."""

import hashlib
import secrets
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from streetwatch.service.access.errors import WeakPasswordError
from streetwatch.service.access.rules import weakness

#: argon2id as OWASP's cheat sheet has it for a server that also watches cameras: 19 MiB, one lane.
_HASHER: Final = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))

#: Compared with where there is no such user, so that nobody learns it from the time it takes.
_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "c3RyZWV0d2F0Y2gtbm9ib2R5$YhdjZbUaTUFkg9gJo1jtKFGG4v2oLyfQJ7V1hqMhQyM"
)


def password_hash(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(password)


def chosen_hash(password: str, *, name: str) -> str:
    """Return what is kept of a password that somebody chooses.

    Raises:
        WeakPasswordError: it could be guessed.
    """
    weak = weakness(password, name=name)
    if weak is not None:
        raise WeakPasswordError(weak)
    return password_hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Tell whether it is the password that a hash is kept of; as slow where none is."""
    try:
        right = _HASHER.verify(password, kept or _NOBODY)
    except UnknownHashError:
        return False
    return right and kept is not None


def new_token() -> str:
    """Return what nobody can guess."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token: it is random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
