"""The public page that checks evidence: a pack or a manifest goes in, words come out."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Final

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from streetwatch.service.console.forms import rendered
from streetwatch.service.console.language import language_of, mark, say_in
from streetwatch.service.evidence.keys import PublicKey
from streetwatch.service.evidence.pack import MANIFEST, Signing
from streetwatch.service.evidence.pack_check import check_file
from streetwatch.service.evidence.told import Kind, Told
from streetwatch.service.incidents.chain import Link
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.chains import link_of

PATH: Final = "/verify"

#: A case's pack: some stills of 1 MB and a clip of a few.
MOST_BYTES: Final = 200_000_000

#: Checked at the same time: the cameras come first.
_AT_ONCE: Final = 2

#: To come in and be checked; what is slower gives its place to the next.
_PATIENCE_S: Final = 120.0

#: A manifest is text; a pack begins otherwise.
_LARGEST_MANIFEST: Final = 4 << 20

_WORDS: Final[Mapping[Kind, str]] = {
    Kind.MISSING: mark("{name} is missing."),
    Kind.CHANGED: mark("{name} was changed."),
    Kind.ADDED: mark("{name} was added, or is not on the list."),
    Kind.TWICE: mark("{name} stands there more than once."),
    Kind.NO_MANIFEST: mark("{name} is no list of files that can be read."),
    Kind.SEALED_OTHERWISE: mark("{name} is not what was sealed with the evidence."),
    Kind.FORGED: mark("{name} was changed after it was signed, or signed by somebody else."),
    Kind.OTHER_KEY: mark("{name} was signed with a key that is not this service's."),
    Kind.NO_KEY: mark("{name} names a key that is not there."),
    Kind.STRUCTURE: mark("The file {name} itself was altered, beside what it holds."),
    Kind.WHEN_PACKED: mark("Something was wrong already when it was packed."),
    Kind.UNSIGNED: mark("{name} is not signed: it is of before, or the signature was taken away."),
    Kind.SIGNED: mark("{name} was signed by this service and is unchanged."),
    Kind.IN_CHAIN: mark("{name} has its place in its camera's chain."),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to.

    Attributes:
        tone: `good`, `warn` or `bad`.
        words: In a sentence, in English (see `mark`).
        lines: Of single files.
    """

    tone: str
    words: str
    lines: tuple[Told, ...] = ()


def verify_router(
    signing: Callable[[], Signing], engine: sa.Engine, *, most: int = MOST_BYTES
) -> APIRouter:
    """Return the page; everybody may ask, with files of `most` bytes."""
    page = _Page(signing, engine, most)
    router = APIRouter(include_in_schema=False)
    router.add_api_route(PATH, page.empty, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route(
        PATH, page.checked, methods=["POST"], response_class=HTMLResponse, max_body_size=most
    )
    return router


@dataclass(frozen=True, slots=True)
class _Page:
    signing: Callable[[], Signing]
    engine: sa.Engine
    most: int
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def empty(self, request: Request) -> Response:
        return self._drawn(request, None)

    async def checked(self, request: Request) -> Response:
        """Check what was sent; nothing of it is kept."""
        busy = Verdict("warn", mark("Others are being checked. Try again in a minute."))
        if self.turns.locked():
            return self._drawn(request, busy, status=503)
        try:
            async with self.turns, asyncio.timeout(_PATIENCE_S), request.form(max_files=1) as form:
                file = form.get("file")
                if not isinstance(file, UploadFile) or not file.size:
                    none = Verdict("warn", mark("Choose a file first."))
                    return self._drawn(request, none, status=422)
                name = file.filename or "evidence.zip"
                verdict = await run_in_threadpool(self._judged, file.file, name)
        except TimeoutError:
            return self._drawn(request, busy, status=503)
        return self._drawn(request, verdict, name=name)

    def _judged(self, file: IO[bytes], name: str) -> Verdict:
        start = file.read(1)
        file.seek(0)
        if start == b"{":
            return self._of_manifest(file.read(_LARGEST_MANIFEST))
        ours = {one.id for one in self.signing().keys}
        try:
            return _verdict(tuple(check_file(file, name, ours)))
        except InputError:
            return Verdict("bad", mark("This is no evidence pack, or it was cut off."))

    def _of_manifest(self, content: bytes) -> Verdict:
        link = link_of(self.engine, hashlib.sha256(content).hexdigest())
        if link is None or not _proves(link, content):
            return Verdict("bad", mark("This service has never signed this list."))
        told = (
            Told(Kind.SIGNED, MANIFEST, f"key {_key(link).id}", is_wrong=False),
            Told(Kind.IN_CHAIN, MANIFEST, f"{link.camera_id} / {link.position}", is_wrong=False),
        )
        return Verdict("good", mark("This service signed this list, and it is unchanged."), told)

    def _drawn(
        self, request: Request, verdict: Verdict | None, *, name: str = "", status: int = 200
    ) -> Response:
        language = language_of(request)
        lines = verdict.lines if verdict else ()
        html = rendered(
            request,
            "verify.html",
            verdict=verdict,
            file=name,
            lines=[(one, say_in(language, _WORDS[one.kind], name=one.name)) for one in lines],
            key=self.signing().signer.public.id,
            most_mb=self.most // 1_000_000,
            error=None,
        )
        return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def _verdict(told: tuple[Told, ...]) -> Verdict:
    if all(one.kind is Kind.UNSIGNED for one in told if one.is_wrong):
        if any(one.kind is Kind.UNSIGNED for one in told):
            words = mark("Whole in itself, but not signed: that proves nothing.")
            return Verdict("warn", words, told)
        return Verdict("good", mark("Genuine: this service signed it, and it is unchanged."), told)
    return Verdict("bad", mark("Not genuine, or not unchanged."), told)


def _key(link: Link) -> PublicKey:
    return PublicKey(bytes.fromhex(link.public_key))


def _proves(link: Link, content: bytes) -> bool:
    return _key(link).proves(bytes.fromhex(link.signature), content)
