"""The keys of `access.oidc` in streetwatch.yaml: signing in at the city's identity provider."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from streetwatch.service.config.groups import Group, Number
from streetwatch.service.config.hosts import is_loopback
from streetwatch.service.config.target_values import RootAddress
from streetwatch.service.config.wording import refused

RoleName = Literal["viewer", "analyst", "operator", "admin"]

#: Whose signatures can be checked with a key that everybody may know: HMAC is not among them.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]

_OPENID: Final = "openid"


def is_kept_secret(url: str) -> bool:
    """Tell whether what goes to an address is read by nobody on the way.

    >>> [is_kept_secret(url) for url in ("https://id.example", "http://127.0.0.1:9", "http://id")]
    [True, True, False]
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return bool(parts.hostname) and (parts.scheme == "https" or is_here)


def _secret(url: str) -> str:
    if not is_kept_secret(url) or set(url) & set("?#@"):
        raise refused("is no address to sign in at: write https://HOST/PATH, without ? # @")
    return url


SecretAddress = Annotated[str, AfterValidator(_secret)]


class OidcSettings(Group):
    """Signing in at an OpenID Connect provider."""

    issuer: SecretAddress = Field(
        title="Issuer",
        description="The provider, as its own discovery document names itself.",
        examples=["https://id.city.example/realms/city"],
    )
    client_id: str = Field(
        min_length=1,
        title="Client",
        description="What the provider calls this service.",
        examples=["streetwatch"],
    )
    client_secret: SecretStr | None = Field(
        None,
        min_length=1,
        title="Secret",
        description="What this service shows the provider. Left out: nothing, PKCE alone.",
        examples=['"${OIDC_SECRET}"'],
    )
    client_secret_file: Annotated[Path, Field(strict=False)] | None = Field(
        None,
        title="File of the secret",
        description="Holds the secret and nothing else, instead of `client_secret`.",
        examples=["/run/secrets/oidc"],
    )
    public_url: Annotated[RootAddress, AfterValidator(_secret)] = Field(
        title="Our address",
        description="Where browsers reach this service. The provider leads back to "
        "/console/sign-on/back there.",
        examples=["https://streetwatch.city.example"],
    )
    title: str | None = Field(
        None,
        min_length=1,
        max_length=60,
        title="Words of the button",
        description="What the button on the sign-in page says. Left out: single sign-on.",
        examples=["市统一身份认证"],
    )
    scopes: list[str] = Field(
        [_OPENID, "profile"],
        title="Scopes",
        description="What the provider is asked for.",
        examples=["[openid, profile, groups]"],
    )
    algorithms: list[Algorithm] = Field(
        ["RS256", "PS256", "ES256"],
        min_length=1,
        title="Algorithms",
        description="With which the provider may sign.",
        examples=["[RS256]"],
    )
    clock_skew_s: Number = Field(
        60.0,
        ge=0,
        le=300,
        title="Clocks apart",
        description="Seconds that the provider's clock may be off.",
        examples=[60],
    )
    users: Literal["known", "made"] = Field(
        "known",
        title="Users",
        description="`known`: whom an administrator has added for single sign-on. `made`: whoever "
        "the provider gives a role, made at the first sign-in.",
        examples=["made"],
    )
    name_claim: str = Field(
        "preferred_username",
        min_length=1,
        title="Claim of the name",
        description="What somebody is called here.",
        examples=["preferred_username"],
    )
    role_claim: str | None = Field(
        None,
        min_length=1,
        title="Claim of the role",
        description="Text or list that `roles` looks into; a . leads into an object. Left out: "
        "roles are given here.",
        examples=["realm_access.roles"],
    )
    roles: dict[str, RoleName] = Field(
        {},
        title="Roles",
        description="A value of that claim and the role that it gives; the highest counts.",
        examples=["{streetwatch-operators: operator}"],
    )
    cameras_claim: str | None = Field(
        None,
        min_length=1,
        title="Claim of the cameras",
        description="The cameras that somebody is limited to; * for the whole city.",
        examples=["streetwatch_cameras"],
    )
    grids_claim: str | None = Field(
        None,
        min_length=1,
        title="Claim of the grids",
        description="The unit grids that somebody is limited to; * for the whole city.",
        examples=["grid_codes"],
    )
    acr: list[str] = Field(
        [],
        title="Ways of signing in",
        description="One of these `acr` values is asked for, and must be what came of it.",
        examples=["[gold]"],
    )
    second_factor: Literal["ours", "provider"] = Field(
        "ours",
        title="Second factor",
        description="`ours`: asked for here as after a password. `provider`: it asks itself.",
        examples=["provider"],
    )
    ca_file: Annotated[Path, Field(strict=False)] | None = Field(
        None,
        title="Certificates",
        description="Who signed the provider's certificate. Left out: whom this machine trusts.",
        examples=["city-ca.pem"],
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.client_secret and self.client_secret_file:
            raise refused("is there beside client_secret: write one", at=("client_secret_file",))
        if _OPENID not in self.scopes:
            raise refused("lacks openid: write [openid, profile]", at=("scopes",))
        if bool(self.role_claim) != bool(self.roles):
            raise refused("goes with role_claim: write both, or none", at=("roles",))
        if self.users == "made" and not self.role_claim:
            raise refused("wants role_claim and roles: else everybody is let in", at=("users",))
        if (self.cameras_claim or self.grids_claim) and not self.role_claim:
            raise refused("wants role_claim and roles beside the limits", at=("role_claim",))
        return self
