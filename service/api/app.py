"""The HTTP API of the service, wired from what it is given."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response, Security
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streetwatch.service.access.asking import TheirReach, account_of
from streetwatch.service.access.policy import About
from streetwatch.service.access.role import Right
from streetwatch.service.api.errors import RESPONSES, add_error_answers
from streetwatch.service.api.guard import Gate, Guard, Lies
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.incidents.errors import StorageError

#: A case with a hundred files of evidence is far smaller.
MOST_BYTES = 1_000_000


#: For the OpenAPI: the guard is who asks for it.
_BEARER = HTTPBearer(auto_error=False, description="A token: `streetwatch tokens add`.")


def create_api(  # noqa: PLR0913 -- an argument for each part of the service
    *,
    gate: Gate,
    desk: APIRouter,
    beside: Iterable[APIRouter] = (),
    evidence: EvidenceStore,
    readiness: Callable[[], Readiness],
    registry: CollectorRegistry,
    open311: APIRouter | None = None,
) -> FastAPI:
    """Build the API.

    Args:
        gate: Who is let in, and to what.
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
        dependencies=[Security(_BEARER)],
    )
    own = (desk, *beside, _probes(readiness, registry, gate.lies), _files(evidence))
    for router in own:
        api.include_router(router, responses=RESPONSES)
    if open311 is not None:
        api.include_router(open311)
    add_error_answers(api)
    api.add_middleware(Guard, gate=gate)
    return api


def _probes(
    readiness: Callable[[], Readiness], registry: CollectorRegistry, lies: Lies
) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Tell that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz(request: Request, response: Response) -> dict[str, Any]:
        """Tell whether a camera is watched and cases get through to a target; 503 where not.

        Which cameras and targets there are is told to whoever may see all of them.
        """
        now, account = readiness(), account_of(request)
        response.status_code = 200 if now.is_ready else 503
        if account is None or not account.may(Right.LOOK) or not account.reach.is_whole:
            return {"ready": now.is_ready}
        return {"ready": now.is_ready, "late_targets": now.late_targets, **asdict(now)}

    @router.get("/cameras")
    def cameras(reach: TheirReach) -> list[dict[str, Any]]:
        """List the cameras, and why one is not live."""
        known = readiness().cameras
        theirs = (one for one in known if reach.is_whole or lies(About.CAMERA, one.id, reach))
        return [asdict(camera) for camera in theirs]

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Answer in the Prometheus text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _files(evidence: EvidenceStore) -> APIRouter:
    router = APIRouter(tags=["evidence"])

    @router.get("/evidence/{incident_id}/{name}", response_class=FileResponse)
    def file(incident_id: str, name: str) -> FileResponse:
        """Serve a file of evidence."""
        try:
            path = evidence.fetched(incident_id, name)
        except ValueError as error:
            raise HTTPException(404, "no such evidence") from error
        except StorageError as error:
            raise HTTPException(503, "the evidence store can't be reached") from error
        if path is None:
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
