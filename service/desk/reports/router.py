"""The reports' REST API: `/desk/reports`."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from pydantic import BeforeValidator

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.desk.report import Name
from streetwatch.service.desk.reports.formats import (
    as_csv,
    lag_json,
    lags_csv,
    month_json,
    period_json,
    row_json,
    share_json,
    spot_json,
    spots_csv,
)
from streetwatch.service.desk.reports.period import Period, Step, days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.recall import NEAR_M
from streetwatch.service.desk.reports.reporter import Reporter, grid_prefix
from streetwatch.service.desk.reports.table import By
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA


def _written_out(value: object) -> object:
    """Let through only a day that is written out: 20261101 would be seconds of the year 1970."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("write a day like 2026-11-01")
    return value


Day = Annotated[
    date | None,
    BeforeValidator(_written_out),
    Query(description="A day on China's clock; left out: of this month."),
]
Grid = Annotated[str | None, Query(description="15 digits, or how they begin: 310101*")]


class Format(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


#: What a route says in the OpenAPI that answers as JSON or as CSV.
JSON_OR_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/csv": {}}, "description": "The answer."}
}


def reports_router(reporter: Reporter) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/desk/reports", tags=["reports"])

    def theirs(reach: TheirReach) -> Reporter:
        return reporter.within(reach)

    asked = asks(reporter.clock)
    _add_tables(router, Depends(theirs), Depends(asked))
    _add_surroundings(router, Depends(theirs), Depends(asked))
    return router


def _add_tables(router: APIRouter, theirs: Any, asked: Any) -> None:  # noqa: ANN401
    @router.get("/figures", responses=JSON_OR_CSV, response_model=None)
    def figures(
        reporter: Annotated[Reporter, theirs],
        wanted: Annotated[Wanted, asked],
        *,
        by: By = By.ALL,
        step: Step = Step.WHOLE,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """Figures of the cases that came in from a day to another, both inside."""
        with refused():
            table = reporter.figures(wanted, by=by, step=step)
        if format is Format.CSV:
            return _csv(as_csv(table), _named("figures", wanted))
        return {"period": period_json(wanted.period), "rows": [row_json(row) for row in table]}

    @router.get("/month", responses=JSON_OR_CSV, response_model=None)
    def month(
        reporter: Annotated[Reporter, theirs],
        month: Annotated[str, Query(description="As 2026-11.")],
        *,
        grid: Grid = None,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """One month: in words, over all cases, and for each type, grid and camera."""
        with refused():
            made = reporter.month(month, grid=grid)
        if format is Format.CSV:
            return _csv(as_csv(made.rows), f"month-{month}")
        return month_json(made)


def _add_surroundings(router: APIRouter, theirs: Any, asked: Any) -> None:  # noqa: ANN401
    @router.get("/hot-spots", responses=JSON_OR_CSV, response_model=None)
    def hot_spots(
        reporter: Annotated[Reporter, theirs],
        wanted: Annotated[Wanted, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """Where violations gather, hour by hour of the day, the busiest place first."""
        spots = reporter.hot_spots(wanted)
        if format is Format.CSV:
            return _csv(spots_csv(spots, wanted.period), _named("hot-spots", wanted))
        return {"period": period_json(wanted.period), "spots": [spot_json(one) for one in spots]}

    @router.get("/recall")
    def recall(
        reporter: Annotated[Reporter, theirs], wanted: Annotated[Wanted, asked]
    ) -> dict[str, Any]:
        """Of what people told of close to a camera, the share that a camera reported too."""
        share = share_json(reporter.recall(wanted))
        return {"period": period_json(wanted.period), "near_m": NEAR_M, "recall": share}

    @router.get("/delivery", responses=JSON_OR_CSV, response_model=None)
    def delivery(
        reporter: Annotated[Reporter, theirs],
        wanted: Annotated[Wanted, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """How long the messages that arrived in the period took to each target."""
        found = reporter.lags(wanted.period)
        if format is Format.CSV:
            return _csv(lags_csv(found, wanted.period), _named("delivery", wanted))
        return {"period": period_json(wanted.period), "targets": [lag_json(one) for one in found]}


def asks(clock: Callable[[], Seconds]) -> Callable[..., Wanted]:
    """Return the dependency that reads which cases a question is about."""

    def asked(
        period: Annotated[Period, Depends(asks_days(clock))],
        *,
        grid: Grid = None,
        type: Name | None = None,  # noqa: A002 -- the query parameter's name
        camera: Name | None = None,
    ) -> Wanted:
        with refused():
            return Wanted(period, grid=grid_prefix(grid), type=type, camera=camera)

    return asked


def asks_days(clock: Callable[[], Seconds]) -> Callable[..., Period]:
    """Return the dependency that reads which days a question is about."""

    def asked(
        first: Annotated[Day, Query(alias="from")] = None,
        last: Annotated[Day, Query(alias="to")] = None,
    ) -> Period:
        with refused():
            return period_of(clock(), first, last)

    return asked


@contextmanager
def refused() -> Iterator[None]:
    """Answer a wrong question with what to write instead."""
    try:
        yield
    except InputError as error:
        raise HTTPException(422, [str(error)]) from error


def _named(name: str, wanted: Wanted) -> str:
    return f"{name}-{wanted.period.first}-{wanted.period.last}"


def period_of(now: Seconds, first: date | None, last: date | None) -> Period:
    """Return the period asked for; left out: from this month's first day to today.

    Raises:
        InputError: it ends before it begins, or lies in another age.
    """
    today = datetime.fromtimestamp(now, CHINA).date()
    end = last or max(today, first or today)
    return days(first or end.replace(day=1), end)


def _csv(text: str, name: str) -> Response:
    return text_file(text, "text/csv; charset=utf-8", f"{name}.csv")


def text_file(text: str | bytes, media_type: str, name: str) -> Response:
    """Return a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)
