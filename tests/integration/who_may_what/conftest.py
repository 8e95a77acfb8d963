"""A service with two cameras, a case of each, and everybody who might ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from guarded_city import City, city_in
from streetwatch.service.site import api_of, site_of


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The whole site: once a process, since its pages are."""
    with city_in(tmp_path_factory.mktemp("city"), site_of) as built:
        yield built


@pytest.fixture
def city_without_pages(tmp_path: Path) -> Iterator[City]:
    """Its API alone: no page that was opened takes what waits for a verdict."""
    with city_in(tmp_path, api_of) as built:
        yield built
