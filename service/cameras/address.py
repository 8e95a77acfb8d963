"""Passwords in addresses: put in, kept, and never shown. Pure."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

from streetwatch.service.config.secrets import HIDDEN
from streetwatch.vision.capture.source import redact


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks a camera for its pictures.

    Attributes:
        user: Name of the account; empty: the one in the address.
        password: In plain; it is escaped where it is put in.
    """

    user: str = ""
    password: str = field(default="", repr=False)


class AddressError(ValueError):
    """An address and its password do not go together; the text follows the address' name."""


def with_account(url: str, account: Account) -> str:
    """Return an address with an account's name and password in it.

    Raises:
        AddressError: there is a password and nobody whose it is.

    >>> with_account("rtsp://10.0.0.5/a", Account("admin", "p@ss/1"))
    'rtsp://admin:p%40ss%2F1@10.0.0.5/a'
    """
    parts = urlsplit(url)
    userinfo, _, host = parts.netloc.rpartition("@")
    user = quote(account.user, safe="") or userinfo.partition(":")[0]
    if not user:
        raise AddressError("has no user name for the password: write it too")
    account_part = f"{user}:{quote(account.password, safe='')}" if account.password else user
    return urlunsplit(parts._replace(netloc=f"{account_part}@{host}"))


def with_what_is_kept(url: str, kept: str | None) -> str:
    """Return an address with the password that is hidden in it.

    A password goes to where it was given for, and nowhere else: an address on another host, port
    or account gets none.

    Args:
        url: Perhaps with `***`, as it was shown.
        kept: The address that is kept, with its password; None where there is none.

    Raises:
        AddressError: it hides something that is not known, or not known for this place.
    """
    if HIDDEN not in url:
        return url
    if kept is not None and url == redact(kept):
        return kept
    if kept is not None and _place(url) == _place(kept):
        parts = urlsplit(url)
        whole = urlunsplit(parts._replace(netloc=urlsplit(kept).netloc))
        if HIDDEN not in whole:
            return whole
    raise AddressError(
        f"hides a password ({HIDDEN}) that is not known for this address: write the password again"
    )


def _place(url: str) -> tuple[str, ...]:
    """Return what a password is given for: scheme, account, host and port."""
    parts = urlsplit(url)
    userinfo, _, host = parts.netloc.rpartition("@")
    return parts.scheme.lower(), userinfo.partition(":")[0], host.lower()
