"""Errors about models; the message says what is wrong and how to mend it."""


class ModelError(Exception):
    """A model, its card or a training can't be used as asked."""


class ExtraMissingError(ModelError):
    """An optional part of streetwatch is not installed."""


def extra_missing(extra: str, purpose: str) -> ExtraMissingError:
    """Say which extra a purpose needs."""
    return ExtraMissingError(
        f"{purpose} needs the extra `{extra}`: pip install 'streetwatch[{extra}]'"
    )
