"""People in zones: `/foresight/crowds` and `/foresight/occupancy`."""

from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.foresight.asked import csv_file, refused
from streetwatch.service.api.foresight.crowd_chart import course_png
from streetwatch.service.api.foresight.crowd_words import (
    course_json,
    course_lines,
    crowd_json,
    place_json,
    used_json,
    used_lines,
)
from streetwatch.service.api.foresight.hotspots import png_answer
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.desk.report import Name
from streetwatch.service.desk.reports.formats import period_json
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.router import JSON_OR_CSV, Format, asks_days

_CROWD: Final = (
    *("id", "camera", "zone", "warned_at", "people", "usual", "heads_to", "level", "is_usual"),
    *("peak", "peak_at", "ended_at"),
)
_COURSE: Final = ("at", "looks", "people", "most", "usual", "high", "n", "source")
_USED: Final = (
    *("camera", "zone", "weekday", "hour", "looks", "days", "share", "low", "high", "stalls"),
)

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {"application/json": {}, "text/csv": {}, "image/png": {}},
        "description": "The answer.",
    }
}


class Drawn(StrEnum):
    """How a zone's course is written."""

    JSON = "json"
    CSV = "csv"
    PNG = "png"


def crowds_router(crowds: Crowds) -> APIRouter:
    """Build the router."""
    router = APIRouter(prefix="/foresight", tags=["foresight"])

    def theirs(reach: TheirReach) -> Crowds:
        return crowds.within(reach)

    asked = asks_days(crowds.clock)
    _add_crowds(router, Depends(theirs), Depends(asked))
    _add_occupancy(router, Depends(theirs), Depends(asked))
    return router


def _add_crowds(router: APIRouter, theirs: Any, asked: Any) -> None:  # noqa: ANN401
    @router.get("/crowds", responses=JSON_OR_CSV, response_model=None)
    def warned(
        crowds: Annotated[Crowds, theirs],
        period: Annotated[Period, asked],
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """The crowds that were warned of, the latest first, and the zones where is counted."""
        with refused():
            found = [crowd_json(one) for one in crowds.warned(period)]
        if format is Format.CSV:
            return csv_file(_CROWD, (one.values() for one in found), "crowds")
        places = [place_json(one) for one in crowds.places()]
        return {"period": period_json(period), "crowds": found, "zones": places}

    @router.get("/crowds/{camera}/{zone}", responses=_ANSWERS, response_model=None)
    def course(
        crowds: Annotated[Crowds, theirs],
        period: Annotated[Period, asked],
        camera: Name,
        zone: Name,
        format: Drawn = Drawn.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """How many people a zone had, ten minutes after ten minutes, and how many are usual."""
        with refused():
            found = crowds.course(camera, zone, period)
        name = f"people-{camera}-{zone}-{period.first}-{period.last}"
        match format:
            case Drawn.JSON:
                return course_json(found)
            case Drawn.CSV:
                return csv_file(_COURSE, course_lines(found), name)
            case Drawn.PNG:
                return png_answer(course_png(found), name)


def _add_occupancy(router: APIRouter, theirs: Any, asked: Any) -> None:  # noqa: ANN401
    @router.get("/occupancy", responses=JSON_OR_CSV, response_model=None)
    def used(
        crowds: Annotated[Crowds, theirs],
        period: Annotated[Period, asked],
        camera: Name | None = None,
        format: Format = Format.JSON,  # noqa: A002
    ) -> dict[str, Any] | Response:
        """How far stalls made use of permitted places, by weekday and hour."""
        with refused():
            found = list(crowds.used(period, camera))
        if format is Format.CSV:
            lines = (line for one in found for line in used_lines(one))
            return csv_file(_USED, lines, "occupancy")
        return {"period": period_json(period), "places": [used_json(one) for one in found]}
