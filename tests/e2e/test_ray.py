"""`streetwatch run --cluster`: the same service on each machine of a real Ray cluster."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from ray_parts import RayCluster, ray_cluster

from live_service import free_port, wait_for

PROGRAM = str(Path(sys.executable).with_name("streetwatch"))


@pytest.fixture(scope="module")
def ray() -> Iterator[RayCluster]:
    with ray_cluster() as cluster:
        yield cluster


@pytest.fixture
def config(tmp_path: Path) -> Path:
    document = {"cameras": str(tmp_path / "cameras.yaml"), "data_dir": str(tmp_path / "data")}
    access = {"api": "open", "metrics_open": True}
    (path := tmp_path / "streetwatch.yaml").write_text(
        yaml.safe_dump({**document, "access": access, "console": {"enabled": False}})
    )
    (tmp_path / "cameras.yaml").write_text("cameras: []\n")
    return path


def told(ray: RayCluster, config: Path) -> list[dict[str, Any]]:
    """What `cluster status` says of Ray's machines."""
    asked = [PROGRAM, "cluster", "status", "--config", str(config), "--cluster", ray.address]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [one for one in lines if "machine" in one]


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.TransportError:
        return False


def test_the_service_runs_on_a_machine_of_ray_whoever_dies(ray: RayCluster, config: Path) -> None:
    port = free_port()
    ray.start_machine("North 1", STREETWATCH_PORT=str(port))
    command = [PROGRAM, "run", "--config", str(config), "--cluster", ray.address]
    leader = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    wait_for("service", lambda: answers(url) or None, seconds=60)
    (one,) = told(ray, config)
    assert (one["machine"], one["role"], one["state"]) == ("north-1", "watch", "runs")
    leader.send_signal(signal.SIGTERM)
    assert leader.wait(timeout=20) == 0
    ray.kill("head")
    assert answers(url), "who leads and who is asked are gone, what watches is not"
    ray.start_head()
    (one,) = wait_for("machine", lambda: told(ray, config) or None, seconds=30)
    assert (one["state"], one["starts"]) == ("runs", 1)
    stopping = [PROGRAM, "cluster", "stop", "--cluster", ray.address]
    done = subprocess.run(stopping, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == {"stopped": 1}, done.stderr
    assert not answers(url)
