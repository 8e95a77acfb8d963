"""A store, a desk and evidence that grow old."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retained_world import World
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[World]:
    store = open_store(new_database())
    yield World(store, EvidenceFolder(tmp_path / "evidence"))
    store.close()
