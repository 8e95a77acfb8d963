"""Which values of a configuration are secret, so that nothing that is said repeats them."""

from collections.abc import Iterator

from pydantic import BaseModel, SecretStr

#: Hiding every "1" or "on" would make a reason unreadable; nothing so short is a secret.
_SHORTEST = 4

HIDDEN = "***"


def secrets_in(value: object) -> Iterator[str]:
    """Return the secret values anywhere inside an entry."""
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from secrets_in(getattr(value, name))
        case dict():
            for inner in value.values():
                yield from secrets_in(inner)
        case list() | tuple():
            for inner in value:
                yield from secrets_in(inner)
        case _:
            pass


def hidden(text: str, secrets: frozenset[str]) -> str:
    """Return a text without the secrets.

    >>> hidden("key s3cr3t is unknown", frozenset({"s3cr3t"}))
    'key *** is unknown'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    return text
