"""A service with a city's cameras and cases, for whoever measures its pages."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

import av
import cv2
import sqlalchemy as sa
import yaml

import streetwatch.datasets
from streetwatch.benchmarks.store_rows import fill
from streetwatch.datasets.live import start_live
from streetwatch.service.access.access import access_on
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.tallies import UNDER_WAY
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.keyring import cipher_at
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Seconds

#: Who measures.
NAME: Final = "bench"
PASSWORD: Final = "street-Watch-1"  # noqa: S105 -- of a service that lives for minutes

_DEMO: Final = Path(streetwatch.datasets.__file__).parent / "demo"

#: So many give pictures; the rest are switched off, as far as anybody can tell.
LIVE: Final = 4
_NOBODY: Final = "rtsp://127.0.0.1:9/off"

#: Stills that a reviewer sees first.
_SHOWN: Final = frozenset({"first_seen", "threshold"})

#: Every so manieth frame of the clip is a still.
_EVERY: Final = 50

_STARTS_WITHIN_S: Final[Seconds] = 120.0
_SIGNED_IN_S: Final[Seconds] = 3600.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the service has to carry."""

    cameras: int
    incidents: int


@contextmanager
def carrying(
    load: Load, folder: Path, *, now: Seconds, on_rows: Callable[[int], None]
) -> Iterator[str]:
    """Fill a folder, run the service on it, and yield its address.

    Args:
        load: What it carries.
        folder: Empty.
        now: Seconds since the epoch.
        on_rows: Progress.

    Raises:
        RuntimeError: the service does not answer.
    """
    _fill(load, folder, now, on_rows)
    live = start_live(_DEMO / "street.mp4", since=now)
    try:
        _write_cameras(load, folder, live.url)
        with running(folder) as url:
            yield url
    finally:
        live.stop()


def _fill(load: Load, folder: Path, now: Seconds, on_rows: Callable[[int], None]) -> None:
    data = folder / "data"
    data.mkdir()
    store = open_store(f"sqlite:///{data / 'streetwatch.db'}")
    try:
        fill(store.engine, load.incidents, cameras=load.cameras, on_rows=on_rows)
        _give_pictures(store.engine, EvidenceFolder(data / "evidence"))
        let_in(store.engine, data, now=now)
    finally:
        store.close()


def let_in(engine: sa.Engine, data: Path, *, now: Seconds) -> None:
    """Let whoever measures into a service, as an administrator."""
    limits = Limits(idle_s=_SIGNED_IN_S, whole_s=_SIGNED_IN_S)
    access = access_on(engine, limits, cipher_at(data))
    if NAME not in {one.name for one in access.users.all()}:
        access.users.add(NAME, Role.ADMIN, now=now)
    access.door.use(access.door.link(NAME, now=now), "", PASSWORD, now=now)


def _give_pictures(engine: sa.Engine, evidence: EvidenceFolder) -> None:
    """Let all that is open wait for a reviewer, with stills of its own: no browser has them yet."""
    stills = cycle(_stills())
    is_open = desk_case.c.state.in_(UNDER_WAY)
    with engine.begin() as connection:
        for case in connection.execute(sa.select(desk_case).where(is_open)).mappings().all():
            document = case["document"]
            for one in document["evidence"]:
                one["url"] = f"/evidence/{case['external_id']}/{one['name']}"
                if one["role"] in _SHOWN:
                    file = evidence.path(case["external_id"], one["name"])
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(next(stills))
            here = desk_case.c.number == case["number"]
            waits = {"document": document, "state": CaseState.REPORTED}
            connection.execute(sa.update(desk_case).where(here).values(waits))


def _stills() -> list[bytes]:
    """Return pictures of the demo's street, as evidence has them."""
    made = []
    with av.open(str(_DEMO / "street.mp4")) as clip:
        for number, frame in enumerate(clip.decode(video=0)):
            if number % _EVERY == 0:
                _, coded = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"))
                made.append(coded.tobytes())
    return made


def _write_cameras(load: Load, folder: Path, live: str) -> None:
    """Write the cameras: the demo's zones on each, a place of its own on the map."""
    demo = yaml.safe_load((_DEMO / "cameras.yaml").read_text("utf-8"))["cameras"][0]
    cameras = [_camera(demo, number, live) for number in range(load.cameras)]
    text = yaml.safe_dump({"cameras": cameras}, allow_unicode=True)
    (folder / "cameras.yaml").write_text(text, "utf-8")
    (folder / "streetwatch.yaml").write_text("{log_format: json}", "utf-8")


def _camera(demo: dict[str, Any], number: int, live: str) -> dict[str, Any]:
    camera: dict[str, Any] = json.loads(json.dumps(demo))
    east, north = divmod(number, 20)
    return camera | {
        "id": f"cam-{number:04}",
        "name": f"Street {number:03}",
        "source": {"kind": "rtsp", "url": live if number < LIVE else _NOBODY},
        "place": {"lon": 121.40 + east / 200, "lat": 31.20 + north / 200},
    }


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run `streetwatch run` on a folder, and yield its address once it answers."""
    port = _free_port()
    log = folder / "run.log"
    with log.open("wb") as output:
        service = subprocess.Popen(  # noqa: S603 -- our own command, no shell
            [
                Path(sys.executable).with_name("streetwatch"),
                "run",
                "--config",
                folder / "streetwatch.yaml",
            ],
            env=os.environ | {"STREETWATCH_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz", service, log)
        yield url
    finally:
        service.terminate()
        service.wait()


def _wait_for(address: str, service: "subprocess.Popen[bytes]", log: Path) -> None:
    pause = threading.Event()
    for _ in range(int(_STARTS_WITHIN_S / 0.2)):
        if service.poll() is not None:
            break
        try:
            with closing(urlopen(address)):  # noqa: S310 -- our own address
                return
        except URLError:
            pause.wait(0.2)
    raise RuntimeError(f"the service does not answer: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
