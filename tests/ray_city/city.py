"""The city: machines of Ray, one PostgreSQL, one S3 store, and what can be asked of them."""

import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import sqlalchemy as sa

from bucket_parts import make_bucket
from databases import PostgresServer, postgres_server
from live_service import Camera, free_port, wait_for
from ray_city.told import document, settings
from ray_parts import RayCluster, ray_cluster
from streetwatch.benchmarks.store_faults import s3_server
from streetwatch.service.placement.place import MOST
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.cluster_schema import lease
from streetwatch.service.store.nodes import nodes_alive
from streetwatch.service.store.sql_store import SqlStore, open_store

PROGRAM: Final = str(Path(sys.executable).with_name("streetwatch"))

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gap:
    """Time in which nobody looked at a camera, and who looked before and after it."""

    camera: str
    begin: float
    end: float
    before: str
    after: str

    @property
    def length_s(self) -> float:
        return self.end - self.begin

    def told(self, zero: float) -> str:
        at = f"{self.begin - zero:.1f} to {self.end - zero:.1f}"
        return f"{self.camera}: {self.length_s:.1f} s, {at}, {self.before} to {self.after}"


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

    def is_complete(self) -> bool:
        """Tell whether every picture is masked, and all evidence is in the store."""
        health = (self._readiness(port)["evidence"] for port in self.ports.values())
        waits = sum(one["files_waiting"] for one in health)
        return waits == 0 and AwaitedCopies(self.store.engine).some() == ()

    @staticmethod
    def _readiness(port: int) -> dict[str, Any]:
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=20).json()
        return dict(answer)

    def gaps(self, since: float, until: float) -> list[Gap]:
        """The longest time between two looks at each camera, whoever looked; the longest first."""
        seen: dict[str, list[tuple[float, str]]] = {}
        for folder in sorted(self.folder.glob("*/looks")):
            log = LooksLog(folder, keep_s=1e9, keep_bytes=10**12)
            for camera in sorted(one.name for one in folder.iterdir()):
                lines = log.lines(camera, since=since - 60)
                seen.setdefault(camera, []).extend(
                    (_at(line), folder.parent.name) for line in lines
                )
        longest = []
        for camera, looks in seen.items():
            within = sorted(one for one in looks if since - 10 <= one[0] <= until)
            gaps = (
                Gap(camera, a, b, before, after)
                for (a, before), (b, after) in itertools.pairwise(within)
            )
            longest.append(max(gaps, key=lambda one: one.length_s))
        return sorted(longest, key=lambda one: -one.length_s)


def _at(line: str) -> float:
    return float(json.loads(line)["at"])


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
