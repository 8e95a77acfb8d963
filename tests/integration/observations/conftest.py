"""A desk that takes observations."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from gates import open_gate
from http_parts import serving
from observing import Desk
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.places import places_router, recurrence_step
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    folder = EvidenceFolder(tmp_path / "evidence")
    built = Desk(folder.root)
    book = Book(store.engine, intake=(recurrence_step,), near=Nearness(15.0))
    router = desk_router(book, clock=lambda: built.now, on_end=lambda *_: None)
    router.include_router(places_router(store.engine))
    api = create_api(
        gate=open_gate(store.engine),
        desk=router,
        evidence=folder,
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    limits = Limits(bytes_=200_000, pixels=1_000_000)
    taking = Observations(book, folder, built.eyes, limits, lambda: built.now)
    api.include_router(observations_router(taking))
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    store.close()
