"""What the desk accepts: strict, so that a mistake is told and not stored."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from streetwatch.service.desk.states import CaseState, RejectReason


def _written_out(value: object) -> object:
    if isinstance(value, str) and "T" in value:
        return value
    raise ValueError("write a time as ISO 8601 with its offset: 2026-11-23T08:00:00+08:00")


#: A moment with its offset; a bare number could be seconds or milliseconds and is refused.
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_out)]

Name = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
Duration = Annotated[float, Field(ge=0)]


class Strict(BaseModel):
    """No unknown fields, no guessing of types, no numbers that JSON does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class CameraOfCase(Strict):
    """The camera."""

    id: Name
    name: Name


class PlaceOfCase(Strict):
    """Where it is, or the camera."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: Literal["wgs84", "cgcs2000"]
    grid_code: Annotated[str, Field(pattern=r"^\d{15}$")] | None = None


class EvidenceOfCase(Strict):
    """One file of evidence; its bytes are at `url`."""

    name: Name
    role: Name
    media_type: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    captured_at: Moment
    url: Annotated[str, Field(pattern=r"^(/[^/\s]|https?://)\S*$", max_length=2000)]


class Versions(Strict):
    """What judged."""

    model: Name
    zone: Name
    rule: Name


class Report(Strict):
    """A case as it is reported."""

    external_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    source: Literal["video"]
    type: Name
    description: Annotated[str, Field(max_length=1000)]
    camera: CameraOfCase
    zone_id: Name
    place: PlaceOfCase | None
    first_seen: Moment
    violation_at: Moment
    last_seen: Moment
    cleared_at: Moment | None = None
    disputed_at: Moment | None = None
    observed_s: Duration
    unobserved_s: Duration
    confidence: Share
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)]
    seen_by: Annotated[list[Name], Field(max_length=100)] = []
    recurrence_of: Name | None = None
    repeat_count: Annotated[int, Field(ge=0)] = 0
    versions: Versions
    evidence: Annotated[list[EvidenceOfCase], Field(max_length=100)]


class Move(Strict):
    """What a person does with a case."""

    state: Annotated[CaseState, Field(strict=False)]
    by: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    reason: Annotated[RejectReason, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _reason_goes_with_rejecting(self) -> Self:
        if self.reason and self.state is not CaseState.REJECTED:
            raise ValueError("a reason goes with state `rejected` only; say other things in `note`")
        return self


class Hold(Strict):
    """Whether a case and its evidence must be kept beyond their time (legal hold)."""

    held: bool
    by: Annotated[str, Field(min_length=1, max_length=200)]
    why: Annotated[str, Field(min_length=1, max_length=2000)]


def _kind(body: Any) -> str:  # noqa: ANN401 -- whatever was sent
    return "move" if isinstance(body, dict) and "state" in body else "report"


#: What a PATCH may say: told apart by `state`, so that a mistake is told once and of one kind.
Change = Annotated[
    Annotated[Report, Tag("report")] | Annotated[Move, Tag("move")], Discriminator(_kind)
]
