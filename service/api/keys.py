"""The public keys that prove evidence: open to everybody, at `/evidence-keys`."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from streetwatch.service.evidence.keys import ALGORITHM
from streetwatch.service.evidence.pack import Signing


def keys_router(signing: Callable[[], Signing]) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/evidence-keys", tags=["evidence"])

    @router.get("")
    def keys() -> list[dict[str, Any]]:
        """List every key that evidence was signed with, and the one that signs now."""
        known = signing()
        return [
            {
                "key": one.id,
                "algorithm": ALGORITHM,
                "public_key": one.pem.decode(),
                "signs_now": one == known.signer.public,
            }
            for one in known.keys
        ]

    @router.get(
        "/{key}.pem",
        response_class=Response,
        responses={200: {"content": {"application/x-pem-file": {}}, "description": "The key."}},
    )
    def key_file(key: str) -> Response:
        """Answer one key as OpenSSL reads it."""
        pem = next((one.pem for one in signing().keys if one.id == key), None)
        if pem is None:
            raise HTTPException(404, "no such key")
        return Response(pem, media_type="application/x-pem-file")

    return router
