"""Whether the provider says that somebody has left it: a logout token. Pure.

OpenID Connect Back-Channel Logout 1.0, 2.6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from streetwatch.service.access.sign_on.errors import SignOnError, Why
from streetwatch.service.access.sign_on.token import Expected, signed_claims
from streetwatch.vision.types import Seconds

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"

#: It says what happened just now: after this it is no news, whatever it says of its own end.
FRESH_S: Final[Seconds] = 300.0


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who has left.

    Attributes:
        token_id: Of this one message.
        subject: Who; empty: whoever had that session.
        session: Which of their sessions there; empty: all.
        until: When the message is no news any more.
    """

    token_id: str
    subject: str
    session: str
    until: Seconds


def leaving_of(token: str, keys: KeySet, expected: Expected, *, now: Seconds) -> Leaving:
    """Return who a logout token says has left, if it is to be believed.

    Args:
        token: As it was sent.
        keys: Of the provider.
        expected: Whose it must be, and for whom.
        now: The time.

    Raises:
        UnknownKeyError: it may be, with the keys that the provider has now.
        SignOnError: it is not.
    """
    claims = signed_claims(token, keys, expected, _registry(expected, now))
    said = {name: claims.get(name, "") for name in ("jti", "sub", "sid")}
    if not all(isinstance(one, str) for one in said.values()):
        raise _unbelieved("jti, sub and sid are texts")
    until = float(claims["iat"]) + FRESH_S + expected.skew_s
    if not said["jti"] or not (said["sub"] or said["sid"]):
        raise _unbelieved("it does not say who")
    if "nonce" in claims or not _is_of_leaving(claims):
        raise _unbelieved("it is no logout token")
    if now >= until:
        raise _unbelieved("it is no news")
    return Leaving(said["jti"], said["sub"], said["sid"], until)


def _registry(expected: Expected, now: Seconds) -> JWTClaimsRegistry:
    options: dict[str, ClaimsOption] = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "iat": {"essential": True},
        "jti": {"essential": True},
        "events": {"essential": True},
    }
    return JWTClaimsRegistry(now=int(now), leeway=int(expected.skew_s), **options)


def _is_of_leaving(claims: Mapping[str, Any]) -> bool:
    events = claims["events"]
    return isinstance(events, Mapping) and isinstance(events.get(EVENT), Mapping)


def _unbelieved(why: str) -> SignOnError:
    return SignOnError(Why.UNBELIEVED, f"the logout token: {why}")
