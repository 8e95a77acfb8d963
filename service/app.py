"""The composition root: the only place that knows which part is wired to which."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from streetwatch.models import registry
from streetwatch.models.session import Session
from streetwatch.service.api.app import create_api
from streetwatch.service.cameras import Camera
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import ClipSpan, Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.runtime.detector_loop import DetectorLoop, Watching
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.settings import Settings
from streetwatch.service.store import SqlStore, open_store
from streetwatch.vision.capture.stream import Capture
from streetwatch.vision.detect import Detector
from streetwatch.zones.zone import ZoneKind

log = structlog.get_logger(__name__)

#: SIGTERM to the end: 10 s. Requests get the first of them, threads the rest.
HTTP_STOP_S = 2
THREAD_STOP_S = 3.0


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs, wired. `running` starts it and stops it."""

    api: FastAPI
    captures: tuple[Capture, ...]
    loop: DetectorLoop
    relay: Relay

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the threads for the length of a `with` block."""
        self.relay.start()
        self.loop.start()
        for capture in self.captures:
            capture.start()
        try:
            yield
        finally:
            self._stop()

    def _stop(self) -> None:
        """Stop from the stream to the platform, so that nothing is handed to what has ended."""
        for capture in self.captures:
            capture.stop(timeout_s=0)
        self.loop.stop(timeout_s=THREAD_STOP_S)
        self.relay.stop(timeout_s=THREAD_STOP_S)
