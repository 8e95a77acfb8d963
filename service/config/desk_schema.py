"""The keys of `notices` and `triage` in streetwatch.yaml."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.target_values import WebAddress
from streetwatch.service.config.wording import refused

_SHORTEST_SECRET = 16


def _hard_to_guess(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < _SHORTEST_SECRET:
        raise refused(f"is too short: write {_SHORTEST_SECRET} or more random characters")
    return secret


class NoticeSettings(Entry):
    """Who is told of cases that wait, and after how long."""

    url: WebAddress | None = Field(
        None,
        title="Webhook",
        description="Where notices are posted. Left out: they stand in the case's history only.",
        examples=["https://platform.city.example/notices"],
    )
    secret: Annotated[SecretStr, AfterValidator(_hard_to_guess)] | None = Field(
        None,
        strict=False,
        title="Secret",
        description="Signs the notices (HMAC-SHA256); at least 16 characters.",
        examples=['"${NOTICE_SECRET}"'],
    )
    urgent_h: float = Field(
        2.0,
        gt=0,
        le=8760,
        title="Urgent",
        description="Hours that an urgent case may wait for somebody to respond.",
        examples=[2],
    )
    ordinary_h: float = Field(
        24.0,
        gt=0,
        le=8760,
        title="Ordinary",
        description="Hours that any other case may wait for somebody to respond.",
        examples=[24],
    )

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.url is not None and self.secret is None:
            raise refused('has no secret to sign with: write secret: "${NOTICE_SECRET}"')
        return self


class TriageSettings(Entry):
    """Where service ends, and management and enforcement begin."""

    window_d: float = Field(
        90.0,
        ge=1,
        le=3650,
        title="Window",
        description="Days in which earlier cases of a place or subject count.",
        examples=[90],
    )
    orange_at: int = Field(
        2,
        ge=2,
        le=1000,
        title="Orange",
        description="The level is orange from this case in the window on.",
        examples=[2],
    )
    red_at: int = Field(
        3,
        ge=3,
        le=1000,
        title="Red",
        description="The level is red from this case in the window on.",
        examples=[3],
    )
    long_dwell_s: float = Field(
        3600.0,
        ge=1,
        le=31_536_000,
        title="Long dwell",
        description="A case is severe if it has stood for so many seconds.",
        examples=[3600],
    )
    large_px: float | None = Field(
        None,
        ge=1,
        le=100_000_000,
        title="Large",
        description="A case is severe if its box covers so many pixels. Left out: not asked.",
        examples=[40000],
    )
    severe_places: list[str] = Field(
        [],
        title="Severe places",
        description="A case is severe at these places: camera/zone, * for any.",
        examples=['["school-gate/*"]'],
    )

    @model_validator(mode="after")
    def _red_is_after_orange(self) -> Self:
        if self.red_at <= self.orange_at:
            raise refused("is not above orange_at: write a larger number", at=("red_at",))
        return self
