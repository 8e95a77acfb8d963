"""What the desk answers: the fields of docs/reference/case.md, as the OpenAPI shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from streetwatch.service.desk.states import CaseState

#: A moment as it stands in the book: ISO 8601 with its offset.
When = Annotated[str, Field(json_schema_extra={"format": "date-time"})]

Degrees = Annotated[float, Field(description="Degrees, WGS-84 or CGCS2000.")]


class Answered(BaseModel):
    """Fields that are not named here are shown too: a source may tell more than others."""

    model_config = ConfigDict(extra="allow")


class CameraAnswer(Answered):
    """The camera that saw it."""

    id: str
    name: str


class PlaceAnswer(Answered):
    """Where it is on the map."""

    lon: Degrees
    lat: Degrees
    crs: str = Field(description="`wgs84` or `cgcs2000`.")
    grid_code: str | None = Field(None, description="15 digits of the unit grid (单元网格).")


class EvidenceAnswer(Answered):
    """A file of evidence."""

    name: str
    role: str = Field(description="What it shows, see docs/reference/case.md.")
    media_type: str
    sha256: str
    captured_at: When
    url: str = Field(description="Where its bytes are; a path is one of this service.")


class HistoryEntry(Answered):
    """Who did what, when and why: `state` where the case was moved, `action` for anything else."""

    at: When
    by: str = Field("", description="The account that did it; the desk itself, a target, a source.")
    on_behalf_of: str | None = Field(None, description="Whom that account named, if not itself.")
    note: str = ""
    state: CaseState | None = None
    action: str | None = None
    reason: str | None = None


class Case(Answered):
    """A case on the desk."""

    number: str = Field(description="The desk's own, `SW-20261123-0001`.")
    external_id: str = Field(description="The reporter's name for it; one case has one.")
    state: CaseState
    revision: int = Field(description="Grows with every change; also the ETag of the case.")
    source: str = Field(description="`video`, `mobile`, `sensor` or `open311`.")
    type: str = Field(description="As the rules name it, `street_vending`.")
    description: str = Field("", description="What people read, Chinese and English.")
    camera: CameraAnswer | None = None
    zone_id: str | None = None
    place: PlaceAnswer | None = None
    evidence: list[EvidenceAnswer] = []
    first_seen: When | None = None
    violation_at: When | None = None
    last_seen: When | None = None
    cleared_at: When | None = Field(None, description="Seen to be gone.")
    disputed_at: When | None = Field(None, description="Stood on after closing (结案存疑).")
    observed_s: float | None = Field(None, description="Seconds in which it was seen.")
    unobserved_s: float | None = Field(None, description="Seconds in which it was not.")
    confidence: float | None = None
    bbox: list[float] | None = Field(None, description="x1 y1 x2 y2, pixels of the stream.")
    recurrence_of: str | None = Field(None, description="The earlier case at this place.")
    repeat_count: int = Field(0, description="How many earlier cases at this place had ended.")
    versions: dict[str, str] | None = Field(None, description="What judged.")
    grid_code: str | None = Field(None, description="Unit grid (单元网格), 15 digits.")
    authority: str | None = Field(None, description="Who is responsible (主管部门).")
    assignee: str | None = Field(None, description="Whom it was given to (网格员).")
    code: str | None = Field(None, description="The city's code of this type.")
    code_standard: str | None = Field(None, description="The list that the code is of.")
    code_kind: str | None = Field(None, description="`matter` (事项) or `component` (部件).")
    urgency: str | None = Field(None, description="`ordinary` or `urgent`.")
    level: str | None = Field(None, description="`yellow`, `orange` or `red` (三色预警).")
    first_offence: bool | None = None
    suggestion: str | None = Field(None, description="Service, management or enforcement (721).")
    measure: str | None = Field(None, description="What a person decided.")
    triage: Any = Field(None, description="Why this is suggested.")
    subject: str | None = Field(None, description="Whose it is, as a person has said.")
    duplicate_of: str | None = None
    verification: str | None = Field(None, description="`exist`, `not_exist` or `unable`.")
    legal_hold: bool | None = None
    reported_at: When
    accepted_at: When | None = None
    dispatched_at: When | None = None
    handled_at: When | None = None
    ended_at: When | None = None
    deadline: When | None = Field(None, description="Of the stage that it is in.")
    due_in_s: float | None = Field(None, description="Until its deadline; below 0 where late.")
    overdue: bool | None = Field(None, description="Whether its deadline has passed.")
    remaining_s: float | None = Field(None, description="Left on its clock while suspended.")
    suspended_until: When | None = None
    urged_at: When | None = None
    overdue_at: When | None = None
    verified_at: When | None = None
    unsure_at: When | None = Field(None, description="When a reviewer could not tell.")
    history: list[HistoryEntry] = []


class Cases(BaseModel):
    """A page of cases."""

    cases: list[Case]
    total: int = Field(description="How many there are in all, counted up to 10,000.")
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class Refusal(BaseModel):
    """A case that was not moved, and why."""

    case: str
    status: int = Field(description="The HTTP status of a move of this case alone.")
    detail: str


class Moved(BaseModel):
    """What became of a move of many cases: each is moved or refused by itself."""

    moved: list[Case]
    refused: list[Refusal]


class Point(BaseModel):
    """A place, [longitude, latitude]."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class CaseOnMap(BaseModel):
    """What a map shows of a case."""

    number: str
    external_id: str
    state: CaseState
    source: str
    type: str
    description: str = ""
    camera: str | None = Field(None, description="Id of the camera.")
    grid_code: str | None = None
    authority: str | None = None
    assignee: str | None = None
    level: str | None = None
    reported_at: When
    deadline: When | None = None


class Feature(BaseModel):
    """A case on the map."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point
    properties: CaseOnMap


class FeatureCollection(BaseModel):
    """Cases as GeoJSON (RFC 7946)."""

    model_config = ConfigDict(populate_by_name=True)

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    number_matched: int = Field(
        alias="numberMatched",
        description="How many cases were asked for, counted up to 10,000; those nowhere included.",
    )
    number_returned: int = Field(alias="numberReturned", description="How many are shown.")


class CaseChange(BaseModel):
    """A case that has changed, as the feed tells it."""

    number: str
    external_id: str
    state: CaseState
    type: str
    level: str | None = None
    assignee: str | None = None
    revision: int
