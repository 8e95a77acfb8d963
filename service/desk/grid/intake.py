"""A new case finds its grid, who is in charge, and who goes there."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import sqlalchemy as sa

from streetwatch.service.desk.draft import Draft, IntakeStep
from streetwatch.service.desk.grid.layer import GridLayer, LatestLayer
from streetwatch.service.desk.grid.unit import UnitGrid, authority_of
from streetwatch.vision.types import Seconds


def grid_step(layers: LatestLayer, usual: Mapping[str, str]) -> IntakeStep:
    """Return the step of the intake that fills in grid, authority and assignee.

    Args:
        layers: The city's grids.
        usual: Whose business a type is where its grid does not say.
    """

    def step(connection: sa.Connection, draft: Draft, now: Seconds) -> Draft:
        return placed(draft, layers.on(connection), now, usual)

    return step


def placed(
    draft: Draft, layer: GridLayer, now: Seconds, usual: Mapping[str, str] = MappingProxyType({})
) -> Draft:
    """Return a draft with its grid, who is in charge, and the grid's worker on duty.

    A grid code that was reported wins if there is such a grid; else the point decides. Where
    neither leads to a grid, the code is kept as it was reported and nobody is assigned; who is in
    charge is then the surface's to say if the zone names one, else it is left open.
    """
    grid = layer.named(draft.grid_code) or _around(draft, layer)
    worker = grid.on_duty(now) if grid else None
    surface = draft.document.get("surface")
    authorities = grid.authorities if grid else {}
    is_known, profiled = grid is not None or surface is not None, usual.get(draft.type)
    filled = {
        **draft.filled,
        "authority": authority_of(draft.type, surface, authorities, profiled)
        if is_known
        else profiled,
        "assignee": worker.id if worker else None,
    }
    return replace(draft, grid_code=grid.code if grid else draft.grid_code, filled=filled)


def _around(draft: Draft, layer: GridLayer) -> UnitGrid | None:
    if draft.lon is None or draft.lat is None:
        return None
    return layer.at(draft.lon, draft.lat)
