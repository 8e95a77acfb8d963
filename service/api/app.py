"""The HTTP API of the service, wired from what it is given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from streetwatch.service.api.readiness import Readiness
from streetwatch.service.desk.book import NoSuchCaseError
from streetwatch.service.desk.states import DeskConflictError
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.deliveries import DeliveredAlreadyError, NoSuchDeliveryError

_PAGE = Path(__file__).with_name("page.html")


def create_api(
    *,
    desk: APIRouter,
    more: Iterable[APIRouter] = (),
    evidence: EvidenceFolder,
    readiness: Callable[[], Readiness],
    registry: CollectorRegistry,
) -> FastAPI:
    """Build the API.

    Args:
        desk: The case desk's routes.
        more: Routes beside them: reports, the outbox's, those of the targets' callbacks.
        evidence: Whose files are served.
        readiness: Asked anew for every probe.
        registry: Whose metrics are served.
    """
    api = FastAPI(
        title="streetwatch",
        description="From a street camera to exactly one case per violation.",
    )
    for router in (desk, *more):
        api.include_router(router)
    api.include_router(_probes(readiness, registry))
    api.include_router(_files(evidence))
    api.add_exception_handler(NoSuchCaseError, _answer(404))
    api.add_exception_handler(NoSuchDeliveryError, _answer(404))
    api.add_exception_handler(DeskConflictError, _answer(409))
    api.add_exception_handler(DeliveredAlreadyError, _answer(409))
    api.add_exception_handler(StorageError, _come_again)
    api.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    api.add_exception_handler(Exception, _failed)
    return api


def _answer(status: int) -> Callable[[Request, Exception], JSONResponse]:
    return lambda _, error: JSONResponse({"detail": str(error)}, status)


def _come_again(_: Request, error: Exception) -> JSONResponse:
    """The disk or the database will be mended: ask the caller to come again."""
    return JSONResponse({"detail": str(error)}, 503, headers={"Retry-After": "10"})


def _say_what_is_wrong(_: Request, error: Exception) -> JSONResponse:
    """Answer with a line for each mistake; what was sent is not echoed."""
    mistakes = error.errors() if isinstance(error, RequestValidationError) else ()
    return JSONResponse({"detail": [_line(one) for one in mistakes]}, 422)


def _line(mistake: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in mistake["loc"])
    return f"{where}: {mistake['msg']}"


def _failed(_: Request, __: Exception) -> JSONResponse:
    """What went wrong inside is the log's business: the server writes it there."""
    return JSONResponse({"detail": "this failed inside the service: its log says why"}, 500)


def _probes(readiness: Callable[[], Readiness], registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Tell that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz")
    def readyz(response: Response) -> dict[str, Any]:
        """Tell whether cameras are watched and cases get through; 503 where not."""
        now = readiness()
        response.status_code = 200 if now.is_ready else 503
        return {"ready": now.is_ready, **asdict(now)}

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

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    def page() -> FileResponse:
        """Show the latest cases."""
        return FileResponse(_PAGE, media_type="text/html; charset=utf-8")

    return router
