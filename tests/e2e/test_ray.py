"""`streetwatch run --cluster`: the same service on each machine of a real Ray cluster."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest
import yaml
from prometheus_client import CollectorRegistry

from live_service import free_port, wait_for
from plain_http import NO_TLS
from ray_parts import RayCluster, ray_cluster
from streetwatch.models import registry
from streetwatch.models.session import Session
from streetwatch.service.between.asking import Asking
from streetwatch.service.between.shared_session import SharedSession
from streetwatch.service.keyring import badges_of
from streetwatch.service.settings_file import load_settings
from streetwatch.service.store.detectors import Detectors
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

DETECTOR = '{"detector": 1}'
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
    (tmp_path / "data").mkdir()
    return path


@contextmanager
def led(ray: RayCluster, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `streetwatch run --cluster` for the length of the block, if it does not end before."""
    command = [PROGRAM, "run", "--config", str(config), "--cluster", ray.address]
    leader = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield leader
    finally:
        leader.terminate()
        leader.wait()


def stopped(ray: RayCluster) -> int:
    command = [PROGRAM, "cluster", "stop", "--cluster", ray.address]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(json.loads(done.stdout)["stopped"])


def told(ray: RayCluster, config: Path) -> list[dict[str, Any]]:
    """What `cluster status` says of Ray's machines."""
    asked = [PROGRAM, "cluster", "status", "--config", str(config), "--cluster", ray.address]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [one for one in lines if "machine" in one]


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=PATIENCE_S, verify=NO_TLS).is_success
    except httpx.TransportError:
        return False


#: A driver that hears of a trouble of the cluster, and tells where it was written.
HEARS: Final = """
import io, json, sys, threading
from ray._private.utils import publish_error_to_driver
from ray._private.worker import global_worker
from streetwatch.service.cluster.dispatcher import ray_at

sys.stdout, sys.stderr = out, err = io.StringIO(), io.StringIO()
with ray_at(sys.argv[1]):
    publish_error_to_driver("node", "a machine is gone", global_worker.gcs_client)
    while "is gone" not in out.getvalue() + err.getvalue():
        threading.Event().wait(0.05)
sys.__stdout__.write(json.dumps(out.getvalue()))
"""


def test_troubles_of_the_cluster_are_no_part_of_an_answer(ray: RayCluster) -> None:
    heard = subprocess.run(
        [sys.executable, "-c", HEARS, ray.address], capture_output=True, text=True, check=True
    )
    assert json.loads(heard.stdout) == ""


def test_the_service_runs_on_a_machine_of_ray_whoever_dies(ray: RayCluster, config: Path) -> None:
    port = free_port()
    ray.start_machine("North 1", STREETWATCH_PORT=str(port))
    url = f"http://127.0.0.1:{port}"
    with led(ray, config) as leader:
        wait_for("service", lambda: answers(url) or None)
        (one,) = told(ray, config)
        assert (one["machine"], one["role"], one["state"]) == ("north-1", "watch", "runs")
        leader.send_signal(signal.SIGTERM)
        assert leader.wait(timeout=PATIENCE_S) == 0
    ray.kill("head")
    assert answers(url), "who leads and who is asked are gone, what watches is not"
    ray.start_head()
    (one,) = wait_for("machine", lambda: told(ray, config) or None)
    assert (one["state"], one["starts"]) == ("runs", 1)
    assert one["nice"] == os.nice(0), "cameras do not stand behind all else, as Ray's tasks do"
    assert stopped(ray) == 1
    assert not answers(url)
    ray.kill("North 1")


def test_a_machine_detects_for_others_until_it_is_gone(ray: RayCluster, config: Path) -> None:
    picture = np.full((1, 3, 384, 640), 128, np.float32) / np.float32(255)
    near = Session(registry.find(None), threads=1)
    settings = load_settings(config, environ={})
    port, metrics = str(free_port()), CollectorRegistry()
    ray.start_machine(
        "gpu", "--num-cpus=0", "--resources", DETECTOR, STREETWATCH_NODE__DETECT_PORT=port
    )
    with led(ray, config):
        wait_for("detector", lambda: answers(f"http://127.0.0.1:{port}") or None)
    store = open_store(settings.database_url)
    detectors = Detectors(store.engine, settings.node.lease_s)
    asking = Asking(badges_of(settings), time.time)
    node = SharedSession(
        near,
        lambda: detectors.alive(near.card.sha256),
        asking,
        within_s=20.0,
        quality=None,
        registry=metrics,
    )
    assert np.allclose(node.run(picture), near.run(picture), atol=1e-3)
    ray.kill("gpu")
    assert np.allclose(node.run(picture), near.run(picture), atol=1e-3)
    asking.close()
    store.close()
    by = {
        one.labels["by"]: one.value
        for one in next(iter(metrics.collect())).samples
        if one.name.endswith("_total")
    }
    assert by == {"another": 1.0, "here_instead": 1.0}
