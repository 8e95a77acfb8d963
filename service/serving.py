"""The service as a process: it listens, answers and watches until it is told to end."""

import sys

import structlog

from streetwatch.service.app import Service
from streetwatch.service.cameras import Camera
from streetwatch.service.front.front import fronted
from streetwatch.service.server import Server, configured, listening, outlive_signals
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import Reread
from streetwatch.service.site import site_of

log = structlog.get_logger(__name__)

#: SIGTERM to the end takes 10 s at most: requests get the first of them, threads the rest.
HTTP_STOP_S = 2


def serve(settings: Settings, cameras: tuple[Camera, ...], reread: Reread | None = None) -> None:
    """Run the service until SIGTERM or SIGINT.

    Args:
        settings: What it is told.
        cameras: What it watches.
        reread: Reads the settings anew, for the console, which shows where each is written.

    Raises:
        InputError: the data folder or the port can't be used.
        ModelError: the model can't be loaded.
    """
    listener = listening(settings.host, settings.port)
    service = Service(settings, cameras, reread=reread)
    config = configured(
        fronted(site_of(service), settings), stop_s=HTTP_STOP_S, proxies=settings.access.proxies
    )
    outlive_signals()  # we have not stopped yet when uvicorn has
    log.info("service.started", cameras=len(cameras), model=service.detector.card.version)
    sys.stderr.write(f"\n    看这里 look at {settings.address}/    (Ctrl-C 停止 stops)\n\n")
    if settings.console.enabled:
        _lead_in(service)
    with service.running():
        Server(config, service.ending).run(sockets=[listener])
    log.info("service.stopped")


def _lead_in(service: Service) -> None:
    """Print the link with which the first admin is made, where there is nobody yet."""
    token = service.access.door.first_link(now=service.clock())
    if token is not None:
        link = f"{service.settings.address}/console/welcome?token={token}"
        sys.stderr.write(f"    首次登录 first sign-in, good for one use:\n    {link}\n\n")
