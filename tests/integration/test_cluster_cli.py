"""`streetwatch cluster`, and a process without a name beside nodes."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from commands import streetwatch
from databases import copied, sqlite_at
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import load_settings
from streetwatch.service.sharing import shared_store
from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Myself, Nodes
from streetwatch.service.store.sql_store import open_store

STREETWATCH = Path(sys.executable).with_name("streetwatch")

CAMERAS = """
cameras:
  - {id: kerb, source: {kind: rtsp, url: "rtsp://127.0.0.1:9/x"}}
  - {id: market, source: {kind: rtsp, url: "rtsp://127.0.0.1:9/y"}}
"""


@pytest.fixture
def settings(tmp_path: Path, empty_sqlite: Path) -> Settings:
    """Of a database on which node `a` has a camera, and `b` was to have another and is gone."""
    database = copied(empty_sqlite, tmp_path / "data" / "streetwatch.db")
    (tmp_path / "streetwatch.yaml").write_text("{}")
    (tmp_path / "cameras.yaml").write_text(CAMERAS)
    store = open_store(sqlite_at(database))
    nodes = Nodes(store.engine, lease_s=60.0)
    for name in ("a", "b"):
        nodes.enter(Myself(name, f"http://{name}", "1", 1.0))
    here = Myself("b", "http://b", "1", 1.0)
    nodes.plan(here, lambda _: {"kerb": "a", "market": "b"}, every_s=0.0)
    Leases(store.engine, "a").take(["kerb"])
    store.close()
    return load_settings(tmp_path / "streetwatch.yaml", environ={})


def cluster(settings: Settings, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    config = settings.data_dir.parent / "streetwatch.yaml"
    done = streetwatch("cluster", *arguments, "--config", config)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_status_has_a_line_a_node_and_fails_while_a_camera_is_nobodys(settings: Settings) -> None:
    status, lines, told = cluster(settings, "status")
    assert status == 1
    assert [(one["node"], one["cameras"], one["wanted"]) for one in lines] == [
        ("a", 1, 1),
        ("b", 0, 1),
    ]
    assert "market" in told


def test_a_node_that_nobody_knows_is_not_drained(settings: Settings) -> None:
    assert cluster(settings, "drain", "c")[0] == 2
    assert cluster(settings, "drain", "b")[0] == 0
    store = open_store(settings.database_url)
    leaving = {one.id: one.is_leaving for one in Nodes(store.engine, lease_s=60.0).whole().nodes}
    store.close()
    assert leaving == {"a": False, "b": True}


def test_a_process_without_a_name_does_not_start_beside_nodes(settings: Settings) -> None:
    with pytest.raises(InputError, match=r"node\.id: the nodes a, b share"):
        shared_store(settings)
