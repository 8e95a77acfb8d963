"""The keys of `access` in streetwatch.yaml."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from streetwatch.service.config.groups import Group, Number


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
