"""What operators, probes and browsers ask the service, over real HTTP."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, promise
from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.service.access.policy import Rule
from streetwatch.service.access.role import Right
from streetwatch.service.api.app import create_api, front_page
from streetwatch.service.api.metrics import OutboxCollector
from streetwatch.service.api.readiness import CameraHealth, Readiness, TargetHealth
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.sql_store import SqlStore, open_store
from waiting import PATIENCE_S

LIVE = CameraHealth("kerb", "东口", "rtsp://user:***@10.0.0.5/stream1", "live", "", 0.4)
DEAD = CameraHealth("gate", "西门", "rtsp://10.0.0.6/", "retrying", "refused", None)
FIT = Readiness((LIVE,), outbox_pending=0, outbox_parked=0, outbox_oldest_s=0.0)


LATE = TargetHealth("side", pending=3, parked=0, oldest_s=301.0)
IN_TIME = TargetHealth("city", pending=1, parked=1, oldest_s=2.0)


@dataclass
class Api:
    """The API, and the parts that it asks."""

    store: SqlStore
    evidence: EvidenceFolder
    http: httpx.Client = field(init=False)
    readiness: Readiness = FIT


@pytest.fixture
def api(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Api]:
    store = open_store(new_database())
    built = Api(store, EvidenceFolder(tmp_path / "evidence"))
    registry = CollectorRegistry()
    registry.register(OutboxCollector(lambda: Deliveries(store.engine).backlogs(now=NOON + 60)))
    broken = APIRouter()
    broken.add_api_route("/broken", lambda: 1 / 0)
    app = create_api(
        gate=open_gate(store.engine, Rule("GET", "/broken", Right.LOOK)),
        desk=desk_router(Book(store.engine), clock=lambda: NOON, on_end=lambda *_: None),
        evidence=built.evidence,
        readiness=lambda: built.readiness,
        registry=registry,
    )
    app.include_router(broken)
    app.include_router(front_page())
    with serving(app) as url, client_of(url) as client:
        built.http = client
        yield built
    store.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/desk/cases"])
def test_a_healthy_service_answers(api: Api, path: str) -> None:
    assert api.http.get(path).status_code == 200


@pytest.mark.parametrize(
    ("readiness", "status"),
    [
        pytest.param(FIT, 200, id="a camera is watched"),
        pytest.param(replace(FIT, cameras=()), 200, id="there is no camera"),
        pytest.param(replace(FIT, cameras=(DEAD, LIVE)), 200, id="one of two is watched"),
        pytest.param(replace(FIT, cameras=(DEAD,)), 503, id="none is watched"),
        pytest.param(
            replace(FIT, cameras=(replace(LIVE, last_frame_age_s=31.0),)), 503, id="a stale picture"
        ),
        pytest.param(replace(FIT, targets=(IN_TIME,)), 200, id="cases get through"),
        pytest.param(replace(FIT, targets=(LATE,)), 503, id="cases do not get through"),
        pytest.param(replace(FIT, targets=(LATE, LATE)), 503, id="to no target"),
        pytest.param(replace(FIT, targets=(LATE, IN_TIME)), 200, id="one of two targets is dead"),
        pytest.param(replace(FIT, outbox_oldest_s=1e6), 200, id="what waits has no target now"),
    ],
)
def test_the_service_is_ready_while_it_watches_and_delivers(
    api: Api, readiness: Readiness, status: int
) -> None:
    api.readiness = readiness
    answer = api.http.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["ready"] == (status == 200)


def test_a_target_to_which_cases_do_not_get_through_is_named(api: Api) -> None:
    api.readiness = replace(FIT, targets=(LATE, IN_TIME))
    answer = api.http.get("/readyz").json()
    assert answer["late_targets"] == ["side"]
    assert answer["targets"][0] == {"id": "side", "pending": 3, "parked": 0, "oldest_s": 301.0}


def test_a_camera_that_is_down_says_why(api: Api) -> None:
    api.readiness = replace(FIT, cameras=(DEAD, LIVE))
    cameras = api.http.get("/cameras").json()
    assert [(one["id"], one["state"], one["reason"]) for one in cameras] == [
        ("gate", "retrying", "refused"),
        ("kerb", "live", ""),
    ]


def test_the_outbox_is_counted_when_it_is_asked_for(api: Api) -> None:
    promise(api.store, a_message(), at=NOON)
    lines = api.http.get("/metrics").text.splitlines()
    assert 'streetwatch_outbox_messages{state="pending",target="desk"} 1.0' in lines
    assert 'streetwatch_outbox_messages{state="parked",target="desk"} 0.0' in lines
    assert 'streetwatch_outbox_lag_seconds{target="desk"} 60.0' in lines


def raw(api: Api, path: str) -> bytes:
    """Ask for a path as it is written: clients tidy up `..` before they send."""
    host, port = api.http.base_url.host, api.http.base_url.port
    with socket.create_connection((host, port or 80), timeout=PATIENCE_S) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/evidence/abc/none.jpg", id="unknown"),
        pytest.param("/evidence/../streetwatch.db", id="up"),
        pytest.param("/evidence/abc/../../streetwatch.db", id="up from an incident"),
        pytest.param("/evidence/../streetwatch.db/x", id="up and into"),
        pytest.param("/evidence/%2e%2e/streetwatch.db", id="up, coded"),
        pytest.param("/evidence/abc/..%2f..%2fstreetwatch.db", id="a slash, coded"),
        pytest.param("/evidence/abc/%2fetc%2fpasswd", id="absolute"),
        pytest.param("/evidence/abc/..%5c..%5cstreetwatch.db", id="a backslash"),
        pytest.param("/evidence/abc/.threshold.jpg.part.jpg", id="an unfinished file"),
        pytest.param("/evidence/abc/threshold.jpg%00", id="a null"),
        pytest.param("/evidence/abc/folder", id="a folder"),
    ],
)
def test_only_finished_files_of_evidence_are_served(api: Api, path: str) -> None:
    api.evidence.write("abc", "threshold.jpg", b"picture")
    folder = api.evidence.path("abc", "folder")
    folder.mkdir()
    folder.with_name(".threshold.jpg.part.jpg").write_bytes(b"half a picture")
    answer = raw(api, path)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert str(api.evidence.root).encode() not in answer


def test_what_fails_inside_shows_neither_traceback_nor_path(api: Api) -> None:
    answer = api.http.get("/broken")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "this failed inside the service: its log says why"}


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_a_database_that_refuses_is_a_503_that_says_come_again(api: Api, tmp_path: Path) -> None:
    api.store.close()
    (tmp_path / "data").rename(tmp_path / "moved")
    answer = api.http.get("/desk/cases")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert str(tmp_path) not in answer.text


def test_the_front_door_leads_to_the_apis_pages_where_there_is_no_console(api: Api) -> None:
    answer = api.http.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/docs")
