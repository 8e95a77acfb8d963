"""Nobody sees a page, or talks to one, without being signed in."""

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from streetwatch.service.access.role import Account
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.access.sessions import Sessions
from streetwatch.vision.types import Seconds

#: Holds the token of a session.
COOKIE: Final = "streetwatch_session"

#: Where the guard writes down who asks, and by which session.
ACCOUNT: Final = "streetwatch.account"
SESSION: Final = "streetwatch.session"

LOGIN: Final = "/console/login"
WELCOME: Final = "/console/welcome"

#: What the console answers at: its pages, its socket, what its pages are made of.
_GUARDED: Final = ("/console/", "/_nicegui_ws/", "/_nicegui/")

#: Of it, what somebody needs who is not signed in yet.
_OPEN: Final = frozenset({LOGIN, WELCOME})
_OPEN_UNDER: Final = ("/console/static/", "/console/language/", "/console/theme/")

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Lets the console's requests and sockets through for whoever is signed in.

    Args:
        app: What it stands before.
        sessions: Knows who is signed in.
        clock: Says what time it is.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, clock: Callable[[], Seconds]) -> None:
        self._app = app
        self._sessions = sessions
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] not in {"http", "websocket"} or not is_guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if _changes(scope) and not is_ours(connection.headers.get("origin"), _hosts(connection)):
            await _refused(403, scope, receive, send)
            return
        account = await self._who(connection)
        if account is None and not is_open(scope["path"]):
            await _refused(401, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _who(self, connection: HTTPConnection) -> Account | None:
        token = connection.cookies.get(COOKIE)
        if not token:
            return None
        account = await run_in_threadpool(self._sessions.who, token, now=self._clock())
        if account is not None:
            connection.scope[ACCOUNT] = account
            connection.scope[SESSION] = token_hash(token)
        return account


def is_guarded(path: str) -> bool:
    """Tell whether a path is the console's."""
    return path.startswith(_GUARDED)


def is_open(path: str) -> bool:
    """Tell whether a path of the console's is for those who are not signed in, too."""
    return path in _OPEN or path.startswith(_OPEN_UNDER)


def is_ours(origin: str | None, hosts: Iterable[str]) -> bool:
    """Tell whether a request comes from one of our own pages; browsers say where from."""
    return origin is None or urlsplit(origin).netloc in {host for host in hosts if host}


def way_in(path: str, query: str) -> str:
    """Return where somebody signs in who then comes back to a page."""
    back = f"{path}?{query}" if query else path
    return f"{LOGIN}?next={quote(back)}"


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in _READS


def _hosts(connection: HTTPConnection) -> tuple[str, str]:
    """Return what we are called: by the browser, or by the proxy that it asked."""
    headers = connection.headers
    return headers.get("host", ""), headers.get("x-forwarded-host", "")


async def _refused(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4000 + status})
        return
    await _answer(status, scope)(scope, receive, send)


def _answer(status: int, scope: Scope) -> Response:
    is_page = scope["method"] == "GET" and scope["path"].startswith("/console/")
    if status == 401 and is_page:
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(way_in(scope["path"], query), status_code=303)
    words = "sign in at /console/login" if status == 401 else "this came from another site"
    return JSONResponse({"detail": words}, status_code=status)
