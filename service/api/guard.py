"""Nobody asks for anything that `access.policy` does not let them have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streetwatch.service.access.asking import ACCOUNT, NOTES, RULE, STILL
from streetwatch.service.access.policy import (
    NOWHERE,
    RULES,
    About,
    Door,
    Matched,
    Rule,
    matched,
    methods_at,
)
from streetwatch.service.access.role import ANYBODY, Account, Right
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.api.callers import (
    COOKIE,
    Caller,
    Callers,
    UnknownTokenError,
    is_from_us,
    is_local,
    names_this_machine,
)
from streetwatch.service.api.errors import said
from streetwatch.service.api.looked import Looked
from streetwatch.service.evidence.links import LINK_SEAL, Links
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.audit import Deed

log = structlog.get_logger(__name__)

#: Where it is written down which session it is.
SESSION: Final = "streetwatch.session"

LOGIN: Final = "/console/login"

_SIGN_IN: Final = "sign in at /console/login, or send a token: Authorization: Bearer ..."
_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}

#: Tells whether what a path names lies within somebody's part of the city.
Lies = Callable[[About, str, Reach], bool]


@dataclass(frozen=True, slots=True)
class Gate:
    """What the guard is told.

    Attributes:
        callers: Know who asks.
        lies: Knows where cases and cameras are.
        note: Writes into the audit log.
        metrics_open: Whether everybody may read the metrics.
        open311_open: Whether everybody may read the requests of Open311.
        links: Know the seals of addresses that were given out.
        rules: Of every route that there is.
    """

    callers: Callers
    lies: Lies
    note: Callable[[Deed], None]
    metrics_open: bool = False
    open311_open: bool = False
    links: Links | None = None
    rules: tuple[Rule, ...] = RULES


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why somebody is not let through."""

    status: int
    words: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Guard:
    """Stands before the whole application: API, console, pictures, sockets.

    Args:
        app: What it stands before.
        gate: What it is told.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate
        self._looked = Looked()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        found = matched(method, scope["path"], self._gate.rules)
        if found is None and method == "GET" and scope["path"].startswith("/console/"):
            scope = {**scope, "path": NOWHERE}  # the console says so itself, as it says everything
            found = matched(method, NOWHERE)
        asked = HTTPConnection(scope)
        try:
            refusal = await run_in_threadpool(self._refusal, asked, found)
        except StorageError as error:
            refusal = _Refusal(503, str(error))
        if (
            refusal is not None
            and refusal.status == 404
            and found is not None
            and found.rule.is_page
        ):
            refusal, scope = None, {**scope, "path": NOWHERE}  # as above: in words, to a browser
        if refusal is not None:
            await self._note_refusal(asked, found, refusal)
            await _refused(refusal, found, scope, receive, send)
            return
        if found is not None and found.rule.deed:
            send = self._noting(asked, found, send)
        await self._app(scope, receive, send)

    def _refusal(self, asked: HTTPConnection, found: Matched | None) -> _Refusal | None:
        try:
            caller = self._gate.callers.who(asked)
        except UnknownTokenError:
            return _Refusal(401, "this token is unknown, expired or revoked")
        if found is not None:
            _write_down(asked, found.rule, caller)
        refusal = _foreign(asked, found, caller) or self._unknown(asked, found, caller)
        if refusal is not None or found is None:
            return refusal or self._nowhere(asked)
        return self._beyond(found, caller.account)

    def _nowhere(self, asked: HTTPConnection) -> _Refusal:
        """Refuse what has no rule: it is not handed on, whether there is a route or not."""
        methods = methods_at(asked.scope["path"], self._gate.rules)
        if not methods:
            return _Refusal(404, "Not Found")
        return _Refusal(405, "Method Not Allowed", {"Allow": ", ".join(sorted(methods))})

    def _unknown(
        self, asked: HTTPConnection, found: Matched | None, caller: Caller
    ) -> _Refusal | None:
        """Refuse whoever is not known, or lacks the right."""
        account = caller.account
        if found is not None and self._is_open(found.rule, asked, account):
            return None
        if account is None or (found is not None and _needs_a_person(found.rule, caller)):
            return _Refusal(401, _SIGN_IN)
        if found is None or found.rule.is_page:  # a page says itself what it takes
            return None
        need = found.rule.need if isinstance(found.rule.need, Right) else Right.LOOK
        if not account.may(need):
            return _Refusal(403, f"this takes the right {need}, which {account.name} lacks")
        return None

    def _is_open(self, rule: Rule, asked: HTTPConnection, account: Account | None) -> bool:
        if account is None and rule.is_linked and self._is_sealed(asked):
            return True
        match rule.need:
            case Door.OPEN | Door.OWN:
                return True
            case Door.LOCAL:
                return self._gate.metrics_open or (account is None and is_local(asked))
            case Door.PUBLIC:
                return self._gate.open311_open and account is None
            case _:
                return False

    def _is_sealed(self, asked: HTTPConnection) -> bool:
        seal = asked.query_params.get(LINK_SEAL)
        return self._gate.links is not None and self._gate.links.opens(asked.scope["path"], seal)

    def _beyond(self, found: Matched, account: Account | None) -> _Refusal | None:
        """Refuse what lies outside somebody's part of the city; it is as if it was not there."""
        about = found.rule.about
        if account is None or account.reach.is_whole or about in {About.NOTHING, About.PART}:
            return None
        if about is About.WHOLE:
            return _Refusal(403, f"{account.name} is limited to a part of the city; this is all")
        if self._gate.lies(about, found.subject, account.reach):
            return None
        return _Refusal(404, f"there is no {about} {found.subject!r}")

    async def _note_refusal(
        self, asked: HTTPConnection, found: Matched | None, refusal: _Refusal
    ) -> None:
        """Write down what somebody known was not let do; strangers would fill the log."""
        is_known = asked.scope.get(ACCOUNT) is not None
        if found is not None and found.rule.deed and is_known and refusal.status == 403:
            await run_in_threadpool(self._noted, asked, found, refusal.status)

    def _noting(self, asked: HTTPConnection, found: Matched, send: Send) -> Send:
        """Write into the audit log before the answer goes out; it is no answer without."""
        unsaid = False

        async def noted(message: Message) -> None:
            nonlocal unsaid
            if message["type"] == "http.response.start" and _is_worth(message["status"]):
                unsaid = not await run_in_threadpool(self._noted, asked, found, message["status"])
                if unsaid:
                    await _say_unnoted(send)
            if not unsaid:
                await send(message)

        return noted

    def _noted(self, asked: HTTPConnection, found: Matched, status: int) -> bool:
        deed = _deed(asked, found, status)
        if found.rule.reads and not self._looked.is_new((deed.who, deed.what, found.path)):
            return True
        try:
            self._gate.note(deed)
        except StorageError:
            log.exception("audit.refused", what=deed.what, on=deed.on)
            return False
        return True


def _deed(asked: HTTPConnection, found: Matched, status: int) -> Deed:
    account: Account | None = asked.scope.get(ACCOUNT)
    values = found.values.items()
    names = [value for name, value in values if name != found.rule.parameter]
    facts: dict[str, Any] = {"status": status} | ({"names": names} if names else {})
    facts |= asked.scope.get(NOTES, {})
    by = facts.pop("by", "")
    return Deed(
        found.rule.deed,
        account.name if account else by,
        on=found.subject,
        address=asked.client.host if asked.client else "",
        facts=facts,
    )


async def _say_unnoted(send: Send) -> None:
    body = b'{"detail":"the audit log could not be written: come again"}'
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _foreign(asked: HTTPConnection, found: Matched | None, caller: Caller) -> _Refusal | None:
    """Refuse what another site makes a browser ask for."""
    if not caller.by_browser:
        return None
    if caller.account is ANYBODY and not names_this_machine(asked):
        return _Refusal(403, "the API is open to this machine alone: ask it as localhost")
    if found is None or found.rule.reads:
        return None
    with_cookie = caller.account is not None and caller.account is not ANYBODY
    if not is_from_us(asked, strictly=with_cookie):
        return _Refusal(403, "this came from another site")
    return None


def _needs_a_person(rule: Rule, caller: Caller) -> bool:
    """Tell whether somebody must be signed in: the console is for people."""
    return rule.is_console and (caller.account is ANYBODY or not caller.by_browser)


def _write_down(asked: HTTPConnection, rule: Rule, caller: Caller) -> None:
    asked.scope[RULE] = rule
    if caller.account is None:
        return
    asked.scope[ACCOUNT] = caller.account
    asked.scope[STILL] = caller.still
    if caller.by_browser and caller.account is not ANYBODY:
        asked.scope[SESSION] = token_hash(asked.cookies[COOKIE])


def _is_worth(status: int) -> bool:
    """Tell whether something was done, or somebody known was refused it."""
    return status < 400 or status == 403


async def _refused(
    refusal: _Refusal, found: Matched | None, scope: Scope, receive: Receive, send: Send
) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4000 + refusal.status})
        return
    answer = _answer(refusal, found, Request(scope, receive))
    await answer(scope, receive, send)


def _answer(refusal: _Refusal, found: Matched | None, request: Request) -> Response:
    is_person = "authorization" not in request.headers
    if refusal.status == 401 and is_person and found is not None and found.rule.is_page:
        query = request.scope["query_string"].decode("latin-1")
        return RedirectResponse(way_in(request.scope["path"], query), status_code=303)
    challenge = _CHALLENGE if refusal.status == 401 else {}
    return said(request, refusal.status, refusal.words, {**refusal.headers, **challenge})


def way_in(path: str, query: str) -> str:
    """Return where somebody signs in who then comes back to a page."""
    back = f"{path}?{query}" if query else path
    return f"{LOGIN}?next={quote(back)}"
