"""Whose certificates a connection believes."""

import ssl
from pathlib import Path

from streetwatch.service.incidents.errors import InputError


def trust_in(ca_file: Path | None, *, where: str) -> ssl.SSLContext:
    """Return what checks the certificate of whoever is connected to.

    Args:
        ca_file: Who signed it; None for those that this machine trusts.
        where: In the settings, for people: `targets: city`.

    Raises:
        InputError: the file can't be used.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InputError(
            f"{where}: ca_file {ca_file}: can't be used "
            f"({error.strerror or 'not PEM'}): give a PEM file with the CA's certificate"
        ) from None
