"""Patrol routes: `/foresight/patrol`, as JSON, GeoJSON, GPX and as a page to print."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse, JSONResponse

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.asked import refused
from streetwatch.service.api.foresight.words import rounds_json
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.month_words import Tongue
from streetwatch.service.desk.foresight.patrol_page import as_page
from streetwatch.service.desk.foresight.rounds import Outing
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.router import asks, text_file
from streetwatch.service.foresight.patrol_export import as_geojson, as_gpx
from streetwatch.service.foresight.patrol_plan import Shift
from streetwatch.zones.ground import MapPoint


class RouteFormat(StrEnum):
    """How routes are written."""

    JSON = "json"
    GEOJSON = "geojson"
    GPX = "gpx"
    HTML = "html"


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {},
            "application/geo+json": {},
            "application/gpx+xml": {},
            "text/html": {},
        },
        "description": "The routes.",
    }
}


def outing(  # noqa: PLR0913 -- query parameters
    start_hour: Annotated[int, Query(ge=0, le=23)] = 8,
    hours: Annotated[int, Query(ge=1, le=24)] = 8,
    teams: Annotated[int, Query(ge=1, le=20)] = 2,
    visit_min: Annotated[float, Query(gt=0, le=120)] = 5.0,
    speed_m_s: Annotated[float, Query(gt=0, le=30)] = 1.2,
    *,
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90)] = None,
    weekend: bool = False,
) -> Outing:
    """Read what there is to go with; left out, all set out in the middle of what is there."""
    with refused():
        shift = Shift(start_hour, hours, teams, visit_min * 60, speed_m_s)
    base = None if lon is None or lat is None else MapPoint(lon, lat)
    return Outing(shift, base, weekend)


def patrol_router(foreseer: Foreseer) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    def theirs(reach: TheirReach) -> Foreseer:
        return foreseer.within(reach)

    @router.get("/patrol", responses=_ANSWERS, response_model=None)
    def patrol(
        foreseer: Annotated[Foreseer, Depends(theirs)],
        wanted: Annotated[Wanted, Depends(asks(foreseer.clock))],
        asked: Annotated[Outing, Depends(outing)],
        format: RouteFormat = RouteFormat.JSON,  # noqa: A002
        language: Tongue = Tongue.ZH,
    ) -> Response:
        """Who goes where, when; learnt from the last weeks, whatever period is asked for."""
        with refused():
            found = foreseer.rounds(wanted, asked)
        if format is RouteFormat.HTML:
            return HTMLResponse(as_page(found, language))
        if format is RouteFormat.GPX:
            return text_file(as_gpx(found.routes), "application/gpx+xml", "patrol.gpx")
        if format is RouteFormat.JSON:
            return JSONResponse(rounds_json(found))
        lines = as_geojson(found.routes, found.base) if found.base else _NOTHING
        return JSONResponse(lines, media_type="application/geo+json")

    return router


_NOTHING: dict[str, Any] = {"type": "FeatureCollection", "features": []}
