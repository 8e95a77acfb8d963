"""The nodes as Prometheus sees them."""

import pytest

from streetwatch.service.api.metrics import NodesCollector
from streetwatch.service.store.nodes import Held, Node, Whole

NOW = 1000.0


def node(name: str, *, until: float = NOW + 5, is_leaving: bool = False) -> Node:
    return Node(
        id=name,
        address=f"http://{name}",
        version="1",
        capacity=1.0,
        tags=(),
        since=0.0,
        until=until,
        planned_at=0.0,
        is_leaving=is_leaving,
        most=100,
    )


def held(camera: str, by: str | None) -> Held:
    return Held(camera, by, by, 0.5, 0.0)


WHOLE = Whole(
    NOW,
    (node("a"), node("b", is_leaving=True), node("c", until=NOW - 1)),
    (held("kerb", "a"), held("market", "c"), held("gate", None)),
)


@pytest.mark.parametrize(
    ("sample", "labels", "value"),
    [
        pytest.param("streetwatch_nodes", {"state": "alive"}, 1, id="at work"),
        pytest.param("streetwatch_nodes", {"state": "leaving"}, 1, id="gives its cameras away"),
        pytest.param("streetwatch_nodes", {"state": "silent"}, 1, id="not heard of"),
        pytest.param("streetwatch_node_full", {"node": "c"}, 0, id="who is gone has no share"),
        pytest.param("streetwatch_cameras_unowned", {}, 2, id="a dead node's, and nobody's"),
    ],
)
def test_all_nodes_are_told_by_each(sample: str, labels: dict[str, str], value: float) -> None:
    cameras = ("kerb", "market", "gate")
    found = {
        (one.name, tuple(one.labels.items())): one.value
        for family in NodesCollector(lambda: WHOLE, lambda: cameras).collect()
        for one in family.samples
    }
    assert found[sample, tuple(labels.items())] == value
