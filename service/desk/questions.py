"""What may be asked of the desk: query parameters, strict, so that no typo shows every case."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from streetwatch.service.desk.query import Box, Filter, Overdue, Sort
from streetwatch.service.desk.report import within_reason, written_out
from streetwatch.service.desk.states import CaseState
from streetwatch.service.store.transactions import COUNTED
from streetwatch.vision.types import Seconds

MOST_CASES = 500
MOST_ON_A_MAP = 5_000

_BOX = r"^-?\d{1,3}(\.\d{1,15})?(,-?\d{1,3}(\.\d{1,15})?){3}$"


def _plus(value: object) -> object:
    """Give back the `+` that a query string turns into a space."""
    return value.replace(" ", "+") if isinstance(value, str) else value


def _on_earth(text: str) -> str:
    west, south, east, north = map(float, text.split(","))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("write west,south,east,north in degrees, the smaller number first")
    return text


Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
GridPrefix = Annotated[str, Field(pattern=r"^\d{1,15}$")]
Since = Annotated[
    AwareDatetime,
    AfterValidator(within_reason),
    BeforeValidator(written_out),
    BeforeValidator(_plus),
]


class CaseQuestion(BaseModel):
    """Which cases are wanted. A name given twice means either; different names all count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: list[CaseState] = Field([], max_length=20)
    type: list[Word] = Field([], max_length=20, description="As the rules name it.")
    camera: list[Word] = Field([], max_length=100, description="Id of the camera.")
    grid_code: list[GridPrefix] = Field(
        [], max_length=100, description="Unit grid, or what its code begins with."
    )
    authority: list[Word] = Field([], max_length=20)
    assignee: list[Word] = Field([], max_length=20)
    source: list[Word] = Field([], max_length=20)
    level: list[Word] = Field([], max_length=20)
    overdue: bool | None = Field(None, description="Past the deadline of its stage, or not.")
    unassigned: bool | None = Field(None, description="Under way and given to nobody, or not so.")
    q: Word | None = Field(None, description="Part of the number or of the external id.")
    since: Since | None = Field(None, description="Reported then or later, ISO 8601 with offset.")
    until: Since | None = Field(None, description="Reported then or earlier.")
    bbox: Annotated[str, Field(pattern=_BOX), AfterValidator(_on_earth)] | None = Field(
        None,
        description="west,south,east,north in degrees.",
        examples=["121.4,31.2,121.5,31.3"],
    )
    sort: Sort = Field(Sort.NEWEST, description="`-` turns the order round.")
    offset: int = Field(0, ge=0, le=COUNTED)
    after: Word | None = Field(
        None, description="Instead: the `next` of the page before, as fast at any depth."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is later than until")
        return self

    def filter(self, now: Seconds) -> Filter:
        """Return what this asks for at a time."""
        return Filter(
            states=tuple(self.state),
            types=tuple(self.type),
            cameras=tuple(self.camera),
            grids=tuple(self.grid_code),
            authorities=tuple(self.authority),
            assignees=tuple(self.assignee),
            sources=tuple(self.source),
            levels=tuple(self.level),
            text=self.q or "",
            since=self.since.timestamp() if self.since else None,
            until=self.until.timestamp() if self.until else None,
            overdue=None if self.overdue is None else Overdue(self.overdue, now),
            is_unassigned=self.unassigned,
            box=Box(*map(float, self.bbox.split(","))) if self.bbox else None,
        )


class ListQuestion(CaseQuestion):
    """A page of a list."""

    limit: int = Field(50, ge=1, le=MOST_CASES)


class MapQuestion(CaseQuestion):
    """What a map shows at once."""

    limit: int = Field(1_000, ge=1, le=MOST_ON_A_MAP)
