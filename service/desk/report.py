"""What the desk accepts: strict, so that a mistake is told and not stored."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.states import CaseState, MoveRefusedError, RejectReason
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc
from streetwatch.zones.place import Surface

#: Moments outside were not measured by a clock, and not every one of them is a day in UTC.
_YEARS: Final = range(1970, 2200)


def written_out(value: object) -> object:
    """Let through only a moment that is written out: a bare number could be seconds or more."""
    if isinstance(value, str) and "T" in value:
        return value
    raise ValueError("write a time as ISO 8601 with its offset: 2026-11-23T08:00:00+08:00")


def within_reason(moment: datetime) -> datetime:
    """Let through only a moment that a camera or a person can mean."""
    if moment.year not in _YEARS:
        raise ValueError(f"write a time of the years {_YEARS[0]} to {_YEARS[-1]}")
    return moment


#: A moment with its offset.
Moment = Annotated[
    AwareDatetime, Field(strict=False), AfterValidator(within_reason), BeforeValidator(written_out)
]

#: No control characters: databases and log readers stumble over them.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]

#: What people write, over several lines or none.
Prose = Annotated[str, Field(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]

Share = Annotated[float, Field(ge=0, le=1)]

#: Far more than there is; a number that has no square in a float breaks what is computed from it.
Duration = Annotated[float, Field(ge=0, le=1e10)]
Pixels = Annotated[float, Field(ge=-1e6, le=1e6)]


class Strict(BaseModel):
    """No unknown fields, no guessing of types, no numbers that JSON does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class CameraOfCase(Strict):
    """The camera."""

    id: Name
    name: Name


class PlaceOfCase(Strict):
    """Where it is: it or the ground of its zone where that `is_measured`, else the camera."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: Literal["wgs84", "cgcs2000"]
    grid_code: Annotated[str, Field(pattern=r"^[0-9]{15}$")] | None = None
    is_measured: bool = False


class EvidenceOfCase(Strict):
    """One file of evidence; its bytes are at `url`."""

    name: Name
    role: Name
    media_type: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    captured_at: Moment
    url: Annotated[
        str, Field(pattern=r"^(/[^/\s\x00-\x1f]|https?://)[^\s\x00-\x1f]*$", max_length=2000)
    ]


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
    description: Annotated[Prose, Field(max_length=1000)]
    camera: CameraOfCase
    zone_id: Name
    place: PlaceOfCase | None
    first_seen: Moment
    surface: Annotated[Surface, Field(strict=False)] | None = None
    violation_at: Moment
    warned_at: Moment | None = None
    opened_at: Moment | None = None
    last_seen: Moment
    cleared_at: Moment | None = None
    disputed_at: Moment | None = None
    observed_s: Duration
    unobserved_s: Duration
    confidence: Share
    bbox: Annotated[list[Pixels], Field(min_length=4, max_length=4)]
    seen_by: Annotated[list[Name], Field(max_length=100)] = []
    recurrence_of: Name | None = None
    repeat_count: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    versions: Versions
    evidence: Annotated[list[EvidenceOfCase], Field(max_length=100)]


class Signed(Strict):
    """What somebody does; the history has the account that asks as `by`, whatever is said here."""

    by: Annotated[Prose, Field(max_length=200)] = Field(
        "", description="On whose behalf, where that is not the account itself."
    )
    on_behalf_of: Annotated[Prose, Field(max_length=200)] = Field(
        "", description="The same by its own name; wins over `by`."
    )

    def signed(self, doer: Doer) -> Self:
        """Return it as done by whoever asks."""
        return self.model_copy(update={"by": doer.by, "on_behalf_of": doer.on_behalf_of})

    @property
    def may_be_nobodys(self) -> bool:
        """Whether it may be done by nobody that is known."""
        return False

    @property
    def doer(self) -> Doer:
        """Who does it."""
        return Doer(self.by, self.on_behalf_of)


class Move(Signed):
    """What a person does with a case."""

    state: Annotated[CaseState, Field(strict=False)]
    note: Annotated[Prose, Field(max_length=2000)] = ""
    reason: Annotated[RejectReason, Field(strict=False)] | None = None
    authority: Name | None = None
    assignee: Name | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _details_go_with_their_moves(self) -> Self:
        if self.reason and self.state is not CaseState.REJECTED:
            raise ValueError("a reason goes with state `rejected` only; say other things in `note`")
        if (self.authority or self.assignee) and self.state is not CaseState.DISPATCHED:
            raise ValueError("authority and assignee go with state `dispatched` only")
        if self.until and self.state is not CaseState.SUSPENDED:
            raise ValueError("until goes with state `suspended` only")
        if self.state is CaseState.SUSPENDED and not self.note.strip():
            raise ValueError("say in `note` why it is suspended")
        return self

    @property
    def may_be_nobodys(self) -> bool:
        """Whether it may be done by nobody that is known: it always could."""
        return True

    def why(self) -> dict[str, str]:
        """Return what the history keeps of it besides who, when and the note."""
        told = {
            "reason": self.reason,
            "authority": self.authority,
            "assignee": self.assignee,
            "until": utc(self.until.timestamp()) if self.until else None,
        }
        return {name: str(value) for name, value in told.items() if value is not None}

    def columns(self, now: Seconds) -> dict[str, str | float]:
        """Return the columns of the case that it fills in.

        Raises:
            MoveRefusedError: it is to be suspended until a moment that is over.
        """
        until = self.until.timestamp() if self.until else None
        if until is not None and until <= now:
            raise MoveRefusedError("until is over already: write a moment that is to come")
        given = {
            "authority": self.authority,
            "assignee": self.assignee,
            "suspended_until": until,
        }
        return {name: value for name, value in given.items() if value is not None}


class Hold(Signed):
    """Whether a case and its evidence must be kept beyond their time (legal hold)."""

    held: bool
    why: Annotated[Prose, Field(min_length=1, max_length=2000)]


def _kind(body: Any) -> str:  # noqa: ANN401 -- whatever was sent
    return "move" if isinstance(body, dict) and "state" in body else "report"


#: What a PATCH may say: told apart by `state`, so that a mistake is told once and of one kind.
Change = Annotated[
    Annotated[Report, Tag("report")] | Annotated[Move, Tag("move")], Discriminator(_kind)
]
