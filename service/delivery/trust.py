"""Whose certificates a target's connections believe."""

import ssl
from pathlib import Path

from streetwatch.service.incidents.errors import InputError


def trust_in(ca_file: Path | None, *, target: str) -> ssl.SSLContext:
    """Return what checks a platform's certificate.

    Args:
        ca_file: Who signed it; None for those that this machine trusts.
        target: Id of the target, for people.

    Raises:
        InputError: the file can't be used.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InputError(
            f"targets: {target}: ca_file {ca_file}: can't be used "
            f"({error.strerror or 'not PEM'}): give a PEM file with the CA's certificate"
        ) from None
