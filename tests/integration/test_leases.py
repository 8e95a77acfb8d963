"""Leases of cameras on real databases: who has what, and whose writes are refused."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from streetwatch.service.store.cluster_schema import lease, node
from streetwatch.service.store.leases import Lease, LeaseLostError, Leases, fenced
from streetwatch.service.store.nodes import Myself, Nodes, Whole, nodes_alive
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.zones.presence import Presence
from waiting import PATIENCE_S

A, B = Myself("a", "http://a", "1", 1.0), Myself("b", "http://b", "1", 1.0)


@pytest.fixture
def store(new_database: Callable[..., str]) -> Iterator[SqlStore]:
    opened = open_store(new_database())
    yield opened
    opened.close()


@pytest.fixture
def nodes(store: SqlStore) -> Nodes:
    entered = Nodes(store.engine, lease_s=5.0)
    entered.enter(A)
    entered.enter(B)
    return entered


def all_to(name: str | None, *cameras: str) -> Callable[[Whole], dict[str, str | None]]:
    return lambda _: dict.fromkeys(cameras, name)


def planned(nodes: Nodes, name: str | None, *cameras: str) -> None:
    assert nodes.plan(A, all_to(name, *cameras), every_s=0.0) is not None


def silent_for(store: SqlStore, node_id: str, seconds: float) -> None:
    """As if a node had not been heard of for so long, and all clocks had gone on."""
    with store.engine.begin() as connection:
        late = {"until": node.c.until - seconds, "since": node.c.since - seconds}
        connection.execute(sa.update(node).where(node.c.id == node_id).values(late))


def write(store: SqlStore, held: Lease) -> None:
    with fenced(store.engine, held) as connection:
        connection.execute(sa.text("SELECT 1"))


def test_a_node_takes_what_is_meant_for_it_and_nothing_else(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb", "market")
    assert Leases(store.engine, "b").take(["kerb", "market"]) == {}
    mine = Leases(store.engine, "a")
    assert mine.take(["kerb", "market"]) == {
        "kerb": Lease("kerb", 1),
        "market": Lease("market", 1),
    }
    assert set(mine.mine().held) == set(mine.mine().wanted) == {"kerb", "market"}


def test_what_a_living_node_has_is_not_taken(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb")
    Leases(store.engine, "a").take(["kerb"])
    planned(nodes, "b", "kerb")
    assert Leases(store.engine, "b").take(["kerb"]) == {}


def test_what_a_silent_node_has_is_taken_and_it_can_write_no_more(
    store: SqlStore, nodes: Nodes
) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    write(store, before)
    planned(nodes, "b", "kerb")
    silent_for(store, "a", 6.0)
    write(store, before)  # nobody has taken it yet: what was seen is kept
    after = Leases(store.engine, "b").take(["kerb"])["kerb"]
    assert nodes.beat(A), "it is back, but not with its cameras"
    assert Leases(store.engine, "a").mine().held == {}
    with pytest.raises(LeaseLostError, match="kerb"):
        write(store, before)
    write(store, after)


def test_what_is_given_back_is_taken_at_once_and_written_by_its_new_owner_alone(
    store: SqlStore, nodes: Nodes
) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    planned(nodes, "b", "kerb")
    Leases(store.engine, "a").give_back([before])
    with pytest.raises(LeaseLostError):
        write(store, before)
    write(store, Leases(store.engine, "b").take(["kerb"])["kerb"])


def test_a_process_started_again_under_its_id_writes_and_the_one_before_it_does_not(
    store: SqlStore, nodes: Nodes
) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    again = Myself("a", "http://a", "1", 1.0)
    nodes.enter(again)
    assert not nodes.beat(A)
    assert nodes.beat(again)
    with pytest.raises(LeaseLostError):
        write(store, before)
    write(store, Leases(store.engine, "a").take(["kerb"])["kerb"])


def test_a_node_that_ends_leaves_nothing_behind(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    nodes.end(A)
    assert tuple(nodes_alive(store.engine)) == ("b",)
    with pytest.raises(LeaseLostError):
        write(store, before)
    assert nodes.forget("a")
    assert not nodes.forget("b"), "it lives"


def test_a_refused_write_leaves_nothing(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    stale = store.fenced(Lease("kerb", before.epoch - 1))
    with pytest.raises(LeaseLostError), stale.transaction() as transaction:
        transaction.put_presence("kerb", Presence())
    with store.fenced(before).transaction() as transaction:
        transaction.put_presence("kerb", Presence())


def test_whoever_takes_a_camera_waits_for_the_write_at_hand(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb")
    before = Leases(store.engine, "a").take(["kerb"])["kerb"]
    planned(nodes, "b", "kerb")
    silent_for(store, "a", 6.0)
    began = threading.Event()

    def steal() -> dict[str, Lease]:
        began.set()
        return Leases(store.engine, "b").take(["kerb"])

    with ThreadPoolExecutor(1) as pool:
        with fenced(store.engine, before) as connection:
            stolen = pool.submit(steal)
            assert began.wait(PATIENCE_S)
            connection.execute(sa.update(lease).values(cost=3.0))
        assert stolen.result(PATIENCE_S)["kerb"].epoch == before.epoch + 1


def test_a_node_that_was_silent_counts_as_having_just_come(store: SqlStore, nodes: Nodes) -> None:
    since = {one.id: one.since for one in nodes.whole().nodes}
    silent_for(store, "a", 6.0)
    assert [one.id for one in nodes.whole().nodes if nodes.whole().lives(one)] == ["b"]
    nodes.beat(A)
    nodes.beat(B)
    after = {one.id: one.since for one in nodes.whole().nodes}
    assert after["a"] > since["a"] - 6.0 + 1.0
    assert after["b"] == since["b"]


def test_of_two_that_plan_at_once_one_does(store: SqlStore, nodes: Nodes) -> None:
    assert nodes.plan(A, all_to("a", "kerb"), every_s=60.0) is not None
    assert nodes.plan(B, all_to("b", "kerb"), every_s=60.0) is None
    assert Leases(store.engine, "a").mine().wanted == {"kerb"}


def test_a_camera_that_nobody_is_to_have_keeps_its_epoch(store: SqlStore, nodes: Nodes) -> None:
    planned(nodes, "a", "kerb")
    first = Leases(store.engine, "a").take(["kerb"])["kerb"]
    Leases(store.engine, "a").give_back([first])
    planned(nodes, None, "kerb")
    assert Leases(store.engine, "a").mine().wanted == frozenset()
    planned(nodes, "a", "kerb")
    assert Leases(store.engine, "a").take(["kerb"])["kerb"].epoch > first.epoch
