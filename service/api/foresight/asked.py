"""What a question about the cases may be limited to, and how an answer is written."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any

from fastapi import HTTPException, Query, Response

from streetwatch.service.desk.foresight.campaigns import NoCampaignError
from streetwatch.service.desk.report import Name
from streetwatch.service.desk.reports.formats import lines_csv
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import grid_prefix
from streetwatch.service.desk.reports.router import Day, Grid, period_of
from streetwatch.service.foresight.patrol_plan import NoSolverError
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds


class Format(StrEnum):
    """How an answer is written."""

    JSON = "json"
    CSV = "csv"


#: What a route says in the OpenAPI that answers as JSON or as CSV.
JSON_OR_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/csv": {}}, "description": "The answer."}
}


def asks(clock: Callable[[], Seconds]) -> Callable[..., Wanted]:
    """Return the dependency that reads which cases a question is about."""

    def asked(
        first: Annotated[Day, Query(alias="from")] = None,
        last: Annotated[Day, Query(alias="to")] = None,
        *,
        grid: Grid = None,
        type: Name | None = None,  # noqa: A002 -- the query parameter's name
        camera: Name | None = None,
    ) -> Wanted:
        with refused():
            period = period_of(clock(), first, last)
            return Wanted(period, grid=grid_prefix(grid), type=type, camera=camera)

    return asked


@contextmanager
def refused() -> Iterator[None]:
    """Answer a wrong question with what to write instead."""
    try:
        yield
    except (InputError, ValueError) as error:
        raise HTTPException(422, [str(error)]) from error
    except NoCampaignError as error:
        raise HTTPException(404, str(error)) from error
    except NoSolverError as error:
        raise HTTPException(501, str(error)) from error


def csv_file(columns: Iterable[str], lines: Iterable[Iterable[object]], name: str) -> Response:
    """Return a CSV file."""
    return text_file(lines_csv(columns, lines), "text/csv; charset=utf-8", f"{name}.csv")


def text_file(text: str | bytes, media_type: str, name: str) -> Response:
    """Return a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)
