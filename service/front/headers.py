"""Puts the headers on every answer, whoever made it."""

import secrets
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streetwatch.service.front.policy import ALWAYS, HSTS, content_policy

#: A text that is sent to a page can't hold this: NiceGUI writes < as &lt; there.
_SCRIPT: Final = b"<script"


class Headers:
    """Says what browsers may do with an answer; gives the scripts of a page their nonce.

    Args:
        app: What answers.
        images: Other hosts that pictures come from.
    """

    def __init__(self, app: ASGIApp, images: Iterable[str] = ()) -> None:
        self._app = app
        self._images = tuple(images)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(scope, send, self._images).take)


class _Answer:
    """One answer on its way."""

    def __init__(self, scope: Scope, send: Send, images: tuple[str, ...]) -> None:
        self._scope = scope
        self._send = send
        self._images = images
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._page = bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None:
            await self._send(message)
        else:
            await self._collect(message)

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        is_page = headers.get("content-type", "").startswith("text/html")
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers["content-security-policy"] = content_policy(
            self._scope["path"], is_page=is_page, nonce=self._nonce, images=self._images
        )
        if self._scope["scheme"] == "https":
            headers.setdefault("strict-transport-security", HSTS)
        if is_page:
            self._start = message
        else:
            await self._send(message)

    async def _collect(self, message: Message) -> None:
        """Keep a page until it is whole: its scripts get their nonce, and its length changes."""
        self._page += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        body = self._page.replace(_SCRIPT, b'<script nonce="' + self._nonce.encode() + b'"')
        headers = MutableHeaders(scope=self._start)
        if "content-length" in headers and self._scope["method"] != "HEAD":
            headers["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": bytes(body)})
