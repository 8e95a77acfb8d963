"""The reports' REST API: `/desk/reports`."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from streetwatch.service.desk.reports.formats import as_csv, month_json, period_json, row_json
from streetwatch.service.desk.reports.period import Period, Step, days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter, grid_prefix
from streetwatch.service.desk.reports.table import By, Row
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.schedule import CHINA

Day = Annotated[date | None, Query(description="A day on China's clock; left out: of this month.")]
Grid = Annotated[str | None, Query(description="15 digits, or how they begin: 310101*")]


class Format(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/csv": {}}, "description": "The report."}
}


def reports_router(reporter: Reporter) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/desk/reports", tags=["reports"])

    @router.get("/figures", responses=_ANSWERS, response_model=None)
    def figures(  # noqa: PLR0913 -- one argument per query parameter
        first: Annotated[Day, Query(alias="from")] = None,
        last: Annotated[Day, Query(alias="to")] = None,
        *,
        by: By = By.ALL,
        step: Step = Step.WHOLE,
        grid: Grid = None,
        type: str | None = None,  # noqa: A002 -- the query parameter's name
        camera: str | None = None,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """Figures of the cases that came in from a day to another, both inside."""
        try:
            period = _period(reporter, first, last)
            wanted = Wanted(period, grid=grid_prefix(grid), type=type, camera=camera)
            table = reporter.figures(wanted, by=by, step=step)
        except InputError as error:
            raise HTTPException(422, [str(error)]) from error
        if format is Format.CSV:
            return _csv(table, f"figures-{period.first}-{period.last}")
        return {"period": period_json(period), "rows": [row_json(row) for row in table]}

    @router.get("/month", responses=_ANSWERS, response_model=None)
    def month(
        month: Annotated[str, Query(description="As 2026-11.")],
        *,
        grid: Grid = None,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """One month: in words, over all cases, and for each type, grid and camera."""
        try:
            made = reporter.month(month, grid=grid)
        except InputError as error:
            raise HTTPException(422, [str(error)]) from error
        return _csv(made.rows, f"month-{month}") if format is Format.CSV else month_json(made)

    return router


def _period(reporter: Reporter, first: date | None, last: date | None) -> Period:
    """Return the period asked for; left out: from this month's first day to today."""
    today = datetime.fromtimestamp(reporter.clock(), CHINA).date()
    end = last or max(today, first or today)
    return days(first or end.replace(day=1), end)


def _csv(table: Iterable[Row], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(table), media_type="text/csv; charset=utf-8", headers=headers)
