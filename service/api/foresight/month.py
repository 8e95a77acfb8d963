"""The month's page: `/foresight/month.html` and `/foresight/month.pdf`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.asked import refused
from streetwatch.service.desk.foresight.month_html import as_html
from streetwatch.service.desk.foresight.month_pdf import as_pdf
from streetwatch.service.desk.foresight.month_words import Tongue
from streetwatch.service.desk.foresight.months import Months, body
from streetwatch.service.desk.reports.router import Grid, text_file


def month_router(months: Months) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    def written(
        reach: TheirReach,
        month: Annotated[str, Query(description="As 2026-11.")],
        *,
        grid: Grid = None,
        language: Tongue = Tongue.ZH,
    ) -> str:
        with refused():
            made = months.within(reach).page(month, grid=grid)
        return as_html(body(made, language), month, language)

    page = Annotated[str, Depends(written)]

    @router.get("/month.html", responses=_answers("text/html"), response_model=None)
    def month_html(html: page) -> Response:
        """One month as a page: charts inside, no script, nothing from elsewhere."""
        return Response(html, media_type="text/html; charset=utf-8")

    @router.get("/month.pdf", responses=_answers("application/pdf"), response_model=None)
    def month_pdf(html: page, month: str) -> Response:
        """The same page as PDF."""
        return text_file(as_pdf(html, month), "application/pdf", f"month-{month}.pdf")

    return router


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}, "description": "The month."}}
