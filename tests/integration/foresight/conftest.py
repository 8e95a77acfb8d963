"""A desk with cases, and what foresight says of them over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from foresight_city import FRONTS, City
from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.service.api.app import create_api
from streetwatch.service.api.foresight.campaigns import campaigns_router
from streetwatch.service.api.foresight.frontage import frontage_router
from streetwatch.service.api.foresight.month import month_router
from streetwatch.service.api.foresight.patrol import patrol_router
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store


@pytest.fixture
def city(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[City]:
    store = open_store(new_database())
    built = City(store)
    foreseer = Foreseer(store.engine, lambda: built.now, fronts=lambda: [FRONTS])
    api = create_api(
        gate=open_gate(store.engine),
        desk=desk_router(built.book, clock=lambda: built.now, on_end=lambda *_: None),
        beside=[
            campaigns_router(foreseer),
            frontage_router(foreseer),
            patrol_router(foreseer),
            month_router(built.months()),
        ],
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, client_of(url) as client:
        built.http = client
        yield built
    store.close()
