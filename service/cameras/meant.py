"""Where pictures come from by what somebody wrote: with the password that they meant."""

from collections.abc import Sequence

from streetwatch.service.cameras.address import (
    Account,
    AddressError,
    with_account,
    with_what_is_kept,
)
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.config.checking import Mistake
from streetwatch.vision.capture.source import Source, SourceKind, redact


def meant(kept: Sequence[Source], kind: SourceKind, url: str, account: Account | None) -> Source:
    """Return where pictures come from.

    Args:
        kept: Where they come from now; `***` stands for a password of these.
        kind: How they are fetched.
        url: Perhaps with `***`.
        account: A password apart from it.

    Raises:
        AddressError: address and password do not go together.
    """
    if account is not None and (account.user or account.password):
        return Source(kind, with_account(url, account))
    alike = [one.url for one in kept if one.kind is kind]
    same = [one for one in alike if redact(one) == url]
    return Source(kind, with_what_is_kept(url, next(iter([*same, *alike]), None)))


def allowed(kept: Sequence[Source], kind: SourceKind, url: str, account: Account | None) -> Source:
    """Return the same for a camera that is to be kept: no file but one that is kept already.

    Raises:
        CameraRefusedError: that can't be.
    """
    if kind is SourceKind.FILE:
        written = Source(kind, url)
        if written not in kept:
            raise refused_at(("source", "kind"), "is for cameras.yaml only: use rtsp or http")
        return written
    try:
        return meant(kept, kind, url, account)
    except AddressError as error:
        raise refused_at(("source", "url"), str(error)) from None


def refused_at(location: tuple[str | int, ...], says: str) -> CameraRefusedError:
    """Return the error of one value to mend."""
    return CameraRefusedError([Mistake(location, "", says)])
