"""Hosts in reach and out of reach, and the way to them."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from outbound_parts import ALLOWED, Host, host
from streetwatch.service.outbound.streams import OutboundStreams


@pytest.fixture
def camera() -> Iterator[Host]:
    with host("127.0.0.1") as made:
        yield made


@pytest.fixture
def forbidden() -> Iterator[Host]:
    with host("127.0.0.2") as made:
        yield made


@pytest.fixture
def streams() -> Iterator[OutboundStreams]:
    made = OutboundStreams(ALLOWED)
    yield made
    made.close()


@pytest.fixture
def fickle_name(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name that stands for 127.0.0.1 when it is first asked for, and for 127.0.0.2 ever after."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(name: Any, *more: Any, **how: Any) -> Any:  # noqa: ANN401 -- as it is called
        if name != "fickle.example":
            return real(name, *more, **how)
        asked.append(name)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked
