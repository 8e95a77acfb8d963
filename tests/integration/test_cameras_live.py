"""Cameras added, changed and taken away while the service runs, against a real RTSP camera."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from http_parts import serving
from live_service import wait_for
from plain_http import client_of
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.app import Service
from streetwatch.service.cameras import load_cameras
from streetwatch.service.config.access_schema import AccessSettings, ApiAccess
from streetwatch.service.config.network_schema import NetworkSettings
from streetwatch.service.settings import Settings
from streetwatch.service.site import api_of

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
ROAD = {"id": "road", "polygon": SQUARE, "rules": [{"type": "illegal_parking_motor"}]}
DEAD = "rtsp://127.0.0.1:9/s"
PASSWORD = "p@ss/word-1"  # noqa: S105 -- made up, for looking for it


class Running:
    """A service that watches, and its API."""

    http: httpx.Client

    def __init__(self, folder: Path, file: str) -> None:
        self.folder = folder
        path = folder / "cameras.yaml"
        path.write_text(file, encoding="utf-8")
        settings = Settings(
            data_dir=folder / "data",
            detector_threads=1,
            networks=NetworkSettings(cameras=["127.0.0.0/8"]),  # the tests' cameras stand here
            access=AccessSettings(api=ApiAccess.OPEN),
        )
        self.service = Service(settings, load_cameras(path, environ={}))

    def get(self, path: str) -> Any:  # noqa: ANN401 -- any JSON
        return self.http.get(path).raise_for_status().json()

    def state(self, camera_id: str) -> dict[str, Any]:
        (found,) = [one for one in self.get("/cameras") if one["id"] == camera_id]
        return dict(found)

    def wait_until_live(self, camera_id: str) -> None:
        wait_for(
            f"picture of {camera_id}",
            lambda: self.state(camera_id)["condition"] == "live" or None,
        )


@pytest.fixture
def camera(live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]) -> str:
    """The address of a real camera."""
    return str(live_camera(counting_clip()).url)


@pytest.fixture
def running(camera: str, tmp_path: Path) -> Iterator[Running]:
    one = Running(tmp_path, f'cameras: [{{id: kerb, source: {{kind: rtsp, url: "{camera}"}}}}]')
    with (
        one.service.running(),
        serving(api_of(one.service)) as url,
        client_of(url) as one.http,
    ):
        yield one


@pytest.fixture(scope="module")
def asleep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that answers and watches nothing."""
    file = 'cameras: [{id: kerb, source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}}]'
    one = Running(tmp_path_factory.mktemp("asleep"), file)
    with (
        serving(api_of(one.service)) as url,
        client_of(url) as one.http,
    ):
        yield one
    one.service.store.close()


def document(url: str, **keys: object) -> dict[str, object]:
    return {"source": {"kind": "rtsp", "url": url}, **keys}


def test_a_camera_is_added_changed_and_taken_away_while_another_goes_on(
    running: Running, camera: str
) -> None:
    running.wait_until_live("kerb")
    other = running.service.watched["kerb"]

    added = running.http.put("/cameras/gate", json=document(camera, zones=[ROAD]))
    assert added.status_code == 200, added.text
    assert added.json()["origin"] == "console"
    running.wait_until_live("gate")
    first = running.service.watched["gate"]

    renamed = running.http.put("/cameras/gate", json=document(camera, name="大门", zones=[ROAD]))
    assert running.state("gate")["name"] == "大门"
    assert running.service.watched["gate"].capture is first.capture, "its stream was not touched"
    assert renamed.headers["ETag"] != added.headers["ETag"]

    assert running.http.delete("/cameras/gate").status_code == 204
    assert [one["id"] for one in running.get("/cameras")] == ["kerb"]
    wait_for("end of its capture", lambda: first.capture.stop(0) or None)
    assert running.service.watched["kerb"] is other


def test_a_camera_where_no_camera_can_stand_is_not_connected_to_and_says_so(
    running: Running,
) -> None:
    url = "rtsp://169.254.169.254:80/latest"
    running.http.put("/cameras/cloud", json=document(url, zones=[ROAD]))
    reason = wait_for("reason", lambda: running.state("cloud")["reason"] or None)
    assert "no camera and no platform can stand at 169.254.169.254" in reason
    told = running.http.post("/cameras/probe", json={"url": url}).text
    assert "No camera can stand at this address" in told


def test_a_live_picture_is_small_follows_the_stream_and_has_its_zones(
    running: Running, camera: str
) -> None:
    running.wait_until_live("kerb")
    running.http.put("/cameras/kerb", json=document(camera, zones=[ROAD]))
    live = running.service.lookout.live
    first = wait_for("picture", lambda: live.picture("kerb"))
    later = wait_for(
        "next picture",
        lambda: (one := live.picture("kerb")) and (one.at > first.at or None) and one,
    )
    image = cv2.imdecode(np.frombuffer(later.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (240, 320, 3)
    shown = live.camera("kerb")
    assert (shown.condition, shown.size) == ("live", (320, 240))
    assert [zone.id for zone in shown.zones] == ["road"]
    assert [one.id for one in live.cameras()] == ["kerb"]


def test_a_change_of_the_files_camera_wins_until_it_is_taken_back(
    running: Running, camera: str
) -> None:
    assert running.state("kerb")["origin"] == "file"
    running.http.put("/cameras/kerb", json=document(camera, name="改过"))
    assert (running.state("kerb")["name"], running.state("kerb")["origin"]) == ("改过", "changed")
    back = running.http.post("/cameras/kerb/revert")
    assert back.json()["origin"] == "file"
    assert running.state("kerb")["name"] == "kerb"


def test_a_new_address_is_watched_instead_of_the_old_one(
    running: Running, live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    running.wait_until_live("kerb")
    larger = live_camera(counting_clip("large.mp4", size=(640, 480)))
    running.http.put("/cameras/kerb", json=document(str(larger.url)))
    wait_for(
        "picture of the new stream",
        lambda: running.state("kerb")["size"] == [640, 480] or None,
    )


def test_who_changes_what_has_changed_meanwhile_is_told_so(asleep: Running) -> None:
    read = asleep.http.get("/cameras/kerb")
    mine = {"If-Match": read.headers["ETag"]}
    assert asleep.http.put("/cameras/kerb", json=document(DEAD), headers=mine).is_success
    late = asleep.http.put("/cameras/kerb", json=document(DEAD), headers=mine)
    assert late.status_code == 412
    assert "read it again" in late.json()["detail"]


def test_a_camera_is_not_made_over_another_one(asleep: Running) -> None:
    new = {"If-None-Match": "*"}
    answer = asleep.http.put("/cameras/kerb", json=document(DEAD), headers=new)
    assert answer.status_code == 409


def test_a_password_is_taken_and_never_told(asleep: Running) -> None:
    account = {"user": "viewer", "password": PASSWORD}
    body = document(DEAD, account=account)
    answer = asleep.http.put("/cameras/secret", json=body)
    shown = answer.json()["camera"]["source"]["url"]
    assert shown == "rtsp://viewer:***@127.0.0.1:9/s"
    said = [
        answer.text,
        asleep.http.get("/cameras").text,
        asleep.http.get("/cameras/secret").text,
    ]
    escaped = asleep.service.watched["secret"].camera.source.url
    assert escaped == "rtsp://viewer:p%40ss%2Fword-1@127.0.0.1:9/s"
    for secret in (PASSWORD, "p%40ss%2Fword-1"):
        assert not [text for text in said if secret in text]
        kept = [path for path in (asleep.folder / "data").rglob("*") if path.is_file()]
        assert not [path for path in kept if secret.encode() in path.read_bytes()]
    kept_on = asleep.http.put("/cameras/secret", json=document(shown, name="改名"))
    assert kept_on.is_success
    assert asleep.service.watched["secret"].camera.source.url == escaped


def test_a_password_is_not_sent_to_another_host(asleep: Running) -> None:
    body = document(DEAD, account={"user": "viewer", "password": PASSWORD})
    asleep.http.put("/cameras/secret", json=body)
    elsewhere = asleep.http.put("/cameras/secret", json=document("rtsp://viewer:***@127.0.0.2:9/s"))
    assert elsewhere.status_code == 422
    assert "write the password again" in elsewhere.text


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param({}, "source is missing: write source: {kind", id="no source"),
        pytest.param(
            document("rtsp://h/s", zones=[ROAD | {"polygon": [[0, 0], [1, 1]]}]),
            "zones[0].polygon is no area (a polygon needs at least 3 corners",
            id="two corners",
        ),
        pytest.param(
            document("rtsp://h/s", nmae="x"), "nmae is an unknown key: write name", id="key"
        ),
        pytest.param(
            {"source": {"kind": "file", "url": "/etc/passwd"}},
            "source.kind is for cameras.yaml only: use rtsp or http",
            id="a file of the server",
        ),
        pytest.param(
            document("rtsp://h/s", name="${HOME}"), "name holds ${: nothing is filled in", id="env"
        ),
        pytest.param(document("rtsp://h/s", id="other"), "id is not that of the path", id="id"),
        pytest.param(
            document("rtsp://h/s", account={"pass": "x"}), "account is no account", id="account"
        ),
        pytest.param(
            document("rtsp://h/s", account={"password": "x"}), "has no user name", id="no user"
        ),
        pytest.param(document("rtsp://h/s", name="a\0b"), "name holds a control", id="NUL"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_changes_nothing(
    asleep: Running, body: dict[str, object], line: str
) -> None:
    answer = asleep.http.put("/cameras/new", json=body)
    assert answer.status_code == 422, answer.text
    assert any(line in one for one in answer.json()["detail"]), answer.text
    assert asleep.http.get("/cameras/new").status_code == 404


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    """The server-sent events of an answer."""
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    rows = [dict(line.split(": ", 1) for line in block) for block in blocks]
    return [(row["event"], json.loads(row["data"])) for row in rows]


def test_a_probe_over_the_api_tells_its_steps(asleep: Running) -> None:
    body = {"url": DEAD, "account": {"user": "viewer", "password": PASSWORD}}
    answer = asleep.http.post("/cameras/probe", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer)
    assert {name for name, _ in told} == {"step"}
    last = told[-1][1]
    assert (last["name"], last["state"]) == ("reachable", "failed")
    assert last["says"] == {"zh": "连接被拒绝", "en": "The connection is refused"}
    assert PASSWORD not in answer.text


def test_a_dry_run_over_the_api_says_when_nothing_is_known(asleep: Running) -> None:
    answer = asleep.http.post(
        "/cameras/kerb/dry-run", json={"camera": document(DEAD, zones=[ROAD])}
    )
    ((name, difference),) = events(answer)
    assert name == "difference"
    assert (difference["looks"], difference["more"]) == (0, [])


def test_a_dry_run_of_wrong_zones_is_refused(asleep: Running) -> None:
    wrong = document(DEAD, zones=[ROAD | {"kind": "forbidden"}])
    answer = asleep.http.post("/cameras/kerb/dry-run", json={"camera": wrong})
    assert answer.status_code == 422
    assert "zones[0].kind" in answer.text
