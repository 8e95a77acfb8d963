"""The way to the identity provider and back: state, nonce and PKCE, each good once.

started = sign_on.begin(back, now=now)           # lead the browser to started.address
token = sign_on.finish(returned, started.ticket, address=address, now=now)
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlencode

import sqlalchemy as sa

from streetwatch.service.access.door import Door
from streetwatch.service.access.factor import Cipher
from streetwatch.service.access.secrets import new_token
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.sign_on.admission import admitted
from streetwatch.service.access.sign_on.ending import end, once
from streetwatch.service.access.sign_on.errors import ProviderDownError, SignOnError, Why
from streetwatch.service.access.sign_on.logout_token import leaving_of
from streetwatch.service.access.sign_on.person import person_of
from streetwatch.service.access.sign_on.provider import Provider
from streetwatch.service.access.sign_on.token import claims_of
from streetwatch.service.access.sign_on.told import expected_by
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.transactions import locked, writing
from streetwatch.vision.types import Seconds

#: How long somebody may take at the provider.
WAY_S: Final[Seconds] = 600.0

BEGIN: Final = "/console/sign-on"
BACK: Final = "/console/sign-on/back"
ENDED: Final = "/console/sign-on/ended"

_KIND: Final = "sign-on"


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody is on the way.

    Attributes:
        address: Of the provider, where they sign in.
        ticket: What their browser keeps meanwhile.
    """

    address: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the provider says as it leads somebody back."""

    code: str = ""
    state: str = ""
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to the provider and back."""

    state: str
    nonce: str
    verifier: str
    back: str
    until: Seconds

    @property
    def challenge(self) -> str:
        """The verifier as it may be seen (RFC 7636, S256)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode().rstrip("=")


class SingleSignOn:
    """Lets people in whom the provider knows. Safe between threads and processes.

    Args:
        engine: Of a database that is migrated to this version.
        told: What the settings say of the provider.
        provider: The provider.
        cipher: Closes what browsers keep.
        door: Lets in whoever is known.
        sessions: Know by which word somebody came in.
    """

    def __init__(  # noqa: PLR0913 -- it stands between all of them
        self,
        engine: sa.Engine,
        told: OidcSettings,
        *,
        provider: Provider,
        cipher: Cipher,
        door: Door,
        sessions: Sessions,
    ) -> None:
        self._engine = engine
        self.told = told
        self._provider = provider
        self._cipher = cipher
        self._door = door
        self._sessions = sessions

    def begin(self, back: str, *, now: Seconds) -> Started:
        """Return where somebody signs in who then comes back to a page.

        Raises:
            ProviderDownError: the provider does not answer.
        """
        way = _Way(new_token(), new_token(), new_token(), back, now + WAY_S)
        asked = {
            "response_type": "code",
            "client_id": self.told.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(self.told.scopes),
            "state": way.state,
            "nonce": way.nonce,
            "code_challenge": way.challenge,
            "code_challenge_method": "S256",
        }
        if self.told.acr:
            asked["acr_values"] = " ".join(self.told.acr)
        endpoint = self._provider.metadata(now=now).authorization_endpoint
        ticket = [_KIND, way.state, way.nonce, way.verifier, way.back, way.until]
        return Started(_with(endpoint, asked), self._cipher.close(json.dumps(ticket)))

    def back_of(self, ticket: str) -> str:
        """Return which page somebody wanted; '' where the ticket is none of ours."""
        way = self._way(ticket)
        return "" if way is None else way.back

    def finish(self, returned: Returned, ticket: str, *, address: str, now: Seconds) -> str:
        """Let somebody in who comes back; return the token of a session.

        Args:
            returned: What the provider says.
            ticket: That their browser kept.
            address: Where the request comes from.
            now: The time.

        Raises:
            SignOnError: they do not get in.
            ProviderDownError: the provider does not answer.
            CodeNeededError: they are known, and a code is wanted too.
        """
        try:
            way = self._taken(returned, ticket, now)
            token, claims = self._proved(returned, way, now)
            person = person_of(claims, self.told)
            with writing(self._engine) as connection:
                makes = self.told.users == "made"
                key = admitted(connection, self.told.issuer, person, makes=makes, now=now)
        except SignOnError as error:
            if error.who:  # the provider knows them: no stranger fills the log
                self._note_refusal(error, address, now)
            raise
        self._sessions.forget()
        asks = self.told.second_factor == "ours"
        proof = self._cipher.close(token)
        return self._door.proved(key, proof, asks=asks, address=address, now=now)

    def ended(self, token: str, *, address: str, now: Seconds) -> None:
        """End what somebody has open who has left the provider (back-channel logout).

        Args:
            token: The provider's logout token.
            address: Where it came from.
            now: The time.

        Raises:
            SignOnError: it is not to be believed, or came before.
            ProviderDownError: it can't be told, since the provider's keys can't be read.
        """
        expected = expected_by(self.told)
        leaving = self._provider.proved(
            lambda keys: leaving_of(token, keys, expected, now=now), now=now
        )
        with writing(self._engine) as connection:
            locked(connection, "access")
            key = f"logout {leaving.token_id}"
            once(connection, key, until=leaving.until, now=now)
            end(connection, self.told.issuer, leaving, self._cipher.open, address=address, now=now)
        self._sessions.forget()

    def leave(self, proof: str, *, now: Seconds) -> str:
        """Return where somebody leaves the provider too; '' where it has no such place.

        Args:
            proof: By which they came in, as their session had it.
            now: The time.
        """
        try:
            endpoint = self._provider.metadata(now=now).end_session_endpoint
        except ProviderDownError:
            return ""
        if endpoint is None:
            return ""
        said = {
            "id_token_hint": self._cipher.open(proof),
            "client_id": self.told.client_id,
            "post_logout_redirect_uri": f"{self.told.public_url}/console/login",
        }
        return _with(endpoint, said)

    @property
    def _redirect_uri(self) -> str:
        return f"{self.told.public_url}{BACK}"

    def _way(self, ticket: str) -> _Way | None:
        try:
            kind, *parts = json.loads(self._cipher.open(ticket))
            return _Way(*parts) if kind == _KIND else None
        except Exception:  # noqa: BLE001 -- whatever a stranger sends
            return None

    def _taken(self, returned: Returned, ticket: str, now: Seconds) -> _Way:
        """Return the way that somebody comes back by: it began in this browser, and ends here."""
        way = self._way(ticket)
        if way is None or now >= way.until or not _same(way.state, returned.state):
            raise SignOnError(Why.STRAYED)
        with writing(self._engine) as connection:
            locked(connection, "access")
            once(connection, way.state, until=way.until, now=now)
        return way

    def _proved(self, returned: Returned, way: _Way, now: Seconds) -> tuple[str, dict[str, Any]]:
        """Return the ID token and what it says."""
        names_itself = self._provider.metadata(
            now=now
        ).authorization_response_iss_parameter_supported
        if (names_itself or returned.issuer) and returned.issuer != self.told.issuer:
            raise SignOnError(Why.UNBELIEVED, "the answer is another provider's")
        if returned.error or not returned.code:
            raise SignOnError(Why.DENIED, returned.error[:100])
        token = self._provider.id_token(
            returned.code, verifier=way.verifier, redirect_uri=self._redirect_uri, now=now
        )
        return token, self._believed(token, way.nonce, now)

    def _believed(self, token: str, nonce: str, now: Seconds) -> dict[str, Any]:
        expected = replace(expected_by(self.told), nonce=nonce)
        return self._provider.proved(
            lambda keys: claims_of(token, keys, expected, now=now), now=now
        )

    def _note_refusal(self, error: SignOnError, address: str, now: Seconds) -> None:
        facts = {"why": error.why.value}
        deed = Deed("user.refused_sign_on", error.who, address=address, facts=facts)
        with writing(self._engine) as connection:
            noted(connection, deed, now=now)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _with(endpoint: str, query: dict[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
