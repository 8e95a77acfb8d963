"""The case desk over real HTTP, on each kind of database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reported_desk import Desk
from served_desk import served_desk
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store


@pytest.fixture
def desk(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Desk]:
    built = Desk()
    store = open_store(new_database())
    router = desk_router(
        Book(store.engine),
        clock=lambda: built.now,
        on_end=lambda *told: built.ended.append(told),
    )
    with served_desk(
        store.engine,
        router,
        EvidenceFolder(tmp_path / "evidence"),
    ) as client:
        built.http = client
        yield built
    store.close()
