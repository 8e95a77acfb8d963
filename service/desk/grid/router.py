"""The grid layer over HTTP: `/desk/grids`."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool

from streetwatch.service.desk.bodies import body_of
from streetwatch.service.desk.grid.geojson import GridFileError, read_grids
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.grid.layer import LatestLayer
from streetwatch.service.desk.grid.unit import DEFAULT_AUTHORITIES, authority_of
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Surface
from streetwatch.zones.rules import ViolationType

#: A city's thousand grids, drawn finely, are a few MB.
MOST_BYTES = 64 * 1024 * 1024

_GEOJSON = {
    "required": True,
    "content": {"application/geo+json": {"schema": {"type": "object"}}},
}

Lon = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]


def grid_router(
    engine: sa.Engine,
    layers: LatestLayer,
    usual: Mapping[str, str],
    *,
    clock: Callable[[], Seconds],
) -> APIRouter:
    """Build the router.

    Args:
        engine: Of the desk's database.
        layers: The layer that the intake of cases uses.
        usual: Whose business a type is where its grid does not say.
        clock: Seconds since the epoch.
    """
    router = APIRouter(tags=["grids"])
    grids = Grids(engine)

    def take(content: bytes) -> dict[str, Any]:
        try:
            file = read_grids(content, name="body")
        except GridFileError as error:
            raise HTTPException(422, list(error.lines)) from None
        return grids.take(file, now=clock()).as_json()

    @router.put("/grids", openapi_extra={"requestBody": _GEOJSON})
    async def put(request: Request) -> dict[str, Any]:
        """Put the grids of a GeoJSON file in force; the same again changes nothing."""
        content = await body_of(request, most=MOST_BYTES)
        return await run_in_threadpool(take, content)

    @router.get("/grids")
    def features(*, retired: bool = False) -> dict[str, Any]:
        """Return the grids as GeoJSON, with the retired ones if asked for."""
        return grids.features(with_retired=retired)

    @router.get("/grids/at")
    def at(
        lon: Lon,
        lat: Lat,
        type: ViolationType | None = None,  # noqa: A002 -- the query parameter's name
        surface: Surface | None = None,
    ) -> dict[str, Any]:
        """Tell which grid a point lies in, who is in charge there and who is on duty."""
        with reading(engine) as connection:
            grid = layers.on(connection).at(lon, lat)
        if grid is None:
            raise HTTPException(404, "no grid has this point")
        worker = grid.on_duty(clock())
        return {
            "grid_code": grid.code,
            "name": grid.name,
            "authorities": {**DEFAULT_AUTHORITIES, **grid.authorities},
            "authority": authority_of(type, surface, grid.authorities, usual.get(type))
            if type
            else None,
            "assignee": worker.id if worker else None,
        }

    return router
