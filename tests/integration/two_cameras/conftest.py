"""Two cameras that look at one corner."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corner import Corner


@pytest.fixture
def corner(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Corner]:
    built = Corner(tmp_path, new_database())
    yield built
    built.store.close()
