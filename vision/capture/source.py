"""Where pictures come from, as a value that never shows its password."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never
from urllib.parse import urlsplit

from streetwatch.vision.capture.errors import SourceError

_HIDDEN = "***"
# Up to the last @ of the word, since people put @ and / into passwords without escaping them.
_USERINFO = re.compile(r"(//[^:@/\s]*):\S*@")
# Also inside the path: some recorders take rtsp://host/user=admin&password=...&channel=1.
_SECRET = re.compile(
    r"((?:pass(?:word|wd)?|pwd|psw|token|secret|key|auth|sig(?:n|nature)?|credential)\w*=)[^&;/?#\s]*",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Hide passwords and secret values in every address inside a text.

    >>> redact("cannot open rtsp://admin:p@ss@10.0.0.5/ch1?token=abc&res=hd")
    'cannot open rtsp://admin:***@10.0.0.5/ch1?token=***&res=hd'
    """
    without_password = _USERINFO.sub(rf"\1:{_HIDDEN}@", text)
    return _SECRET.sub(rf"\1{_HIDDEN}", without_password)


class SourceKind(StrEnum):
    """How pictures are fetched."""

    RTSP = "rtsp"
    FILE = "file"
    HTTP = "http"


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """Where one camera's pictures come from.

    Attributes:
        kind: How they are fetched.
        url: Address with password and all (for `file` a path). For connecting only: show
            `redacted` to people.

    Raises:
        SourceError: the address does not fit the kind.
    """

    kind: SourceKind
    url: str

    def __post_init__(self) -> None:
        wanted = _schemes(self.kind)
        if not self.url.strip():
            raise SourceError(f"a {self.kind} source needs an address, not nothing")
        if wanted and not self.url.lower().startswith(wanted):
            raise SourceError(
                f"{self.redacted}: a {self.kind} source begins with {' or '.join(wanted)}"
            )
        if wanted and not _host_of(self.url):
            raise SourceError(
                f"{self.redacted}: no host in it; write {wanted[0]}HOST/..., and / @ # : in a "
                "password as %2F %40 %23 %3A"
            )

    @property
    def redacted(self) -> str:
        """The address as anyone may see it."""
        return self.url if self.kind is SourceKind.FILE else redact(self.url)

    def __repr__(self) -> str:
        return f"Source({self.kind.value} {self.redacted})"

    __str__ = __repr__


def _schemes(kind: SourceKind) -> tuple[str, ...]:
    match kind:
        case SourceKind.RTSP:
            return ("rtsp://", "rtsps://")
        case SourceKind.HTTP:
            return ("http://", "https://")
        case SourceKind.FILE:
            return ()
        case _:
            assert_never(kind)


def _host_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises where it is no number: a piece of a password, mostly
    except ValueError:
        return None
    return None if port == 0 else parts.hostname
