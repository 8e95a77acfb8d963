"""The coverage's REST API: `/foresight/coverage`."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.drawn import Shade, as_png
from streetwatch.service.api.foresight.formats import rounded
from streetwatch.service.api.foresight.hotspots import (
    ANSWERS,
    Format,
    csv_answer,
    geojson_answer,
    png_answer,
)
from streetwatch.service.desk.foresight.outlook import Coverage, Outlook
from streetwatch.service.desk.reports.formats import lines_csv, period_json
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.router import asks_days, refused
from streetwatch.service.foresight.cells import Cell
from streetwatch.service.foresight.coverage import NEAR_M, Covered, Site

#: Sites that are suggested where nobody says how many.
SITES: Final = 5

_GRID_COLUMNS: Final = (
    *("from", "to", "grid", "cameras", "hours", "found", "told", "near", "blind"),
)
_SITE_COLUMNS: Final = (
    *("from", "to", "rank", "lon", "lat", "chosen_by", "n", "gain_a_month", "low", "high"),
)


class Of(StrEnum):
    """What a CSV is of."""

    GRIDS = "grids"
    SITES = "sites"


def coverage_router(outlook: Outlook) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    @router.get("/coverage", responses=ANSWERS, response_model=None)
    def coverage(
        reach: TheirReach,
        period: Annotated[Period, Depends(asks_days(outlook.clock))],
        *,
        sites: Annotated[int, Query(ge=0, le=50, description="Further cameras, at most.")] = SITES,
        of: Of = Of.GRIDS,
        format: Format = Format.JSON,  # noqa: A002 -- the query parameter's name
    ) -> dict[str, Any] | Response:
        """What is looked at and what is not, and where further cameras would see most.

        `of` says which of both stands in a CSV; GeoJSON and the picture show the further cameras.
        """
        with refused():
            found = outlook.within(reach).coverage(period, most=sites)
        return _written(found, of, format)

    return router


def _written(found: Coverage, of: Of, format_: Format) -> dict[str, Any] | Response:
    name = f"coverage-{found.period.first}-{found.period.last}"
    match format_:
        case Format.JSON:
            return coverage_json(found)
        case Format.CSV:
            return csv_answer(grids_csv(found) if of is Of.GRIDS else sites_csv(found), name)
        case Format.GEOJSON:
            return geojson_answer(sites_geojson(found), name)
        case Format.PNG:
            return png_answer(as_png(_shades(found), _caption(found)), name)


def coverage_json(found: Coverage) -> dict[str, Any]:
    """Return what is looked at as JSON."""
    return {
        "period": period_json(found.period),
        "near_m": NEAR_M,
        "grids": [_rounded(one) for one in found.grids],
        "next_cameras": [_rounded(one) for one in found.sites],
    }


def _rounded(one: Covered | Site) -> dict[str, Any]:
    return {
        name: value if name in {"lon", "lat"} else rounded(value)
        for name, value in asdict(one).items()
    }


def grids_csv(found: Coverage) -> str:
    """Write the grids as CSV, blind spots first."""
    span = found.period.first, found.period.last
    lines = (
        (
            *(*span, one.grid, one.cameras, rounded(one.hours), one.found, one.told, one.near),
            one.blind or "",
        )
        for one in found.grids
    )
    return lines_csv(_GRID_COLUMNS, lines)


def sites_csv(found: Coverage) -> str:
    """Write where further cameras would stand as CSV, in order."""
    span = found.period.first, found.period.last
    lines = (
        (
            *(*span, rank, round(one.lon, 6), round(one.lat, 6), one.chosen_by, one.n),
            *map(rounded, (one.gain, one.low, one.high)),
        )
        for rank, one in enumerate(found.sites, 1)
    )
    return lines_csv(_SITE_COLUMNS, lines)


def sites_geojson(found: Coverage) -> dict[str, Any]:
    """Return where further cameras would stand as GeoJSON, in order."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
                "properties": {"rank": rank, **_rounded(one)},
            }
            for rank, one in enumerate(found.sites, 1)
        ],
    }


def _shades(found: Coverage) -> list[Shade]:
    most = max((one.gain for one in found.sites), default=0.0) or 1.0
    return [
        Shade(Cell(str(rank), one.lon, one.lat), one.gain / most, is_claimed=one.low > 0)
        for rank, one in enumerate(found.sites, 1)
    ]


def _caption(found: Coverage) -> str:
    span = f"{found.period.first} to {found.period.last}"
    return f"streetwatch: where further cameras would see most, {span}: {len(found.sites)}"
