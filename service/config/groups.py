"""Groups of settings."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from streetwatch.service.config.wording import refused


def _not_a_switch(value: object) -> object:
    """Refuse true and false where a number is wanted: pydantic would read them as 1 and 0."""
    if isinstance(value, bool):
        raise refused("is not a number: write one")
    return value


Whole = Annotated[int, BeforeValidator(_not_a_switch)]
Number = Annotated[float, BeforeValidator(_not_a_switch)]


class Group(BaseModel):
    """Settings that belong together."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class DemoSettings(Group):
    """A clip served by `run` itself as a live RTSP camera."""

    clip: Path | None = Field(
        None,
        title="Demo clip",
        description="Left out: no demo camera.",
        examples=["demo.mp4"],
    )
    port: Whole = Field(
        8554,
        ge=1,
        le=65_535,
        title="Demo port",
        description="TCP port of 127.0.0.1 of the demo camera; its url in cameras.yaml has it too.",
        examples=[8554],
    )


class GridSettings(Group):
    """What the grid layer does by itself."""

    auto_dispatch: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Dispatch by itself",
        description="Whether an accepted case is dispatched to its grid's worker without asking.",
        examples=[True],
    )


class ClosingSettings(Group):
    """How the camera looks whether what is said to be handled is gone."""

    patience_s: Number = Field(
        600.0,
        ge=0,
        le=604_800,
        title="Patience",
        description="Seconds after a case was handled in which what stands there still may go.",
        examples=[600],
    )
    limit_s: Number = Field(
        7200.0,
        ge=60,
        le=2_592_000,
        title="Limit",
        description="Seconds after which a camera that could not see the place says so (unable).",
        examples=[7200],
    )
    auto_close: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Close by itself",
        description="Whether a handled case whose object was seen to be gone is closed without "
        "asking.",
        examples=[True],
    )

    @model_validator(mode="after")
    def _waits_longer_than_it_is_patient(self) -> Self:
        if self.limit_s <= self.patience_s:
            raise refused(
                "is not above patience_s: write more seconds than patience_s has", at=("limit_s",)
            )
        return self


class ObservationSettings(Group):
    """Reports that come in by `POST /observations`."""

    picture_mb: Number = Field(
        10.0,
        gt=0,
        le=100,
        title="Picture size",
        description="Largest picture that is taken, MB (1,000,000 bytes).",
        examples=[10],
    )
    picture_megapixels: Number = Field(
        50.0,
        gt=0,
        le=200,
        title="Picture pixels",
        description="Largest picture that is decoded, million pixels.",
        examples=[50],
    )
    merge_within_m: Number = Field(
        15.0,
        ge=0,
        le=200,
        title="Merge distance",
        description="Reports of one type at most so many metres apart are one case; 0: only at one "
        "place.",
        examples=[15],
    )
