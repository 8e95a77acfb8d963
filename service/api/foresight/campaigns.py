"""Campaigns and what came back: `campaigns`, `relapse` and `chains` under `/foresight`."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from streetwatch.service.access.asking import Asker, TheirReach
from streetwatch.service.api.foresight.asked import csv_file, refused
from streetwatch.service.api.foresight.words import (
    campaign_json,
    chain_json,
    outcome_json,
    relapse_json,
)
from streetwatch.service.desk.foresight.campaigns import Campaign, NoCampaignError
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.report import Name, Strict
from streetwatch.service.desk.reports.formats import period_json
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.router import JSON_OR_CSV, Format, asks

Slug = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
GivenDay = Annotated[date, Field(strict=False)]


class CampaignBody(Strict):
    """A campaign as it is told."""

    name: Name
    first: GivenDay
    last: GivenDay
    type: Name | None = None
    grid: Name | None = None
    camera: Name | None = None
    zone: Name | None = None


def campaigns_router(foreseer: Foreseer) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    def theirs(reach: TheirReach) -> Foreseer:
        return foreseer.within(reach)

    _add_campaigns(router, foreseer, Depends(theirs))
    _add_relapse(router, Depends(theirs), Depends(asks(foreseer.clock)))
    return router


def _add_campaigns(router: APIRouter, whole: Foreseer, theirs: Any) -> None:  # noqa: ANN401
    @router.get("/campaigns")
    def campaigns(foreseer: Annotated[Foreseer, theirs]) -> dict[str, Any]:
        """List the campaigns, the newest first."""
        return {"campaigns": [campaign_json(one) for one in foreseer.campaigns()]}

    @router.get("/campaigns/{name}", responses=JSON_OR_CSV, response_model=None)
    def campaign(
        foreseer: Annotated[Foreseer, theirs],
        name: Slug,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """What a campaign changed, and what came back since."""
        with refused():
            outcome = outcome_json(foreseer.outcome(_theirs(foreseer, name)))
        if format is Format.CSV:
            days = (one.values() for one in outcome["days"])
            return csv_file(("day", "n", "looked"), days, f"campaign-{name}")
        return outcome

    @router.put("/campaigns/{name}")
    def put(name: Slug, body: CampaignBody, account: Asker) -> dict[str, Any]:
        """Tell of a campaign, or tell otherwise of one."""
        told = Campaign(id=name, **dict(body), told_by=account.name, told_at=whole.clock())
        with refused():
            whole.book.put(told)
        return campaign_json(told)

    @router.delete("/campaigns/{name}", status_code=204)
    def delete(name: Slug) -> None:
        """Forget a campaign; its cases stay."""
        with refused():
            whole.book.drop(name)


def _theirs(foreseer: Foreseer, name: str) -> Campaign:
    """Return a campaign of their part of the city; another's is not there."""
    known = {one.id: one for one in foreseer.campaigns()}
    if name not in known:
        raise NoCampaignError(f"there is no campaign {name!r}: GET /foresight/campaigns lists them")
    return known[name]


def _add_relapse(router: APIRouter, theirs: Any, asked: Any) -> None:  # noqa: ANN401
    @router.get("/relapse", responses=JSON_OR_CSV, response_model=None)
    def relapse(
        foreseer: Annotated[Foreseer, theirs],
        wanted: Annotated[Wanted, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """How many of the period's closed cases came back within 7, 30 and 90 days."""
        with refused():
            found = [relapse_json(one) for one in foreseer.relapses(wanted)]
        if format is Format.CSV:
            columns = ("days", "n", "came_back", "value", "low", "high")
            return csv_file(columns, (one.values() for one in found), "relapse")
        return {"period": period_json(wanted.period), "relapse": found}

    @router.get("/chains", responses=JSON_OR_CSV, response_model=None)
    def chains(
        foreseer: Annotated[Foreseer, theirs],
        wanted: Annotated[Wanted, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """The places that came back in the period, the longest chain first."""
        with refused():
            found = [chain_json(one) for one in foreseer.chains(wanted)]
        if format is Format.CSV:
            return csv_file(_CHAIN, _lines(found), "chains")
        return {"period": period_json(wanted.period), "chains": found}


_CHAIN = ("place", "type", "n", "cases", "began", "last", "gap_days")


def _lines(found: list[dict[str, Any]]) -> Iterator[list[object]]:
    for one in found:
        yield [*({**one, "cases": " ".join(one["cases"])}).values()]
