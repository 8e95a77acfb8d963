"""The keys of `limits` in streetwatch.yaml: how often somebody may ask."""

from pydantic import Field

from streetwatch.service.config.groups import Group, Number


class LimitSettings(Group):
    """How often one address may ask, before it is told to come again."""

    public_per_minute: Number = Field(
        300.0,
        ge=1,
        le=1_000_000,
        title="What is open to all",
        description="Requests a minute and address to Open311, observations and signing in.",
        examples=[300],
    )
    costly_per_minute: Number = Field(
        60.0,
        ge=1,
        le=1_000_000,
        title="What takes long",
        description="Lists as files, reports, evidence packs, probes and dry runs a minute and "
        "address.",
        examples=[60],
    )
