"""What the desk accepts: strict, so that a mistake is told and not stored."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from streetwatch.service.desk.states import CaseState

Name = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, le=1)]
Duration = Annotated[float, Field(ge=0)]


class Strict(BaseModel):
    """No unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CameraOfCase(Strict):
    """The camera."""

    id: Name
    name: Name


class PlaceOfCase(Strict):
    """Where the camera stands."""

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
    captured_at: AwareDatetime
    url: Name


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
    first_seen: AwareDatetime
    violation_at: AwareDatetime
    last_seen: AwareDatetime
    cleared_at: AwareDatetime | None = None
    observed_s: Duration
    unobserved_s: Duration
    confidence: Share
    bbox: tuple[float, float, float, float]
    recurrence_of: str | None = None
    repeat_count: Annotated[int, Field(ge=0)] = 0
    versions: Versions
    evidence: tuple[EvidenceOfCase, ...]


class Move(Strict):
    """What a person does with a case."""

    state: CaseState
    note: Annotated[str, Field(max_length=2000)] = ""
