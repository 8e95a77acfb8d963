"""Bodies of requests, read up to a limit: what is larger is refused before it is held."""

from collections.abc import AsyncIterator

from fastapi import HTTPException, Request


async def body_of(request: Request, *, most: int) -> bytes:
    """Return a request's body.

    Raises:
        HTTPException: 413, it has more than `most` bytes.
    """
    too_large = HTTPException(413, f"the body is larger than {most} bytes: send less at once")
    if _announced(request) > most:
        raise too_large
    parts = bytearray()
    async for part in _parts(request):
        parts += part
        if len(parts) > most:
            raise too_large
    return bytes(parts)


def _announced(request: Request) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def _parts(request: Request) -> AsyncIterator[bytes]:
    return request.stream()
