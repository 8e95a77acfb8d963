"""The keys of `access` in streetwatch.yaml."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from streetwatch.service.config.groups import Group, Number
from streetwatch.service.config.sign_on_schema import OidcSettings
from streetwatch.service.config.wording import refused


class ApiAccess(StrEnum):
    """Who may use the API."""

    REQUIRED = "required"
    OPEN = "open"


class AccessSettings(Group):
    """Who is let in, and for how long."""

    api: ApiAccess = Field(
        ApiAccess.REQUIRED,
        title="API",
        description="`required`: whoever uses the API shows a token or is signed in. `open`: "
        "nobody has to; only where `host` is this machine's own address.",
        examples=["open"],
    )
    metrics_open: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Metrics",
        description="Whether everybody may read `/metrics`. Left out: this machine, and tokens.",
        examples=[True],
    )
    secure_cookies: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Cookies by https alone",
        description="For a proxy that speaks TLS and does not say so. Left out: where the request "
        "came by https.",
        examples=[True],
    )
    proxies: list[str] = Field(
        ["127.0.0.1", "::1"],
        title="Proxies",
        description="Addresses of proxies that are believed about who asks (X-Forwarded-For, "
        "X-Forwarded-Proto).",
        examples=['["10.0.0.2"]'],
    )

    second_factor: list[Literal["viewer", "analyst", "operator", "admin"]] = Field(
        [],
        title="Second factor",
        description="Roles that sign in with a code of an app beside the password. Others may.",
        examples=["[operator, admin]"],
    )
    idle_h: Number = Field(
        8.0,
        gt=0,
        le=720,
        title="Idle",
        description="Hours without doing anything, after which one signs in again.",
        examples=[8],
    )
    whole_h: Number = Field(
        72.0,
        gt=0,
        le=720,
        title="In all",
        description="Hours after which one signs in again, whatever was done.",
        examples=[72],
    )
    oidc: OidcSettings | None = Field(
        None,
        title="Single sign-on",
        description="Signing in at the city's own identity provider (OpenID Connect).",
        examples=["{issuer: https://id.city.example, client_id: streetwatch, ...}"],
    )
    local_sign_in: Literal["everybody", "emergency"] = Field(
        "everybody",
        title="Passwords",
        description="Who may sign in with a password of this service. `emergency`: nobody but "
        "`emergency_admin`.",
        examples=["emergency"],
    )
    emergency_admin: str | None = Field(
        None,
        min_length=1,
        title="Emergency administrator",
        description="The user who may sign in with a password when the provider does not answer.",
        examples=["admin"],
    )

    @model_validator(mode="after")
    def _leaves_a_way_in(self) -> Self:
        if self.local_sign_in != "emergency":
            return self
        if self.oidc is None:
            raise refused("wants access.oidc: else nobody gets in", at=("local_sign_in",))
        if self.emergency_admin is None:
            raise refused("wants access.emergency_admin: name one user", at=("local_sign_in",))
        return self
