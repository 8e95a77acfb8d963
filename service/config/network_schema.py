"""The keys of `networks` in streetwatch.yaml: where cameras and platforms may stand."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from streetwatch.service.config.groups import Group
from streetwatch.service.config.wording import refused


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise refused(
            "is no network: write its first address and a length, 10.20.0.0/16 or fd00::/8"
        ) from None
    return text


NetworkText = Annotated[str, AfterValidator(_network)]


class NetworkSettings(Group):
    """Which networks the service connects to."""

    cameras: list[NetworkText] | None = Field(
        None,
        title="Networks of cameras",
        description="Cameras are connected to in these networks only. Left out: anywhere but on "
        "this machine.",
        examples=["[10.20.0.0/16]"],
    )
    targets: list[NetworkText] | None = Field(
        None,
        title="Networks of platforms",
        description="Targets and the webhook of notices are connected to in these networks only. "
        "Left out: anywhere but on this machine.",
        examples=["[10.30.0.0/24]"],
    )
    sign_on: list[NetworkText] | None = Field(
        None,
        title="Networks of the identity provider",
        description="The provider of single sign-on is connected to in these networks only. Left "
        "out: anywhere but on this machine.",
        examples=["[10.40.0.0/24]"],
    )
