"""Who looks at the pictures: this machine, or one that looks for several."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry

from streetwatch.models import registry as models
from streetwatch.models.session import Session
from streetwatch.service.between.answering import Answering
from streetwatch.service.between.asking import Asking
from streetwatch.service.between.detector_site import detector_site
from streetwatch.service.between.shared_session import SharedSession
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.keyring import badges_of
from streetwatch.service.rounds import Rounds
from streetwatch.service.server import Server, configured, listening, outlive_signals
from streetwatch.service.settings import Settings
from streetwatch.service.sharing import shared_store
from streetwatch.service.store.detectors import Detectors
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.capture.steady import SteadyClock
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Pictures that go through the model together, where the settings say no more.
_TOGETHER = 8

#: It says so often within a lease that it lives.
_BEATS = 5

_STOP_S = 2


def session_of(settings: Settings) -> Session:
    """Load the model on this machine.

    Raises:
        ModelError: it can't be loaded.
    """
    return Session(
        models.find(settings.model),
        threads=settings.detector_threads,
        provider=settings.detector_provider,
    )


def asking_of(settings: Settings, clock: Callable[[], Seconds]) -> Asking | None:
    """Return what asks other nodes, to be closed; None where one process is alone."""
    if settings.node.id is None and settings.node.detection == "own":
        return None
    return Asking(badges_of(settings), clock)


def detector_from(
    settings: Settings,
    store: SqlStore,
    asking: Asking | None,
    *,
    registry: CollectorRegistry,
) -> Detector:
    """Return the model, computed where the settings say.

    Args:
        settings: Of the service.
        store: Knows who computes for others.
        asking: Asks them; None where one process is alone.
        registry: Of the metrics.

    Raises:
        ModelError: it can't be loaded.
    """
    near, told = session_of(settings), settings.node
    if asking is None or told.detection == "own":
        return Detector(near)
    detectors = Detectors(store.engine, told.lease_s)
    shared = SharedSession(
        near,
        lambda: detectors.alive(near.card.sha256),
        asking,
        within_s=told.detect_within_s,
        quality=told.detect_quality,
        registry=registry,
    )
    return Detector(shared)


def serve_detector(settings: Settings) -> None:
    """Look at the pictures of other nodes until SIGTERM or SIGINT.

    Raises:
        InputError: it has no name, or the port can't be used.
        ModelError: the model can't be loaded.
    """
    name = settings.node.id
    if name is None:
        raise InputError("node.id: left out: name this detector (STREETWATCH_NODE__ID)")
    listener = listening(settings.host, settings.port)
    outlive_signals()
    session, clock = session_of(settings), SteadyClock()
    most = max(settings.detector_batch, _TOGETHER)
    answering = Answering(session.run, most=most)
    site = detector_site(answering, badges_of(settings), clock)
    store = shared_store(settings)
    address = settings.node.url or settings.address
    answering.start()
    log.info("detector.started", detector=name, address=address, model=session.card.version)
    with _registered(store, settings, name, address, session.card.sha256):
        Server(configured(site, stop_s=_STOP_S, proxies=[]), threading.Event()).run(
            sockets=[listener]
        )
    answering.stop(timeout_s=_STOP_S)
    store.close()
    log.info("detector.stopped", detector=name)


@contextmanager
def _registered(
    store: SqlStore, settings: Settings, name: str, address: str, model: str
) -> Iterator[None]:
    detectors = Detectors(store.engine, settings.node.lease_s)

    def beat() -> None:
        try:
            detectors.beat(name, address=address, model=model)
        except StorageError as error:
            log.warning("detector.not_heard", reason=str(error))

    rounds = Rounds("heart", beat, every_s=settings.node.lease_s / _BEATS)
    rounds.start()
    try:
        yield
    finally:
        rounds.stop(timeout_s=_STOP_S)
        try:
            detectors.end(name)
        except StorageError as error:
            log.warning("detector.not_ended", reason=str(error))
