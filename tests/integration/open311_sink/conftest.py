"""A city's Open311 endpoint, and one that answers as it is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from filed import NOON
from open311_city import City
from open311_parts import NOW, Sinks, entry_for
from streetwatch.service.delivery.open311_sink import Open311Sink


@pytest.fixture(scope="module")
def endpoint() -> Iterator[tuple[City, str]]:
    """One server for all tests: starting one takes longer than a test."""
    city = City(NOW)
    with city.listening() as url:
        yield city, url


@pytest.fixture
def city(endpoint: tuple[City, str]) -> City:
    """The city behind the endpoint, as new."""
    vars(endpoint[0]).update(vars(City(NOW)))
    return endpoint[0]


@pytest.fixture
def url(city: City, endpoint: tuple[City, str]) -> str:
    """Where the city answers."""
    assert city is endpoint[0]
    return endpoint[1]


@pytest.fixture(params=["json", "xml"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_sink() -> Iterator[Sinks]:
    opened: list[Open311Sink] = []

    def make(url: str, **changes: Any) -> Open311Sink:  # noqa: ANN401
        opened.append(Open311Sink(entry_for(url, **changes), clock=lambda: NOON))
        return opened[-1]

    yield make
    for sink in opened:
        sink.close()
