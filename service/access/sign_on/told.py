"""The identity provider as the settings have it."""

from pathlib import Path

from streetwatch.service.access.sign_on.provider import Client, Provider
from streetwatch.service.access.sign_on.token import Expected
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.trust import trust_in


def provider_of(told: OidcSettings, networks: Networks) -> Provider:
    """Return the provider; it is not asked for anything yet.

    Raises:
        InputError: the file with the secret, or the one with a certificate, can't be used.
    """
    trust = trust_in(told.ca_file, where="access.oidc") if told.ca_file else None
    client = Client(told.client_id, _secret(told))
    return Provider(told.issuer, client, Outbound.of(networks, [told.issuer]), trust)


def expected_by(told: OidcSettings) -> Expected:
    """Return what every token of the provider's must say."""
    return Expected(
        told.issuer,
        told.client_id,
        nonce="",
        algorithms=tuple(told.algorithms),
        skew_s=told.clock_skew_s,
        acr=tuple(told.acr),
    )


def _secret(told: OidcSettings) -> str:
    if told.client_secret_file is not None:
        return _read(told.client_secret_file)
    return told.client_secret.get_secret_value() if told.client_secret else ""


def _read(file: Path) -> str:
    where = f"access.oidc.client_secret_file: {file}"
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise InputError(
            f"{where}: can't be read ({error.strerror}): give a file with the secret in it"
        ) from None
    except UnicodeError:
        raise InputError(f"{where}: is no text: give a file with the secret in it") from None
    if not secret:
        raise InputError(f"{where}: is empty: write the secret into it")
    return secret
