"""Two cities: one that is read, one that is filed to."""

from collections.abc import Iterator

import pytest

from open311_server import City, a_city, fill


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with cases from cameras, which the tests only read."""
    for one in a_city(tmp_path_factory.mktemp("read")):
        fill(one)
        yield one


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city to which the tests file."""
    yield from a_city(tmp_path_factory.mktemp("filed"))
