"""Shop fronts and efficiency: `/foresight/frontage`, `/foresight/efficiency`."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.asked import csv_file, refused
from streetwatch.service.api.foresight.words import efficiency_json, frontage_json
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.reports.formats import period_json
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.router import JSON_OR_CSV, Format, asks
from streetwatch.service.foresight.efficiency import Patrol

Hours = Annotated[float, Query(gt=0, le=10_000)]


def frontage_router(foreseer: Foreseer) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    def theirs(reach: TheirReach) -> Foreseer:
        return foreseer.within(reach)

    asked = Depends(asks(foreseer.clock))

    @router.get("/frontage", responses=JSON_OR_CSV, response_model=None)
    def frontage(
        foreseer: Annotated[Foreseer, Depends(theirs)],
        wanted: Annotated[Wanted, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """The scores of the shop fronts in the period, the worst first, each with its cases."""
        with refused():
            found = [frontage_json(one) for one in foreseer.frontages(wanted)]
        if format is Format.CSV:
            return csv_file(_COLUMNS, _lines(found), "frontage")
        return {"period": period_json(wanted.period), "fronts": found}

    @router.get("/efficiency")
    def efficiency(
        foreseer: Annotated[Foreseer, Depends(theirs)],
        wanted: Annotated[Wanted, asked],
        every_h: Hours = 4.0,
        staff_h: Hours = 4.0,
    ) -> dict[str, Any]:
        """What cameras found in the period, against a round on foot that is a model."""
        with refused():
            found = foreseer.efficiency(wanted, Patrol(every_h * 3600, staff_h))
        return {
            "period": period_json(wanted.period),
            "round": {"every_h": every_h, "staff_h": staff_h},
            **efficiency_json(found),
        }

    return router


_COLUMNS = ("camera", "front", "score", "days", "case", "type", "began", "hours", "points")


def _lines(found: list[dict[str, Any]]) -> Iterator[list[object]]:
    """Yield a line for each case that took points; a front without any has one too."""
    for one in found:
        front = [one["camera"], one["front"], one["score"], one["days"]]
        for each in one["deductions"] or [dict.fromkeys(("case", "type", "began", "hours"))]:
            yield [*front, *each.values()]
