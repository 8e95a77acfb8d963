"""A report as JSON and as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from streetwatch.service.desk.reports.figures import Share, Times
from streetwatch.service.desk.reports.hot_spots import HotSpot
from streetwatch.service.desk.reports.lag import Lag
from streetwatch.service.desk.reports.monthly import Month, summary
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.table import Row
from streetwatch.zones.moment import local

NOT_MEASURED = "not measured"

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- full width

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
        "shares": {name: share_json(one) for name, one in figures.shares.items()},
        "times": {name: times_json(one) for name, one in figures.times.items()},
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


def share_json(share: Share) -> dict[str, Any]:
    """Return a share as JSON: with its interval, None where nothing was measured."""
    low, high = share.interval or (None, None)
    return {
        "value": _rounded(share.value),
        "n": share.n,
        "hits": share.hits,
        "low": _rounded(low),
        "high": _rounded(high),
    }


def times_json(times: Times) -> dict[str, Any]:
    """Return times as JSON."""
    return {
        "median_s": _rounded(times.median_s, 1),
        "p90_s": _rounded(times.p90_s, 1),
        "n": times.n,
    }


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def spot_json(spot: HotSpot) -> dict[str, Any]:
    """Return a hot spot as JSON."""
    return {
        "place": spot.place,
        "lon": round(spot.lon, 6),
        "lat": round(spot.lat, 6),
        "n": spot.n,
        "hours": list(spot.hours),
    }


def lag_json(lag: Lag) -> dict[str, Any]:
    """Return a target's lag as JSON."""
    return {"target": lag.target, **times_json(lag.times)}


def as_csv(table: Iterable[Row]) -> str:
    """Write a report as CSV, a line for each figure."""
    return lines_csv(COLUMNS, _lines(table))


def spots_csv(spots: Iterable[HotSpot], period: Period) -> str:
    """Write hot spots as CSV, a line for each place and hour in which there was something."""
    lines = (
        (period.first, period.last, one.place, round(one.lon, 6), round(one.lat, 6), hour, n)
        for one in spots
        for hour, n in enumerate(one.hours)
        if n
    )
    return lines_csv(("from", "to", "place", "lon", "lat", "hour", "n"), lines)


def lags_csv(found: Iterable[Lag], period: Period) -> str:
    """Write the targets' lags as CSV."""
    lines = (
        (period.first, period.last, one.target, *times_json(one.times).values()) for one in found
    )
    return lines_csv(("from", "to", "target", "median_s", "p90_s", "n"), lines)


def lines_csv(columns: Iterable[str] | None, lines: Iterable[Iterable[object]]) -> str:
    """Write lines as CSV that no spreadsheet runs; without columns, only the lines."""
    text = io.StringIO()
    writer = csv.writer(text)
    if columns is not None:
        writer.writerow(columns)
    writer.writerows([cell(one) for one in line] for line in lines)
    return text.getvalue()


def cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell(None), cell(-3)
    ("'=1+1", '', '-3')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _lines(table: Iterable[Row]) -> Iterator[tuple[object, ...]]:
    for row in table:
        place = (row.period.first, row.period.last, row.period.name, row.by.value, row.group)
        yield from ((*place, *figure) for figure in _figures(row))


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
