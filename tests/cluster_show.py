"""Forty cameras on four machines of a real Ray cluster, and everything that may fail does.

Not a test: it takes minutes. `python tests/cluster_show.py troubles` runs the same film twice, once
undisturbed; `cost` compares what a camera takes on four nodes and on one; `upgrade` ends the nodes
in turn. Each prints one JSON line (docs/explanation/scale.md).
"""

import argparse
import base64
import itertools
import json
import math
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import httpx
import numpy as np
import psycopg
import sqlalchemy as sa
import yaml
from bucket_parts import make_bucket
from cryptography.fernet import Fernet
from ray_parts import RayCluster, ray_cluster

from databases import PostgresServer, postgres_server
from live_service import Camera, free_port, wait_for
from streetwatch.benchmarks.store_faults import s3_server
from streetwatch.datasets import demo
from streetwatch.service.placement.place import MOST
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.store.cluster_schema import lease
from streetwatch.service.store.nodes import nodes_alive
from streetwatch.service.store.sql_store import SqlStore, open_store

PROGRAM: Final = str(Path(sys.executable).with_name("streetwatch"))
STREET: Final = Path(demo.__file__).with_name("street.mp4")
ZONES: Final = Path(demo.__file__).with_name("cameras.yaml")

#: A car, a stall and a heap stand there by then, since seconds 5, 19 and 32.
HELD_AT_S: Final = 60.0
HELD_S: Final = 240.0
WIDTH, HEIGHT, FPS, GOP = 640, 360, 5, 10
_NOISE: Final = 5.0  # standard deviation, levels of 255

#: They have to stand for so long: until second 65 to 92.
DWELL_S: Final = 60.0
LEASE_S: Final = 5.0

Say = Callable[[str], None]


def film(target: Path) -> Path:
    """Code the demo's street small; nothing moves any more when all that is to stand stands.

    Its pictures have a sensor's noise: a camera whose pictures are all the same is frozen.
    """
    noise = np.random.default_rng(0)
    options = {"preset": "superfast", "crf": "20", "g": str(GOP), "sc_threshold": "0", "bf": "0"}
    with av.open(STREET) as source, av.open(target, "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        number = 0
        for frame in source.decode(video=0):
            at = frame.time or 0.0
            due = at if at < HELD_AT_S else at + HELD_S
            while number <= due * FPS:
                small = _noisy(frame.reformat(WIDTH, HEIGHT, "bgr24", interpolation="AREA"), noise)
                small.pts, small.time_base = number, Fraction(1, FPS)
                output.mux(stream.encode(small))
                number += 1
        output.mux(stream.encode())
    return target


def _noisy(frame: av.VideoFrame, noise: np.random.Generator) -> av.VideoFrame:
    pixels = frame.to_ndarray(format="bgr24")
    noisy = pixels + noise.normal(0.0, _NOISE, pixels.shape)
    return av.VideoFrame.from_ndarray(noisy.clip(0, 255).astype(np.uint8), format="bgr24")


@dataclass
class City:
    """Cameras, machines, one PostgreSQL, one S3 store."""

    folder: Path
    server: PostgresServer
    store: SqlStore
    ray: RayCluster
    camera: Camera
    leader: "subprocess.Popen[bytes]"
    ports: dict[str, int] = field(default_factory=dict)
    holding: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def pid(self, name: str) -> int:
        """The process of `streetwatch run` on a machine."""
        told = subprocess.run(
            ["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True
        )
        for line in told.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            if "streetwatch run" in command and str(self.folder) in command:
                with suppress(OSError):
                    words = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                    is_leader = b"--cluster" in command.encode()
                    if f"STREETWATCH_NODE__ID={name}".encode() in words and not is_leader:
                        return int(pid)
        raise AssertionError(f"no process of {name}")

    def cores_s(self, names: list[str]) -> float:
        """Processor time that nodes have taken so far."""
        ticks = 0
        for name in names:
            stat = Path(f"/proc/{self.pid(name)}/stat").read_text().rpartition(")")[2].split()
            ticks += int(stat[11]) + int(stat[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def spread(self) -> Counter[str | None]:
        with self.store.engine.connect() as connection:
            return Counter(connection.execute(sa.select(lease.c.node)).scalars())

    def is_spread(self, names: list[str]) -> bool:
        """Tell whether each camera has an owner, and none of these more than the planner allows."""
        spread = self.spread()
        most = math.ceil(MOST * spread.total() / len(names))
        return set(spread) == set(names) and max(spread.values()) <= most

    def seen(self) -> int:
        """How many cameras give pictures, by what the nodes say."""
        live = 0
        for port in self.ports.values():
            with suppress(httpx.HTTPError):
                answer = httpx.get(f"http://127.0.0.1:{port}/cameras", timeout=20).json()
                live += sum(one["state"] == "live" for one in answer)
        return live

    def taken_after(self, at: float, name: str) -> float:
        """Wait until a node has no cameras; return how long after a moment the last was taken."""
        wait_for(f"others for {name}", lambda: name not in self.spread() or None, seconds=60)
        wait_for("an owner of each", lambda: None not in self.spread() or None, seconds=60)
        with self.store.engine.connect() as connection:
            return (
                float(connection.execute(sa.select(sa.func.max(lease.c.since))).scalar_one()) - at
            )

    def lives(self) -> bool:
        """Tell whether all nodes are heard of."""
        return set(nodes_alive(self.store.engine)) >= set(self.ports)

    def hands(self) -> int:
        with self.store.engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.sum(lease.c.epoch))).scalar_one())

    def filed(self) -> Counter[str]:
        """What was filed on each camera."""
        incidents = self.store.incidents()
        return Counter(
            f"{one.camera_id} {one.type}" for one in incidents if one.opened_at is not None
        )

    def verified(self) -> list[str]:
        environ = os.environ | {"STREETWATCH_DATA_DIR": str(self.folder / next(iter(self.ports)))}
        asked = [PROGRAM, "verify", "--store", "--config", str(self.folder / "streetwatch.yaml")]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, env=environ)
        return [*done.stdout.splitlines(), *([done.stderr[-500:]] if done.returncode else [])]

    def gaps(self, since: float, until: float) -> dict[str, float]:
        """The longest time between two looks at each camera, whoever looked."""
        seen: dict[str, list[float]] = {}
        for folder in sorted(self.folder.glob("*/looks")):
            log = LooksLog(folder, keep_s=1e9, keep_bytes=10**12)
            for camera in sorted(one.name for one in folder.iterdir()):
                lines = log.lines(camera, since=since - 60)
                seen.setdefault(camera, []).extend(_at(line) for line in lines)
        longest = {}
        for camera, times in seen.items():
            within = sorted(one for one in times if since - 10 <= one <= until)
            longest[camera] = max(b - a for a, b in itertools.pairwise(within))
        return longest


def _at(line: str) -> float:
    return float(json.loads(line)["at"])


def document(cameras: int, url: str) -> str:
    (told,) = yaml.safe_load(ZONES.read_text("utf-8"))["cameras"]
    for zone in told["zones"]:
        zone["rules"] = [{**rule, "dwell_s": DWELL_S} for rule in zone["rules"]]
    source = {"kind": "rtsp", "url": url}
    return yaml.safe_dump(
        {
            "cameras": [
                {"id": f"cam-{row:02}", "source": source, "zones": told["zones"]}
                for row in range(cameras)
            ]
        }
    )


@contextmanager
def city_of(cameras: int, names: list[str], clip: Path, say: Say) -> Iterator[City]:
    """Run nodes; the cameras are not there yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="city")))
        server = stack.enter_context(postgres_server())
        stack.enter_context(suppress(psycopg.OperationalError))  # it was stopped meanwhile
        database = stack.enter_context(server.bare_database())
        bucket = stack.enter_context(s3_server())
        make_bucket(bucket, "evidence")
        camera = Camera(clip, free_port(), since=0.0)
        (folder / "cameras.yaml").write_text(document(cameras, camera.url))
        (folder / "streetwatch.yaml").write_text(settings(folder, database, bucket))
        store = open_store(database)
        stack.callback(store.close)
        ray = stack.enter_context(ray_cluster())
        config = str(folder / "streetwatch.yaml")
        command = [PROGRAM, "run", "--config", config, "--cluster", ray.address]
        with (folder / "leader.log").open("wb") as log:
            leader = subprocess.Popen(command, stdout=log, stderr=log)
        city = City(folder, server, store, ray, camera, leader)
        stack.callback(_ended, city)
        for name in names:
            city.ports[name] = free_port()
            (folder / name).mkdir()
            own = {
                "STREETWATCH_PORT": str(city.ports[name]),
                "STREETWATCH_DATA_DIR": str(folder / name),
                "STREETWATCH_NODE__CAPACITY": "1",
            }
            ray.start_machine(name, **own)
        wait_for("spread", lambda: city.is_spread(names) or None, seconds=240)
        say(f"{len(names)} nodes have their cameras")
        yield city


def _ended(city: City) -> None:
    for one in city.holding:
        one.terminate()
    city.leader.kill()
    city.leader.wait()
    if city.camera.live is not None:
        city.camera.kill()


def settings(folder: Path, database: str, bucket: str) -> str:
    return yaml.safe_dump(
        {
            "cameras": str(folder / "cameras.yaml"),
            "database": database,
            "camera_key": KEY,
            "log_format": "json",
            "detector_threads": 1,
            "look_interval_s": 2.0,
            "access": {"api": "open"},
            "console": {"enabled": False},
            "evidence": {
                "pre_s": 2,
                "post_s": 3,
                "url": f"s3://evidence/city?endpoint={bucket}",
                "access_key": "one",
                "secret_key": "two",
                "signing_key": SIGNING_KEY,
            },
            "node": {"lease_s": LEASE_S},
        }
    )


KEY: Final = Fernet.generate_key().decode()
SIGNING_KEY: Final = base64.b64encode(os.urandom(32)).decode()


def until(city: City, second: float) -> None:
    """Wait until the film is there."""
    threading.Event().wait(max(city.camera.since + second - time.time(), 0.0))


def begun(city: City, cameras: int, say: Say) -> None:
    """Let the cameras begin, when nothing else is to run (`STREETWATCH_ALONE`: what sees to it)."""
    if alone := os.environ.get("STREETWATCH_ALONE"):
        holding = subprocess.Popen(shlex.split(alone), stdout=subprocess.PIPE)
        city.holding.append(holding)
        assert holding.stdout is not None
        holding.stdout.readline()
        say("alone")
    city.camera.since = time.time() + 1.0
    city.camera.start()
    wait_for("pictures", lambda: city.seen() >= cameras or None, seconds=40)
    say(f"all seen at second {time.time() - city.camera.since:.0f} of the film")


def disturbed(city: City, say: Say) -> dict[str, Any]:
    """Let everything fail once; return what came of it."""
    until(city, 40)
    city.ray.kill("d")
    at = time.time()
    died_s = city.taken_after(at, "d")
    del city.ports["d"]
    say(f"killed: taken after {died_s:.1f} s")
    until(city, 52)
    before = city.hands()
    city.ray.kill("head")
    say("head killed")
    until(city, 56)
    city.server.stop()
    say("PostgreSQL stopped")
    until(city, 86)
    city.server.start()
    city.ray.start_head()
    wait_for("nodes again", lambda: city.lives() or None, seconds=60)
    moved = city.hands() - before
    say(f"both are back, {moved} cameras changed hands")
    until(city, 98)
    pid = city.pid("c")
    os.kill(pid, signal.SIGSTOP)
    at = time.time()
    frozen_s = city.taken_after(at, "c")
    say(f"frozen: taken after {frozen_s:.1f} s")
    until(city, 98 + 3 * LEASE_S)
    os.kill(pid, signal.SIGCONT)
    return {
        "killed_taken_s": round(died_s, 1),
        "hands_while_head_and_database_were_away": moved,
        "frozen_taken_s": round(frozen_s, 1),
    }


def troubles(cameras: int, clip: Path, say: Say) -> dict[str, Any]:
    """Run the film undisturbed, then disturbed."""
    names = ["a", "b", "c", "d"]
    came: dict[str, Any] = {}
    filed = {}
    for kind in ("undisturbed", "disturbed"):
        say(f"--- {kind}")
        with city_of(cameras, names, clip, say) as city:
            begun(city, cameras, say)
            if kind == "disturbed":
                came |= disturbed(city, say)
            until(city, 165)
            filed[kind] = city.filed()
            came[f"{kind}_verify"] = city.verified()
            say(f"{filed[kind].total()} filed, {came[f'{kind}_verify'][:3]}")
    lost = filed["undisturbed"].keys() - filed["disturbed"].keys()
    new = filed["disturbed"].keys() - filed["undisturbed"].keys()
    return came | {
        "filed_undisturbed": filed["undisturbed"].total(),
        "filed_disturbed": filed["disturbed"].total(),
        "lost": sorted(lost),
        "new": sorted(new),
        "twice": sorted(name for name, count in filed["disturbed"].items() if count > 1),
    }


def cost(cameras: int, clip: Path, say: Say, *, seconds: float) -> dict[str, Any]:
    """Compare the processor time of a camera on one node and on four."""
    took: dict[int, float] = {}
    for names in (["a", "b", "c", "d"], ["a"]):
        with city_of(cameras, names, clip, say) as city:
            begun(city, cameras, say)
            until(city, 25)
            begin, at = city.cores_s(names), time.time()
            until(city, 25 + seconds)
            spent = (city.cores_s(names) - begin) / (time.time() - at)
            took[len(names)] = spent / cameras
            say(f"{len(names)} nodes: {spent:.2f} cores")
    return {
        "seconds": seconds,
        "cores_per_camera_1": round(took[1], 5),
        "cores_per_camera_4": round(took[4], 5),
        "ratio": round(took[4] / took[1], 3),
    }


def upgrade(cameras: int, clip: Path, say: Say) -> dict[str, Any]:
    """End each node in order; its keeper starts it anew. Nobody is without eyes for long."""
    names = ["a", "b", "c", "d"]
    with city_of(cameras, names, clip, say) as city:
        begun(city, cameras, say)
        until(city, 70)
        usual = city.gaps(city.camera.since + 45, time.time() - 12)
        began = time.time()
        for name in names:
            os.kill(city.pid(name), signal.SIGTERM)
            city.taken_after(time.time(), name)
            wait_for("spread", lambda: city.is_spread(names) or None, seconds=90)
            say(f"{name} is new")
        threading.Event().wait(12)  # looks are written every ten seconds
        gaps = city.gaps(began, time.time() - 11)
        return {
            "usual_longest_gap_s": round(max(usual.values()), 1),
            "longest_gap_s": round(max(gaps.values()), 1),
            "took_s": round(time.time() - began, 1),
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["troubles", "cost", "upgrade"])
    parser.add_argument("--cameras", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    began = time.time()

    def say(text: str) -> None:
        sys.stderr.write(f"{time.time() - began:6.1f} {text}\n")

    with tempfile.TemporaryDirectory() as work:
        clip = film(Path(work) / "street.mp4")
        say("film coded")
        match given.what:
            case "troubles":
                came = troubles(given.cameras, clip, say)
            case "cost":
                came = cost(given.cameras, clip, say, seconds=given.seconds)
            case _:
                came = upgrade(given.cameras, clip, say)
    sys.stdout.write(json.dumps({"what": given.what, "cameras": given.cameras, **came}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
