"""The case desk over real HTTP, on each kind of database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from gates import open_gate
from http_parts import serving
from reported_desk import Desk
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S


@pytest.fixture
def desk(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Desk]:
    built = Desk()
    store = open_store(new_database())
    router = desk_router(
        Book(store.engine),
        clock=lambda: built.now,
        on_end=lambda *told: built.ended.append(told),
    )
    api = create_api(
        gate=open_gate(store.engine),
        desk=router,
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    store.close()
