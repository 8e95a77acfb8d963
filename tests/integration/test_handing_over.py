"""A camera that moves to another node is looked at all the while: two nodes, a real RTSP camera."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from live_service import wait_for
from nodes_by_hand import FILE, Corner, spread
from streetwatch.datasets.fake_camera import FakeCameras
from streetwatch.datasets.fake_street import drawn_clips
from streetwatch.service.runtime.following import Following
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.steady import SteadyClock


@pytest.fixture
def street(new_database: Callable[..., str], tmp_path: Path) -> Iterator[Corner]:
    with ExitStack() as stack:
        cameras = stack.enter_context(FakeCameras().running())
        clips = drawn_clips(tmp_path)
        urls = {one.id: cameras.add(one.id, clips) for one in FILE[:2]}
        real = tuple(replace(one, source=Source(SourceKind.RTSP, urls[one.id])) for one in FILE[:2])
        store = open_store(new_database())
        stack.callback(store.close)
        yield Corner(tmp_path, store, real, SteadyClock())


@pytest.fixture
def nodes(street: Corner) -> Iterator[tuple[Following, Following]]:
    """One that has both cameras and their pictures, and one that came just now."""
    a = street.node("a")
    a.fleet.start()
    street.settled(a)
    wait_for("pictures", lambda: all(map(a.fleet.is_live, a.fleet.watched)) or None)
    b = street.node("b")
    yield a, b
    for one in (a, b):
        one.fleet.stop()


def test_a_camera_is_looked_at_until_its_next_node_has_pictures_of_it(
    street: Corner, nodes: tuple[Following, Following]
) -> None:
    a, b = nodes
    b.fleet.start()
    street.later()
    b.follow()
    (moving,) = b.leases.mine().coming

    def pictures() -> bool | None:
        b.follow()
        return not a.leases.mine().awaited or None

    wait_for("pictures", pictures)
    assert a.fleet.is_live(moving)
    a.follow()
    b.follow()
    assert spread(a, b) == [1, 1]
    assert b.fleet.is_live(moving), "from the first moment on"
    assert b.fleet.watched[moving].capture.counts.connections == 1


def test_a_node_that_gets_no_pictures_is_not_waited_for_for_ever(
    street: Corner, nodes: tuple[Following, Following]
) -> None:
    a, b = nodes  # the other reads no stream
    street.settled(b, a)
    assert spread(a, b) == [2, 0]
    a.awaited_s = 0.0
    street.settled(a, b)
    assert spread(a, b) == [1, 1]


def test_what_is_not_to_come_any_more_is_not_read_any_more(
    street: Corner, nodes: tuple[Following, Following]
) -> None:
    a, b = nodes
    b.fleet.start()
    street.later()
    b.follow()
    (moving,) = b.leases.mine().coming
    a.nodes.leave("b")
    street.settled(a, b)
    assert b.leases.mine().coming == frozenset()
    assert spread(a, b) == [2, 0]
    assert a.fleet.is_live(moving)
