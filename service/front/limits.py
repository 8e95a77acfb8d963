"""Holds back who asks too often, and ends with who sends too slowly."""

import asyncio
import math
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streetwatch.service.front.rates import Buckets, Rate
from streetwatch.vision.types import Seconds

#: A provider that ends a whole city's shift says so of each person; each word costs a signature.
LEAVING_PER_MINUTE: Final = 600.0

#: Of a request: the server stops reading there only where it has not read it all at once.
LONGEST_HEAD: Final = 32_768

#: A body has to be here by then: ten megabytes from a telephone in a bad place take half of it.
BODY_S: Final[Seconds] = 120.0
_GRACE_S: Final[Seconds] = 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """What is held back.

    Attributes:
        paths: Whole paths.
        methods: Of the requests.
    """

    paths: re.Pattern[str]
    methods: frozenset[str]
    buckets: Buckets

    def is_about(self, scope: Scope) -> bool:
        """Tell whether a request is held back by it."""
        return scope["method"] in self.methods and bool(self.paths.fullmatch(scope["path"]))


def rules_of(*, public_per_minute: float, costly_per_minute: float) -> tuple[Rule, ...]:
    """Return what is held back, and how much.

    Args:
        public_per_minute: What is open to the street: Open311, observations, /verify, signing in.
        costly_per_minute: What takes long: lists as files, reports, packs, probes, dry runs.
    """
    public, costly = Rate.of(public_per_minute), Rate.of(costly_per_minute)
    writes, reads = frozenset({"POST", "PUT", "PATCH", "DELETE"}), frozenset({"GET", "HEAD"})
    open_to_all = r"/open311/.*|/observations|/verify|/console/(login|welcome|password)"
    long_reads = (
        r"/desk/cases\.(csv|geojson)|/desk/cases/[^/]+/evidence\.zip|/desk/reports/.*|/foresight/.*"
    )
    long_writes = r"/cameras/probe|/cameras/[^/]+/dry-run"
    return (
        Rule(re.compile(open_to_all), writes, Buckets(public)),
        Rule(re.compile(r"/open311/.*"), reads, Buckets(public)),
        Rule(re.compile(r"/console/sign-on(/back)?"), reads, Buckets(public)),
        Rule(re.compile(r"/console/sign-on/ended"), writes, Buckets(Rate.of(LEAVING_PER_MINUTE))),
        Rule(re.compile(long_reads), reads, Buckets(costly)),
        Rule(re.compile(long_writes), writes, Buckets(costly)),
    )


class Limits:
    """Lets through what keeps to the limits.

    Args:
        app: What answers.
        rules: What is held back.
        clock: Monotonic seconds.
        body_s: How long a body may take to come.
    """

    def __init__(
        self,
        app: ASGIApp,
        rules: Iterable[Rule],
        *,
        clock: Callable[[], Seconds] = time.monotonic,
        body_s: Seconds = BODY_S,
    ) -> None:
        self._app = app
        self._rules = tuple(rules)
        self._clock = clock
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say to come again."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _head_bytes(scope) > LONGEST_HEAD:
            await _too_long()(scope, receive, send)
            return
        wait_s = self._wait_s(scope)
        if wait_s:
            await _too_many(wait_s)(scope, receive, send)
            return
        await self._app(scope, self._patient(receive), send)

    def _wait_s(self, scope: Scope) -> Seconds:
        client = scope.get("client") or ("",)
        now = self._clock()
        waits = [rule.buckets.take(client[0], now) for rule in self._rules if rule.is_about(scope)]
        return max(waits, default=0.0)

    def _patient(self, receive: Receive) -> Receive:
        """Wait for the body so long and no longer; for the end of the connection for ever."""
        until, whole = self._clock() + self._body_s, False

        async def take() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            try:
                # Who looks for the first time when it is late finds what is there already.
                message = await asyncio.wait_for(receive(), max(until - self._clock(), _GRACE_S))
            except TimeoutError:
                words = f"the body was not here after {self._body_s:g} s: send it faster"
                raise HTTPException(408, words, headers={"Connection": "close"}) from None
            whole = not message.get("more_body", False)
            return message

        return take


def _head_bytes(scope: Scope) -> int:
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    return fields + len(scope.get("raw_path") or b"") + len(scope["query_string"])


def _too_long() -> JSONResponse:
    words = f"the address and the headers have more than {LONGEST_HEAD} bytes: send fewer"
    return JSONResponse({"detail": words}, 431, headers={"Connection": "close"})


def _too_many(wait_s: Seconds) -> JSONResponse:
    seconds = str(math.ceil(wait_s))
    words = f"too many requests from your address: come again in {seconds} s"
    return JSONResponse({"detail": words}, 429, headers={"Retry-After": seconds})
