"""The hot spots' REST API: `/foresight/hot-spots`."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.drawn import Shade, as_png
from streetwatch.service.api.foresight.formats import spots_csv, spots_geojson, spots_json
from streetwatch.service.desk.foresight.outlook import HotSpots, Outlook
from streetwatch.service.desk.report import Name
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.router import asks_days, refused, text_file
from streetwatch.service.foresight.cells import CellKind


class Format(StrEnum):
    """How an answer is written."""

    JSON = "json"
    CSV = "csv"
    GEOJSON = "geojson"
    PNG = "png"


ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"application/json": {}, "text/csv": {}, "application/geo+json": {}}
        | {"image/png": {}},
        "description": "What was found.",
    }
}


def hotspots_router(outlook: Outlook) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    @router.get("/hot-spots", responses=ANSWERS, response_model=None)
    def hot_spots(
        reach: TheirReach,
        period: Annotated[Period, Depends(asks_days(outlook.clock))],
        *,
        cells: CellKind = CellKind.GRID,
        type: Name | None = None,  # noqa: A002 -- the query parameter's name
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """Where more happens than where it is looked as long, and what has changed."""
        with refused():
            found = outlook.within(reach).hot_spots(period, kind=cells, type=type)
        return _written(found, format)

    return router


def _written(found: HotSpots, format_: Format) -> dict[str, Any] | Response:
    name = f"hot-spots-{found.period.first}-{found.period.last}"
    match format_:
        case Format.JSON:
            return spots_json(found)
        case Format.CSV:
            return csv_answer(spots_csv(found), name)
        case Format.GEOJSON:
            return geojson_answer(spots_geojson(found), name)
        case Format.PNG:
            return png_answer(as_png(_shades(found), _caption(found)), name)


def csv_answer(text: str, name: str) -> Response:
    """Return CSV as a file."""
    return text_file(text, "text/csv; charset=utf-8", f"{name}.csv")


def geojson_answer(document: Mapping[str, Any], name: str) -> Response:
    """Return GeoJSON as a file."""
    return text_file(
        json.dumps(document, ensure_ascii=False, allow_nan=False),
        "application/geo+json",
        f"{name}.geojson",
    )


def png_answer(content: bytes, name: str) -> Response:
    """Return a picture as a file."""
    return text_file(content, "image/png", f"{name}.png")


def _shades(found: HotSpots) -> list[Shade]:
    """Return each cell as deep as its highest rate, against the highest of its type."""
    most: dict[str, float] = {}
    for one in found.findings.heats:
        most[one.type] = max(most.get(one.type, 0.0), one.rate)
    depths: dict[int, tuple[float, bool]] = {}
    for one in found.findings.heats:
        depth, claimed = depths.get(one.cell, (0.0, False))
        share = one.rate / most[one.type] if most[one.type] else 0.0
        depths[one.cell] = (max(depth, share), claimed or one.is_hot)
    return [
        Shade(found.cells[cell], depth, is_claimed=claimed)
        for cell, (depth, claimed) in depths.items()
    ]


def _caption(found: HotSpots) -> str:
    hot = len({one.cell for one in found.findings.heats if one.is_hot})
    span = f"{found.period.first} to {found.period.last}"
    return f"streetwatch: hot spots {span}: {hot} of {len(found.cells)} cells (red outline)"
