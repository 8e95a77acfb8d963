"""Which questions about tomorrow are refused, and how an answer is written."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fastapi import HTTPException, Response

from streetwatch.service.desk.foresight.campaigns import NoCampaignError
from streetwatch.service.desk.foresight.crowds import NoZoneError
from streetwatch.service.desk.reports.formats import lines_csv
from streetwatch.service.desk.reports.router import refused as refused_report
from streetwatch.service.desk.reports.router import text_file
from streetwatch.service.foresight.patrol_plan import NoSolverError


@contextmanager
def refused() -> Iterator[None]:
    """Answer a wrong question with what to write instead."""
    try:
        with refused_report():
            yield
    except ValueError as error:  # of a shift, a round: the pure analyses know no other
        raise HTTPException(422, [str(error)]) from error
    except (NoCampaignError, NoZoneError) as error:
        raise HTTPException(404, str(error)) from error
    except NoSolverError as error:
        raise HTTPException(501, str(error)) from error


def csv_file(columns: Iterable[str], lines: Iterable[Iterable[object]], name: str) -> Response:
    """Return a CSV file."""
    return text_file(lines_csv(columns, lines), "text/csv; charset=utf-8", f"{name}.csv")
