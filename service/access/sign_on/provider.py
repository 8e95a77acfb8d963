"""The identity provider: what it says of itself, its keys, and what it gives for a code."""

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from streetwatch.service.access.sign_on.errors import ProviderDownError, SignOnError, Why
from streetwatch.service.access.sign_on.token import UnknownKeyError
from streetwatch.service.config.sign_on_schema import is_kept_secret
from streetwatch.service.outbound.http import (
    AnswerTooLongError,
    AnswerTooSlowError,
    OutboundTransport,
    bounded,
)
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.vision.types import Seconds

T = TypeVar("T")

#: Somebody sits before the page and waits.
TIMEOUT_S: Final[Seconds] = 5.0
_WITHIN_S: Final[Seconds] = 10.0
_LONGEST: Final = 1_000_000

#: What it says of itself and its keys is good for so long; and keys are asked for no more often.
KNOWN_S: Final[Seconds] = 3600.0
KEYS_EVERY_S: Final[Seconds] = 5.0


class Metadata(BaseModel):
    """What a provider says of itself: OpenID Connect Discovery 1.0."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every place that anything secret goes to."""
        ends = (self.end_session_endpoint,) if self.end_session_endpoint else ()
        return self.authorization_endpoint, self.token_endpoint, self.jwks_uri, *ends


@dataclass(frozen=True, slots=True)
class Client:
    """What this service is at the provider.

    Attributes:
        id: Its name there.
        secret: What it shows; empty: nothing.
    """

    id: str
    secret: str

    def shown(self, methods: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the headers and the fields that say who asks (RFC 6749, 2.3.1)."""
        if not self.secret:
            return {}, {"client_id": self.id}
        if "client_secret_basic" not in methods and "client_secret_post" in methods:
            return {}, {"client_id": self.id, "client_secret": self.secret}
        basic = httpx.BasicAuth(quote_plus(self.id), quote_plus(self.secret))
        asked = next(basic.auth_flow(httpx.Request("POST", "https://none.invalid")))
        return {"Authorization": asked.headers["Authorization"]}, {}


class Provider:
    """One identity provider. Safe between threads.

    Args:
        issuer: As it names itself.
        client: Who asks.
        outbound: What may be connected to.
        trust: What checks its certificate.
    """

    def __init__(
        self, issuer: str, client: Client, outbound: Outbound, trust: ssl.SSLContext | None
    ) -> None:
        self._issuer, self._client = issuer, client
        self._http = httpx.Client(
            timeout=TIMEOUT_S,
            follow_redirects=False,
            transport=OutboundTransport(outbound, trust),
        )
        self._lock = threading.Lock()
        self._metadata: tuple[Seconds, Metadata] | None = None
        self._keys: tuple[Seconds, KeySet] | None = None

    def metadata(self, *, now: Seconds) -> Metadata:
        """Return what it says of itself.

        Raises:
            ProviderDownError: it does not say so.
        """
        with self._lock:
            if self._metadata is None or not 0 <= now - self._metadata[0] < KNOWN_S:
                self._metadata = now, self._discovered()
            return self._metadata[1]

    def keys(self, *, now: Seconds, after: KeySet | None = None) -> KeySet:
        """Return the keys that it signs with.

        Args:
            now: The time.
            after: Those that were no good: others are asked for, if there can be others already.

        Raises:
            ProviderDownError: it does not say so.
        """
        uri = self.metadata(now=now).jwks_uri
        with self._lock:
            at, keys = self._keys or (0.0, None)
            lasts = KEYS_EVERY_S if keys is after else KNOWN_S
            if keys is None or not 0 <= now - at < lasts:
                keys = self._published(uri)
                self._keys = now, keys
            return keys

    def proved(self, read: Callable[[KeySet], T], *, now: Seconds) -> T:
        """Return what is read with its keys; where they are not the right ones, with newer ones.

        Raises:
            SignOnError: it is signed by no key of the provider.
            ProviderDownError: the keys can't be read.
        """
        keys = self.keys(now=now)
        try:
            return read(keys)
        except UnknownKeyError:
            newer = self.keys(now=now, after=keys)
        try:
            return read(newer)
        except UnknownKeyError:
            raise SignOnError(Why.UNBELIEVED, "the token: by no key of the provider") from None

    def id_token(self, code: str, *, verifier: str, redirect_uri: str, now: Seconds) -> str:
        """Return the ID token for a code.

        Raises:
            SignOnError: the code is good for none.
            ProviderDownError: it does not say so.
        """
        metadata = self.metadata(now=now)
        headers, fields = self._client.shown(metadata.token_endpoint_auth_methods_supported)
        fields |= {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        status, answer = self._asked("POST", metadata.token_endpoint, headers=headers, data=fields)
        if 400 <= status < 500:
            raise SignOnError(Why.UNBELIEVED, f"the code was answered with {status}")
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            raise ProviderDownError(f"no ID token was given: {status}")
        return token

    def _discovered(self) -> Metadata:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            metadata = Metadata.model_validate(self._read(url))
        except ValidationError as error:
            raise ProviderDownError(f"its discovery lacks {error.errors()[0]['loc']}") from None
        if metadata.issuer != self._issuer:
            raise ProviderDownError("it calls itself another issuer: write that one")
        if not all(map(is_kept_secret, metadata.addresses)):
            raise ProviderDownError("it names an address without https")
        return metadata

    def _published(self, uri: str) -> KeySet:
        try:
            return KeySet.import_key_set(self._read(uri))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderDownError(f"its keys can't be read: {error}") from None

    def _read(self, url: str) -> dict[str, Any]:
        status, answer = self._asked("GET", url)
        if status != 200:
            raise ProviderDownError(f"{status} from {httpx.URL(url).path}")
        return answer

    def _asked(
        self,
        method: str,
        url: str,
        **request: Any,  # noqa: ANN401 -- as httpx has it
    ) -> tuple[int, dict[str, Any]]:
        try:
            with closing(
                self._http.send(self._http.build_request(method, url, **request), stream=True)
            ) as answer:
                body = bounded(answer, longest=_LONGEST, within_s=_WITHIN_S)
            found = json.loads(body) if answer.status_code == 200 else {}
        except (httpx.HTTPError, httpx.InvalidURL, AnswerTooLongError, AnswerTooSlowError) as error:
            raise ProviderDownError(str(error)) from None
        except (ValueError, RecursionError):
            raise ProviderDownError(f"no JSON from {httpx.URL(url).path}") from None
        return answer.status_code, found if isinstance(found, dict) else {}
