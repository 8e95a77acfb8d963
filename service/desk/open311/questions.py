"""What may be asked about requests: the query parameters of GeoReport v2."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from streetwatch.service.desk.open311.services import SERVICES
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.questions import Since
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.vision.types import Seconds

#: The standard's own limits of an answer.
LONGEST_SPAN_S: Seconds = 90 * 86_400.0
MOST_REQUESTS = 1_000

_DEEPEST_PAGE = 10_000


def _parts(values: object) -> object:
    """Split what is separated by commas, given once or several times."""
    if not isinstance(values, list):
        return values
    return [part.strip() for value in values for part in str(value).split(",") if part.strip()]


def _without_empty(values: Any) -> Any:  # noqa: ANN401 -- whatever was asked
    """A parameter that is empty counts as not given."""
    if not isinstance(values, dict):
        return values
    return {name: value for name, value in values.items() if value not in ("", [""])}


Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class RequestsQuestion(BaseModel):
    """Which requests are wanted. Parameters that the standard does not have are left alone."""

    model_config = ConfigDict(frozen=True)

    jurisdiction_id: Word = ""
    service_request_id: Annotated[
        list[Word], BeforeValidator(_parts), Field(max_length=MOST_REQUESTS)
    ] = Field([], description="Separated by commas; overrides everything else.")
    service_code: Annotated[list[Word], BeforeValidator(_parts), Field(max_length=100)] = Field(
        [], description="Separated by commas."
    )
    start_date: Since | None = Field(None, description="Requested then or later, W3C time.")
    end_date: Since | None = Field(None, description="Requested then or earlier, W3C time.")
    status: Annotated[list[Literal["open", "closed"]], BeforeValidator(_parts)] = Field(
        [], description="Separated by commas."
    )
    page: int = Field(1, ge=1, le=_DEEPEST_PAGE, description="An extension of many servers.")
    page_size: int = Field(MOST_REQUESTS, ge=1, le=MOST_REQUESTS, description="Likewise.")
    extensions: bool = Field(default=False, description="Show `extended_attributes` too.")

    _empty = model_validator(mode="before")(_without_empty)

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        unknown = [code for code in self.service_code if code not in SERVICES]
        if unknown:
            raise ValueError(f"service_code: not found: one of {', '.join(SERVICES)}")
        return self

    @model_validator(mode="after")
    def _spans_little(self) -> Self:
        if self.start_date and self.end_date:
            span = (self.end_date - self.start_date).total_seconds()
            if not 0 <= span <= LONGEST_SPAN_S:
                raise ValueError("start_date to end_date: write a span of 0 to 90 days")
        return self

    @property
    def offset(self) -> int:
        """How many requests stand on the pages before."""
        return (self.page - 1) * self.page_size

    def filter(self, now: Seconds) -> Filter:
        """Return what this asks for at a time: 90 days at most, the latest if not said."""
        if self.service_request_id:
            return Filter(numbers=tuple(self.service_request_id))
        since, until = self._window(now)
        return Filter(
            types=tuple(self.service_code),
            states=_states(frozenset(self.status)),
            since=since,
            until=until,
        )

    def _window(self, now: Seconds) -> tuple[Seconds, Seconds]:
        start = self.start_date.timestamp() if self.start_date else None
        end = self.end_date.timestamp() if self.end_date else None
        if end is None:
            end = now if start is None else start + LONGEST_SPAN_S
        return end - LONGEST_SPAN_S if start is None else start, end


def _states(status: frozenset[str]) -> tuple[CaseState, ...]:
    if status == {"closed"}:
        return tuple(ENDS)
    if status == {"open"}:
        return tuple(state for state in CaseState if state not in ENDS)
    return ()
