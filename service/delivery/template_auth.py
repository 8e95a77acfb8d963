"""How requests to a platform show who sends them, as its template says."""

import base64
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, assert_never

import httpx

from streetwatch.service.config.auth_schema import (
    Auth,
    BasicAuth,
    HeaderAuth,
    HmacAuth,
    LoginAuth,
    NoAuth,
)
from streetwatch.service.config.request_schema import CallEntry
from streetwatch.service.delivery.answer_values import fits, json_of, text_at
from streetwatch.service.delivery.retry import Failure
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.vision.types import Seconds

#: A token is renewed so long before it ends: it must last until the request has arrived.
_EARLY_S: Seconds = 30.0

Sender = Callable[[CallEntry], httpx.Response]


class Credential(Protocol):
    """What shows who sends."""

    def headers(self, content: bytes) -> dict[str, str]:
        """Return the headers for a request with this body.

        Raises:
            DeliveryFailedError: the platform gave no token; the request was not sent.
        """

    def went_stale(self, answer: httpx.Response) -> bool:
        """Tell whether an answer says so; sent again, the request has a new one."""


def credential_of(
    auth: Auth, *, log_in: Sender, learn: Callable[[str], None], clock: Callable[[], Seconds]
) -> Credential:
    """Return what a template's `auth` asks for.

    Args:
        auth: As the template has it.
        log_in: Sends the login.
        learn: Is told what must never be repeated.
        clock: Tells when a token ends.
    """
    match auth:
        case NoAuth():
            return Fixed({})
        case HeaderAuth():
            return Fixed({auth.name: auth.value.get_secret_value()})
        case BasicAuth():
            pair = f"{auth.username}:{auth.password.get_secret_value()}"
            return Fixed({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
        case HmacAuth():
            return Signature(auth, clock)
        case LoginAuth():
            return Token(auth, log_in, learn, clock)
        case _:
            assert_never(auth)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same headers every time."""

    always: dict[str, str] = field(repr=False)

    def headers(self, content: bytes) -> dict[str, str]:
        """Return them."""
        del content
        return self.always

    def went_stale(self, answer: httpx.Response) -> bool:
        """Never: what is wrong stays wrong."""
        del answer
        return False


@dataclass(frozen=True, slots=True)
class Signature:
    """A header that only who knows the secret could have made of this body."""

    auth: HmacAuth
    clock: Callable[[], Seconds]

    def headers(self, content: bytes) -> dict[str, str]:
        """Sign a body, with the time where the platform wants it."""
        if self.auth.timestamp_header is None:
            return {self.auth.header: self._signed(content)}
        seconds = str(int(self.clock()))
        signature = self._signed(seconds.encode() + b"." + content)
        return {self.auth.timestamp_header: seconds, self.auth.header: signature}

    def went_stale(self, answer: httpx.Response) -> bool:
        """Never: each request is signed anew."""
        del answer
        return False

    def _signed(self, content: bytes) -> str:
        secret = self.auth.secret.get_secret_value().encode()
        digest = hmac.digest(secret, content, self.auth.algorithm)
        hexadecimal = self.auth.encoding == "hex"
        text = digest.hex() if hexadecimal else base64.b64encode(digest).decode()
        return self.auth.prefix + text


@dataclass(slots=True)
class Token:
    """The token of one platform, fetched when it is needed and again when it is stale."""

    auth: LoginAuth
    log_in: Sender = field(repr=False)
    learn: Callable[[str], None] = field(repr=False)
    clock: Callable[[], Seconds]
    _token: str | None = field(default=None, repr=False)
    _until: Seconds = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def headers(self, content: bytes) -> dict[str, str]:
        """Return the header that carries the token."""
        del content
        with self._lock:
            if self._token is None or self.clock() >= self._until - _EARLY_S:
                self._token, self._until = self._fetched()
            return {self.auth.header: self.auth.prefix + self._token}

    def went_stale(self, answer: httpx.Response) -> bool:
        """Tell, and forget the token where it did."""
        expired = self.auth.expired
        stale = answer.status_code == httpx.codes.UNAUTHORIZED or (
            expired is not None and fits(json_of(answer), expired)
        )
        if stale:
            with self._lock:
                self._token = None
        return stale

    def _fetched(self) -> tuple[str, Seconds]:
        try:
            answer = self.log_in(self.auth.request)
        except DeliveryFailedError as error:
            reason = f"no token: {error.failure.reason}"
            failure = replace(error.failure, reason=reason, may_have_arrived=False)
            raise DeliveryFailedError(failure) from None
        tree = json_of(answer)
        token = text_at(tree, self.auth.token)
        if token is None:
            text = f"no token: the login's answer has no {self.auth.token}"
            raise DeliveryFailedError(Failure(text, answer.status_code, may_have_arrived=False))
        self.learn(token)
        return token, self.clock() + self._lasts_s(tree)

    def _lasts_s(self, tree: object) -> Seconds:
        said = text_at(tree, self.auth.expires) if self.auth.expires else None
        try:
            return float(said) if said else self.auth.expires_s
        except ValueError:
            return self.auth.expires_s
