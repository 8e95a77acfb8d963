"""What a node answers to the others: `/node`. Of its own cameras alone."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from streetwatch.service.api.cameras import CameraId
from streetwatch.service.between.badge import HEADER, Badges
from streetwatch.service.between.neighbours import AT, CAMERAS, LIVE, LOOKS, SIZE
from streetwatch.service.runtime.live import LiveView
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.vision.types import Seconds

Since = Annotated[float, Query(ge=0, le=1e12, allow_inf_nan=False)]


def node_router(
    live: LiveView, looks: LooksLog, badges: Badges, clock: Callable[[], Seconds]
) -> APIRouter:
    """Build the router; not in the OpenAPI, for it is the nodes' own.

    Args:
        live: This node's cameras.
        looks: What they saw.
        badges: Knows who asks.
        clock: Seconds since the epoch.
    """

    def of_us(request: Request) -> None:
        """Refuse whoever is no node of this city."""
        query = f"?{request.url.query}" if request.url.query else ""
        shown = request.headers.get(HEADER)
        if not badges.knows(shown, request.method, f"{request.url.path}{query}", clock()):
            raise HTTPException(401, "only nodes of this city are answered")

    router = APIRouter(include_in_schema=False, dependencies=[Depends(of_us)])

    @router.get(LIVE)
    def cameras() -> Response:
        """Return the cameras as they are now."""
        return Response(CAMERAS.dump_json(live.cameras()), media_type="application/json")

    @router.get(f"{LIVE}/{{camera_id}}.jpg", response_class=Response)
    def picture(camera_id: CameraId) -> Response:
        """Return a camera's latest picture, masked; 404 before the first."""
        found = live.picture(camera_id)
        if found is None:
            raise HTTPException(404, f"the camera {camera_id} has given no picture yet")
        headers = {AT: f"{found.at:.6f}", SIZE: f"{found.size[0]}x{found.size[1]}"}
        return Response(found.jpeg, media_type="image/jpeg", headers=headers)

    @router.get(f"{LOOKS}/{{camera_id}}")
    def seen(camera_id: CameraId, since: Since) -> StreamingResponse:
        """Return what was seen on a camera, a line a look."""
        lines: Iterator[str] = looks.lines(camera_id, since=since)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    return router
