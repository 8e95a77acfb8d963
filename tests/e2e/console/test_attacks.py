"""What somebody on the network tries against the running service."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest

from live_service import Service
from waiting import PATIENCE_S

ROOTS = [
    "/evidence/",
    "/evidence/aaaaaaaaaaaaaaaaaaaaaaaaaa/",
    "/console/static/",
    "/console/language/",
    "/_nicegui/3.18.0/static/",
    "/_nicegui/3.18.0/components/",
    "/desk/cases/",
    "/cameras/",
    "/open311/v2/requests/",
    "/",
]

UPS = ["..", "%2e%2e", ".%2e", "%2e%2e%2f", "..%2f", "..%5c", "%252e%252e%252f", "..%c0%af", "..;"]

#: What stands beside and above the folders that are served.
WANTED = ["streetwatch.yaml", "data/camera.key", "data/streetwatch.db", "etc/passwd"]


def ways() -> Iterator[str]:
    for up in UPS:
        climb = up if up.endswith(("%2f", "%5c", "%af")) else f"{up}/"
        for name in WANTED:
            yield from (climb * depth + name for depth in (1, 2, 6))
            yield climb * 2 + quote(name, safe="")
    yield from ("%00", "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "C:%5cwindows")


@pytest.fixture(scope="module")
def secrets(watched: Service) -> list[bytes]:
    """Pieces of what must not come out."""
    key = (watched.folder / "data" / "camera.key").read_bytes().strip()
    return [key, b"pass-word", b"SQLite format 3", b"root:x:0:0"]


@pytest.mark.parametrize("root", ROOTS)
def test_no_way_leads_out_of_what_is_served(
    watched: Service, secrets: list[bytes], root: str
) -> None:
    with closing(
        http.client.HTTPConnection("127.0.0.1", watched.port, timeout=PATIENCE_S)
    ) as connection:
        for way in ways():
            connection.request("GET", root + way)  # as it is written: nothing is tidied up
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status not in {200, 206, 500}, way
            assert not [one for one in secrets if one in body], way


def status_of(service: Service, method: str, path: str, **request: Any) -> int:  # noqa: ANN401 -- as it is called
    with closing(
        http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE_S)
    ) as connection:
        connection.request(method, path, **request)
        return connection.getresponse().status


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param("/desk/cases?q=" + "a" * 40_000, {}, id="a long address"),
        pytest.param("/healthz", {"X-Long": "a" * 40_000}, id="a long header"),
        pytest.param("/healthz", {f"X-{n}": "a" * 400 for n in range(90)}, id="many headers"),
    ],
)
def test_a_head_that_is_too_long_is_refused(
    watched: Service, path: str, headers: dict[str, str]
) -> None:
    assert status_of(watched, "GET", path, headers=headers) in {400, 431}


@pytest.mark.parametrize(
    "path",
    [
        "/desk/cases",
        "/console/login",
        "/console/welcome",
        "/cameras",
        "/observations",
        "/callbacks/city",
        "/open311/v2/requests.json",
    ],
)
def test_a_body_that_is_too_long_is_not_read(watched: Service, path: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "2000000000"}
    assert status_of(watched, "POST", path, body=b"a=1", headers=headers) in {400, 413}
