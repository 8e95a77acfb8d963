"""What a browser may do with what we answer. Pure."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

#: Of forms without a script of their own: signing in, checking evidence.
_FORMS: Final = (
    "/console/login",
    "/console/welcome",
    "/console/password",
    "/console/sign-on",
    "/console/sign-on/back",
    "/console/sign-out",
    "/verify",
)

#: FastAPI's own pages.
_DOCS: Final = ("/docs", "/redoc")

#: For a year: who has met us over TLS once does not come without it.
HSTS: Final = "max-age=31536000"

#: What nobody's page of ours needs.
_PERMISSIONS: Final = ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi")

#: On every answer.
ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": ", ".join(f"{name}=()" for name in _PERMISSIONS),
    "cross-origin-opener-policy": "same-origin",
    # What shows the city is not kept by whoever stands between.
    "cache-control": "private, no-cache",
}

_NOTHING: Final = ("base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'")


def content_policy(path: str, *, is_page: bool, nonce: str, images: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of an answer.

    Args:
        path: That was asked for.
        is_page: Whether it is HTML.
        nonce: Of the scripts in it.
        images: Other hosts that pictures come from: the map's.
    """
    if not is_page:
        return _joined("default-src 'none'", "img-src 'self'", "media-src 'self'")
    if path in _FORMS:
        return _joined(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "form-action 'self'",
        )
    if path.startswith(_DOCS):
        return _joined(
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "worker-src 'self' blob:",
        )
    return _joined(
        "default-src 'none'",
        # Vue makes functions of what pages are sent; no script comes from elsewhere or from a text.
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        " ".join(("img-src 'self' data: blob:", *images)),
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "connect-src 'self' data:",
        "worker-src 'self' blob:",
        "form-action 'self'",
    )


def origin_of(url: str | None) -> tuple[str, ...]:
    """Return the host of a map's tiles as a policy names it; a `{s}` stands for any.

    >>> origin_of("https://{s}.tiles.example:8443/{z}/{x}/{y}.png")
    ('https://*.tiles.example:8443',)
    """
    if url is None:
        return ()
    parts = urlsplit(url)
    return (f"{parts.scheme}://{parts.netloc.rpartition('@')[2].replace('{s}', '*')}",)


def _joined(*directives: str) -> str:
    return "; ".join((*directives, *_NOTHING))
