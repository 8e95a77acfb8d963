"""What the cameras show now, for a console's pages: `/console/live`."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Response

from streetwatch.service.access.asking import TheirReach
from streetwatch.service.api.cameras import CameraId
from streetwatch.service.runtime.live import LiveCamera, LiveView

IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]


def live_router(live: LiveView) -> APIRouter:
    """Build the router; not in the OpenAPI, for it is the console's own."""
    router = APIRouter(prefix="/console/live", include_in_schema=False)

    @router.get("")
    def cameras(reach: TheirReach) -> list[dict[str, Any]]:
        """Return all cameras as they are now."""
        return [_line(one) for one in live.within(reach).cameras()]

    @router.get("/{camera_id}.jpg", response_class=Response)
    def picture(camera_id: CameraId, if_none_match: IfNoneMatch = None) -> Response:
        """Return a camera's latest picture; 404 before the first, 304 where it is known."""
        found = live.picture(camera_id)
        if found is None:
            raise HTTPException(404, f"the camera {camera_id} has given no picture yet")
        tag = f'"{found.at:.3f}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if if_none_match == tag:
            return Response(status_code=304, headers=headers)
        return Response(found.jpeg, media_type="image/jpeg", headers=headers)

    @router.get("/{camera_id}")
    def camera(camera_id: CameraId) -> dict[str, Any]:
        """Return a camera as it is now."""
        return _line(live.camera(camera_id))

    return router


def _line(camera: LiveCamera) -> dict[str, Any]:
    return asdict(camera)
