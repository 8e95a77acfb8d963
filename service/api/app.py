"""The HTTP API of the service, wired from what it is given."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streetwatch.service.api.errors import RESPONSES, add_error_answers
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.evidence.folder import EvidenceFolder

#: A case with a hundred files of evidence is far smaller.
MOST_BYTES = 1_000_000


def create_api(  # noqa: PLR0913 -- an argument for each part of the service
    *,
    desk: APIRouter,
    beside: Iterable[APIRouter] = (),
    evidence: EvidenceFolder,
    readiness: Callable[[], Readiness],
    registry: CollectorRegistry,
    open311: APIRouter | None = None,
) -> FastAPI:
    """Build the API.

    Args:
        desk: The case desk's routes.
        beside: The routes of other parts: reports, the outbox, callbacks, observations.
        evidence: Whose files are served.
        readiness: Asked anew for every probe.
        registry: Whose metrics are served.
        open311: The routes for other tools; left out, there are none.
    """
    api = FastAPIOffline(  # whose pages run no script from elsewhere
        title="streetwatch",
        description="From a street camera to exactly one case per violation.",
        max_body_size=MOST_BYTES,
    )
    own = (desk, *beside, _probes(readiness, registry), _files(evidence))
    for router in own:
        api.include_router(router, responses=RESPONSES)
    if open311 is not None:
        api.include_router(open311)
    add_error_answers(api)
    return api


def _probes(readiness: Callable[[], Readiness], registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Tell that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz(response: Response) -> dict[str, Any]:
        """Tell whether a camera is watched and cases get through to a target; 503 where not."""
        now = readiness()
        response.status_code = 200 if now.is_ready else 503
        return {"ready": now.is_ready, "late_targets": now.late_targets, **asdict(now)}

    @router.get("/cameras")
    def cameras() -> list[dict[str, Any]]:
        """List the cameras, and why one is not live."""
        return [asdict(camera) for camera in readiness().cameras]

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Answer in the Prometheus text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _files(evidence: EvidenceFolder) -> APIRouter:
    router = APIRouter(tags=["evidence"])

    @router.get("/evidence/{incident_id}/{name}", response_class=FileResponse)
    def file(incident_id: str, name: str) -> FileResponse:
        """Serve a file of evidence."""
        try:
            path = evidence.path(incident_id, name)
        except ValueError as error:
            raise HTTPException(404, "no such evidence") from error
        if not path.is_file():
            raise HTTPException(404, "no such evidence")
        # What was stored is shown as what it is, never as what a browser takes it for.
        return FileResponse(path, headers={"X-Content-Type-Options": "nosniff"})

    return router


def front_page() -> APIRouter:
    """Return what stands at `/` where there is no console: the way to the API's pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page() -> RedirectResponse:
        return RedirectResponse("/docs")

    return router
