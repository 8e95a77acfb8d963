"""A desk that takes observations."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from observing import Desk
from served_desk import served_desk
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.places import places_router, recurrence_step
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    folder = EvidenceFolder(tmp_path / "evidence")
    built = Desk(folder.root)
    book = Book(store.engine, intake=(recurrence_step,), near=Nearness(15.0))
    router = desk_router(book, clock=lambda: built.now, on_end=lambda *_: None)
    router.include_router(places_router(store.engine))
    limits = Limits(bytes_=200_000, pixels=1_000_000)
    taking = Observations(book, folder, built.eyes, limits, lambda: built.now)
    with served_desk(
        store.engine,
        router,
        folder,
        beside=[observations_router(taking)],
    ) as client:
        built.http = client
        yield built
    store.close()
