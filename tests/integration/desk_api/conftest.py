"""A desk with nothing in it, on each kind of database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asked_desk import Desk, a_desk


@pytest.fixture
def desk(new_database: Callable[..., str], tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(new_database(), tmp_path)
