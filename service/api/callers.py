"""Who asks: a program with its token, somebody who is signed in, or nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from streetwatch.service.access.access import Access
from streetwatch.service.access.role import ANYBODY, Account, Role
from streetwatch.service.access.secrets import token_hash
from streetwatch.service.config.hosts import is_loopback
from streetwatch.vision.types import Seconds

#: Holds the token of a session.
COOKIE: Final = "streetwatch_session"

#: This process, when it hands its own cases to its own desk.
OURSELVES: Final = Account("streetwatch", Role.OPERATOR)

_BEARER: Final = "bearer "

#: Where a browser says that a request comes from one of our pages, or from its address bar.
_OUR_SITES: Final = frozenset({"same-origin", "none"})


class UnknownTokenError(Exception):
    """A token was shown, and it is good for nothing."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by what that is known.

    Attributes:
        account: None: nobody that we know.
        by_browser: Its cookie says so, or nothing does: another site could have made it ask.
        still: Tells whether what it is known by is still good: a feed may last for days.
    """

    account: Account | None
    by_browser: bool = True
    still: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Callers:
    """Knows who asks.

    Attributes:
        access: Users, sessions, tokens.
        clock: Seconds since the epoch.
        is_open: Whoever asks without anything is `ANYBODY`.
        own_token: What this process shows its own desk; empty: nothing.
    """

    access: Access
    clock: Callable[[], Seconds]
    is_open: bool = False
    own_token: str = field(default="", repr=False)

    def who(self, asked: HTTPConnection) -> Caller:
        """Return who asks.

        Raises:
            UnknownTokenError: a token was shown that is good for nothing.
        """
        shown = asked.headers.get("authorization", "")
        if shown[: len(_BEARER)].lower() == _BEARER:
            secret = shown[len(_BEARER) :].strip()
            account = self.of_token(secret)
            return Caller(account, by_browser=False, still=partial(self._is_good, secret))
        cookie = asked.cookies.get(COOKIE)
        person = self.access.sessions.who(cookie, now=self.clock()) if cookie else None
        if cookie and person:
            return Caller(person, still=partial(self._is_open, token_hash(cookie)))
        return Caller(ANYBODY if self.is_open else None)

    def _is_good(self, secret: str) -> bool:
        try:
            return bool(self.of_token(secret))
        except UnknownTokenError:
            return False

    def _is_open(self, session: str) -> bool:
        return self.access.sessions.is_open(session, now=self.clock())

    def of_token(self, secret: str) -> Account:
        """Return who shows a token.

        Raises:
            UnknownTokenError: it is good for nothing.
        """
        if self.own_token and compare_digest(secret.encode(), self.own_token.encode()):
            return OURSELVES
        account = self.access.tokens.who(secret, now=self.clock())
        if account is None:
            raise UnknownTokenError
        return account


def is_from_us(asked: HTTPConnection, *, strictly: bool) -> bool:
    """Tell whether a request that changes something comes from our own pages.

    Args:
        asked: The request.
        strictly: Refuse what says nothing: every browser that holds our cookie says it.
    """
    site, origin = asked.headers.get("sec-fetch-site"), asked.headers.get("origin")
    if site is not None and site not in _OUR_SITES:
        return False
    if origin is not None:
        return urlsplit(origin).netloc in _hosts(asked)
    return site is not None or not strictly


def is_local(asked: HTTPConnection) -> bool:
    """Tell whether a request comes from this machine, and through no proxy that says so."""
    client = asked.client
    forwarded = "x-forwarded-for" in asked.headers or "forwarded" in asked.headers
    return client is not None and is_loopback(client.host) and not forwarded


def names_this_machine(asked: HTTPConnection) -> bool:
    """Tell whether a request was meant for this machine: another name was bent to lead here."""
    name = urlsplit(f"//{asked.headers.get('host', '')}").hostname or ""
    return is_loopback(name)


def _hosts(asked: HTTPConnection) -> set[str]:
    """Return what we are called: by the browser, or by the proxy that it asked."""
    known = (asked.headers.get("host", ""), asked.headers.get("x-forwarded-host", ""))
    return {host for host in known if host}
