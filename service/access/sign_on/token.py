"""Whether an ID token is what the provider says about this one sign-in. Pure.

Signature, algorithm, issuer, audience, time and nonce: OpenID Connect Core 1.0, 3.1.3.7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from streetwatch.service.access.sign_on.errors import SignOnError, Why
from streetwatch.vision.types import Seconds


class UnknownKeyError(Exception):
    """It is signed with a key that is not among these: there may be new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say.

    Attributes:
        issuer: The provider.
        client_id: Whom it is for.
        nonce: Of this sign-in.
        algorithms: That may have signed it.
        skew_s: How far the clocks may be apart.
        acr: One of these ways of signing in; empty: any.
    """

    issuer: str
    client_id: str
    nonce: str
    algorithms: tuple[str, ...]
    skew_s: Seconds
    acr: tuple[str, ...] = ()


def claims_of(token: str, keys: KeySet, expected: Expected, *, now: Seconds) -> dict[str, Any]:
    """Return what an ID token says, if it is to be believed.

    Raises:
        UnknownKeyError: it may be, with the keys that the provider has now.
        SignOnError: it is not.
    """
    claims = signed_claims(token, keys, expected, _registry(expected, now))
    _for_us_alone(claims, expected.client_id)
    return claims


def signed_claims(
    token: str, keys: KeySet, expected: Expected, registry: JWTClaimsRegistry
) -> dict[str, Any]:
    """Return what a token of the provider's says, if it is signed and says what it must.

    Raises:
        UnknownKeyError: it may be, with the keys that the provider has now.
        SignOnError: it is not.
    """
    try:
        claims = jwt.decode(token, keys, algorithms=list(expected.algorithms)).claims
        registry.validate(claims)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKeyError from error
    except (JoseError, ValueError, RecursionError) as error:
        raise SignOnError(Why.UNBELIEVED, f"the token: {error}") from None
    return claims


def _registry(expected: Expected, now: Seconds) -> JWTClaimsRegistry:
    options: dict[str, ClaimsOption] = {
        "iss": {"essential": True, "value": expected.issuer},
        "sub": {"essential": True},
        "aud": {"essential": True, "value": expected.client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": expected.nonce},
    }
    if expected.acr:
        options["acr"] = {"essential": True, "values": list(expected.acr)}
    return JWTClaimsRegistry(now=int(now), leeway=int(expected.skew_s), **options)


def _for_us_alone(claims: Mapping[str, Any], client_id: str) -> None:
    """Refuse what is for others too and does not say that it was we who asked."""
    audience: str | Iterable[str] = claims["aud"]
    others = [] if isinstance(audience, str) else [one for one in audience if one != client_id]
    party = claims.get("azp")
    if (others and party is None) or (party is not None and party != client_id):
        raise SignOnError(Why.UNBELIEVED, "the ID token: was made for another client")
