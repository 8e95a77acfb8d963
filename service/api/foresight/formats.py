"""Hot spots as JSON, CSV and GeoJSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from streetwatch.service.desk.foresight.outlook import HotSpots
from streetwatch.service.desk.reports.formats import lines_csv, period_json
from streetwatch.service.foresight.cells import Cell
from streetwatch.service.foresight.chance import FALSE_SHARE
from streetwatch.service.foresight.hotspots import Change, Heat

_COLUMNS: Final = (
    *("from", "to", "cell", "lon", "lat", "type", "n", "hours", "rate", "low", "high"),
    *("expected", "p", "q", "hot", "part", "before", "ratio", "ratio_low", "ratio_high"),
    *("change_p", "change_q", "changed"),
)
_DIGITS: Final = 6


def spots_json(found: HotSpots) -> dict[str, Any]:
    """Return hot spots as JSON: every cell and type that was looked at."""
    return {
        "period": period_json(found.period),
        "cells": found.kind.value,
        "claimed_at_q": FALSE_SHARE,
        "tests": found.findings.tests,
        "spread": dict(found.findings.spread),
        "spots": [spot_json(one, found.cells[one.cell]) for one in found.findings.heats],
    }


def spot_json(one: Heat, cell: Cell) -> dict[str, Any]:
    """Return one cell and type as JSON."""
    facts = asdict(one) | {
        "cell": cell.id,
        "lon": cell.lon,
        "lat": cell.lat,
        "is_hot": one.is_hot,
        "change": None if one.change is None else _change_json(one.change),
    }
    return {name: rounded(value) for name, value in facts.items()}


def _change_json(one: Change) -> dict[str, Any]:
    facts = asdict(one) | {"is_more_than_noise": one.is_more_than_noise}
    return {name: rounded(value) for name, value in facts.items()}


def rounded(value: Any) -> Any:  # noqa: ANN401 -- numbers, and lists of them
    """Return a value as it is told: numbers to six digits that count."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, tuple):
        return [rounded(one) for one in value]
    return value


def spots_csv(found: HotSpots) -> str:
    """Write hot spots as CSV, a line for each cell and type."""
    first, last = found.period.first, found.period.last
    lines = ((first, last, *_line(one, found.cells[one.cell])) for one in found.findings.heats)
    return lines_csv(_COLUMNS, lines)


def _line(one: Heat, cell: Cell) -> Iterator[object]:
    yield from (cell.id, round(cell.lon, 6), round(cell.lat, 6), one.type, one.n)
    yield from map(rounded, (one.hours, one.rate, one.low, one.high, one.expected, one.p, one.q))
    yield from (one.is_hot, one.part)
    change = one.change
    if change is None:
        yield from ("",) * 7
        return
    yield from map(rounded, (change.before, change.ratio, change.low, change.high))
    yield from map(rounded, (change.p, change.q, change.is_more_than_noise))


def spots_geojson(found: HotSpots) -> dict[str, Any]:
    """Return hot spots as GeoJSON: cells with their outlines, where these are known."""
    return collection(
        (found.cells[one.cell], spot_json(one, found.cells[one.cell]))
        for one in found.findings.heats
    )


def collection(features: Iterable[tuple[Cell, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return cells and what is told of them as GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": geometry(cell), "properties": dict(facts)}
            for cell, facts in features
        ],
    }


def geometry(cell: Cell) -> dict[str, Any]:
    """Return where a cell is."""
    if cell.ring:
        return {"type": "Polygon", "coordinates": [[list(one) for one in cell.ring]]}
    return {"type": "Point", "coordinates": [cell.lon, cell.lat]}
