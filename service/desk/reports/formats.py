"""A report as JSON and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from streetwatch.service.desk.reports.figures import Share, Times
from streetwatch.service.desk.reports.monthly import Month, summary
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.table import Row
from streetwatch.zones.moment import local

NOT_MEASURED = "not measured"

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = ("from", "to", "period", "by", "group", "figure", "value", "unit", "n", "low", "high")


def row_json(row: Row) -> dict[str, Any]:
    """Return a row as JSON; what was not measured has n 0 and no value."""
    figures = row.figures
    return {
        "period": period_json(row.period),
        "by": row.by.value,
        "group": row.group,
        "cases": figures.cases,
        "duplicates": figures.duplicates,
        "warned": figures.warned,
        "force_closed": figures.force_closed,
        "shares": {name: _share_json(one) for name, one in figures.shares.items()},
        "times": {name: _times_json(one) for name, one in figures.times.items()},
    }


def month_json(made: Month) -> dict[str, Any]:
    """Return a month as JSON."""
    return {
        "period": period_json(made.period),
        "grid": made.grid,
        "summary": summary(made),
        "rows": [row_json(row) for row in made.rows],
    }


def period_json(period: Period) -> dict[str, str]:
    """Return a period as JSON: its first moment, and the first one after it."""
    return {"name": period.name, "from": local(period.start), "until": local(period.end)}


def _share_json(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {
        "value": _rounded(share.value),
        "n": share.n,
        "hits": share.hits,
        "low": _rounded(low),
        "high": _rounded(high),
    }


def _times_json(times: Times) -> dict[str, Any]:
    return {
        "median_s": _rounded(times.median_s, 1),
        "p90_s": _rounded(times.p90_s, 1),
        "n": times.n,
    }


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def as_csv(table: Iterable[Row]) -> str:
    """Write a report as CSV, a line for each figure."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in table:
        place = (row.period.first, row.period.last, row.period.name, row.by.value, row.group)
        writer.writerows([cell(one) for one in (*place, *figure)] for figure in _figures(row))
    return text.getvalue()


def cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell(None), cell(-3)
    ("'=1+1", '', '-3')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _figures(row: Row) -> Iterator[tuple[object, ...]]:
    """Yield figure, value, unit, n, low and high."""
    one = row.figures
    for name in ("cases", "duplicates", "warned", "force_closed"):
        count = getattr(one, name)
        yield name, count, "cases", count, None, None
    for name, share in one.shares.items():
        low, high = share.interval or (None, None)
        value = _told(share.value)
        yield name, value, "share", share.n, _rounded(low), _rounded(high)
    for name, times in one.times.items():
        yield f"{name}_median", _told(times.median_s, 1), "s", times.n, None, None
        yield f"{name}_p90", _told(times.p90_s, 1), "s", times.n, None, None


def _told(value: float | None, digits: int = 4) -> float | str:
    return NOT_MEASURED if value is None else round(value, digits)
