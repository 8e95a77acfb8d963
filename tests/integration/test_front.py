"""Who asks too often, too slowly or too much, over real connections."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.types import ASGIApp

from plain_http import client_of
from streetwatch.service.front.limits import Limits, Rule, rules_of
from streetwatch.service.server import PatientProtocol, configured
from waiting import PATIENCE_S


class Hasty(PatientProtocol):
    """Has no patience at all."""

    head_s: ClassVar[float] = 0.3  # type: ignore[misc]


@contextmanager
def served(app: ASGIApp, protocol: type[PatientProtocol] = PatientProtocol) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = configured(app, stop_s=1, proxies=[])
    config.http, config.lifespan = protocol, "off"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def answering() -> FastAPI:
    api = FastAPI()

    @api.api_route("/{path:path}", methods=["GET", "POST"])
    async def anything(path: str, request: Request) -> dict[str, Any]:
        return {"path": path, "bytes": len(await request.body())}

    return api


def answer_of(connection: socket.socket) -> bytes:
    """Read until the other side ends it."""
    connection.settimeout(PATIENCE_S)
    return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", id="half a head"),
        pytest.param(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HT", id="half a second head"),
    ],
)
def test_a_head_that_does_not_come_ends_the_connection(sent: bytes) -> None:
    with served(answering(), Hasty) as port, socket.create_connection(("127.0.0.1", port)) as one:
        first, end, rest = sent.partition(b"\r\n\r\n")
        one.sendall(first + end)
        while end and b"}" not in one.recv(4096):  # the first is answered
            pass
        one.sendall(rest)
        with suppress(ConnectionResetError):
            assert answer_of(one) == b""


def test_a_body_that_does_not_come_is_answered_408() -> None:
    app = Limits(answering(), (), body_s=0.3)
    with served(app) as port, socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        one.settimeout(PATIENCE_S)
        assert b" 408 " in one.recv(4096)


def test_a_body_that_comes_in_time_is_taken() -> None:
    with served(Limits(answering(), (), body_s=30)) as port:
        answer = httpx.post(
            f"http://127.0.0.1:{port}/a", content=b"x" * 500_000, timeout=PATIENCE_S
        )
    assert answer.json() == {"path": "a", "bytes": 500_000}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def asked() -> Iterator[tuple[Clock, Callable[..., httpx.Response]]]:
    clock = Clock()
    rules: tuple[Rule, ...] = rules_of(public_per_minute=3, costly_per_minute=2)
    with (
        served(Limits(answering(), rules, clock=clock)) as port,
        client_of(f"http://127.0.0.1:{port}") as client,
    ):
        yield clock, client.request


Asked = tuple[Clock, Callable[..., httpx.Response]]


@pytest.mark.parametrize(
    ("method", "path", "many"),
    [
        pytest.param("POST", "/open311/v2/requests.json", 3, id="Open311 files"),
        pytest.param("GET", "/open311/v2/requests.json", 3, id="Open311 lists"),
        pytest.param("POST", "/observations", 3, id="observations"),
        pytest.param("POST", "/console/login", 3, id="signing in"),
        pytest.param("GET", "/desk/cases.csv", 2, id="a list as a file"),
        pytest.param("GET", "/desk/cases/SW-1/evidence.zip", 2, id="a pack"),
        pytest.param("GET", "/desk/reports/month", 2, id="a report"),
        pytest.param("POST", "/cameras/probe", 2, id="a probe"),
        pytest.param("POST", "/cameras/kerb/dry-run", 2, id="a dry run"),
    ],
)
def test_who_asks_too_often_is_told_to_come_again_and_then_may(
    asked: Asked, method: str, path: str, many: int
) -> None:
    clock, request = asked
    assert {request(method, path).status_code for _ in range(many)} == {200}
    refused = request(method, path)
    assert refused.status_code == 429
    clock.now += float(refused.headers["Retry-After"])
    assert request(method, path).status_code == 200


def test_what_is_neither_open_to_all_nor_costly_is_not_held_back(asked: Asked) -> None:
    _, request = asked
    assert {request("GET", "/desk/cases").status_code for _ in range(20)} == {200}


def test_the_server_does_not_say_what_it_is() -> None:
    with served(answering()) as port:
        assert "server" not in httpx.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE_S).headers
