"""The nodes in the settings: one that runs, one that lives elsewhere, one that is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from console_parts import Console, barriers, let_in
from live_service import Service, free_port
from streetwatch.service.store.audit import Asked, Audit
from streetwatch.service.store.detectors import Detectors
from streetwatch.service.store.nodes import Myself, Nodes
from streetwatch.service.store.sql_store import SqlStore, open_store

pytestmark = pytest.mark.browser

LONG_S = 3600.0


@pytest.fixture
def north(tmp_path: Path) -> Iterator[Service]:
    """A service that is a node."""
    (tmp_path / "cameras.yaml").write_text(yaml.safe_dump({"cameras": []}))
    told = {"node": {"id": "north-1", "tags": ["310101"], "capacity": 4}, "log_format": "json"}
    (tmp_path / "streetwatch.yaml").write_text(yaml.safe_dump(told))
    service = Service(tmp_path, free_port())
    try:
        service.start()
        let_in(service)
        yield service
    finally:
        service.end()


@pytest.fixture
def store(north: Service) -> Iterator[SqlStore]:
    """Its database, where a node and a detector live elsewhere, and a node is gone."""
    store = open_store(f"sqlite:///{north.folder / 'data' / 'streetwatch.db'}")
    south = Myself("south-1", "http://127.0.0.1:9", "0.2.0", 8.0, ("310115", "310117"))
    Nodes(store.engine, lease_s=LONG_S).enter(south)
    Nodes(store.engine, lease_s=-LONG_S).enter(Myself("west-1", "http://127.0.0.1:9", "0.1.9", 2.0))
    Detectors(store.engine, LONG_S).beat("gpu-1", address="http://127.0.0.1:9", model="ab" * 32)
    yield store
    store.close()


def test_an_administrator_drains_a_node_and_forgets_one_that_is_gone(
    north: Service, store: SqlStore, browser: Browser, picture: Callable[[Page, str], None]
) -> None:
    console = Console(north, browser)
    with console.page("/console/settings/nodes") as page:
        expect(page.get_by_role("row").filter(has_text="south-1")).to_contain_text("运行中")
        expect(page.get_by_role("row").filter(has_text="gpu-1")).to_contain_text("abababababab")
        picture(page, "settings-nodes")
        assert barriers(page) == []
    with console.page("/console/settings/nodes", language="en-GB") as page:
        south = page.get_by_role("row").filter(has_text="south-1")
        south.get_by_role("button", name="Hand over").click()
        expect(south).to_contain_text("gives its cameras away")
        assert {one.id: one.is_leaving for one in Nodes(store.engine, lease_s=1.0).whole().nodes}[
            "south-1"
        ]
        south.get_by_role("button", name="Let it have cameras").click()
        expect(south).to_contain_text("at work")
        west = page.get_by_role("row").filter(has_text="west-1")
        expect(west).to_contain_text("not heard of")
        west.get_by_role("button", name="Forget").click()
        expect(west).to_have_count(0)
    done = [(one.who, one.what) for one in Audit(store.engine).entries(Asked(what="node."))]
    assert done == [
        ("admin", "node.drained"),
        ("admin", "node.taken_back"),
        ("admin", "node.forgotten"),
    ]
