"""Two nodes in one process follow their leases on real databases; no camera gives pictures."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import numpy as np
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from http_parts import serving
from nodes_by_hand import CLOCK, FILE, LEASE_S, Corner, look, spread
from streetwatch.service.between.asking import Asking
from streetwatch.service.between.badge import HEADER, Badges
from streetwatch.service.between.neighbours import Neighbours, SharedLooks
from streetwatch.service.between.node_router import node_router
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.errors import WatchedElsewhereError
from streetwatch.service.runtime.following import Following
from streetwatch.service.runtime.live import LiveView
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.settings_file import load_settings
from streetwatch.service.sharing import first_of
from streetwatch.service.store.cluster_schema import lease
from streetwatch.service.store.leases import LeaseLostError
from streetwatch.service.store.node_status import unowned
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from waiting import PATIENCE_S


@pytest.fixture
def corner(new_database: Callable[..., str], tmp_path: Path) -> Iterator[Corner]:
    store = open_store(new_database())
    yield Corner(tmp_path, store)
    store.close()


def test_one_node_watches_all_and_shares_with_one_that_comes(corner: Corner) -> None:
    a = corner.node("a")
    a.follow()
    assert spread(a) == [4]
    b = corner.node("b")
    corner.settled(a, b)
    assert spread(a, b) == [2, 2]
    assert a.fleet.watched.keys().isdisjoint(b.fleet.watched)


def test_what_a_silent_node_had_is_watched_by_another_and_it_can_write_no_more(
    corner: Corner,
) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    name = next(iter(a.fleet.watched))
    corner.later("a", seconds=LEASE_S + 1)
    b.follow()
    assert spread(b) == [4]
    with pytest.raises(LeaseLostError):
        look(a, name, CLOCK)
    look(b, name, CLOCK)
    a.heard()
    a.follow()
    assert a.fleet.watched == {}, "it lets go of what it has lost"
    corner.settled(a, b)
    assert spread(a, b) == [2, 2], "and is given cameras anew"


def test_a_node_that_has_just_come_back_judges_nobody_dead(corner: Corner) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    before = {name: one.lease for name, one in a.fleet.watched.items()}
    corner.later("a", "b", seconds=2 * LEASE_S)  # the database was away
    a.follow()
    assert {name: one.lease for name, one in a.fleet.watched.items()} == before, "they go on"
    b.heard()
    b.follow()
    assert spread(a, b) == [2, 2]
    a.heard()
    corner.settled(a, b)
    assert spread(a, b) == [2, 2]


def test_a_node_that_ends_leaves_its_cameras_and_what_stood_on_them(corner: Corner) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    name = next(iter(a.fleet.watched))
    for at in (CLOCK, CLOCK + 1):  # of the second nothing is written yet: the street is empty
        look(a, name, at)
    a.drain(timeout_s=10.0)
    b.follow()
    assert spread(a, b) == [0, 4]  # before it is gone
    a.end(timeout_s=2.0)
    assert b.fleet.watched[name].watch.presence.last_look == CLOCK + 1


def test_a_node_that_is_told_to_leave_gives_its_cameras_away_and_may_come_back(
    corner: Corner,
) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    assert b.nodes.leave("a")
    corner.settled(a, b)
    assert spread(a, b) == [0, 4]
    assert b.nodes.leave("a", is_leaving=False)
    corner.settled(a, b)
    assert spread(a, b) == [2, 2]


def test_of_two_processes_with_one_name_the_older_watches_nothing(corner: Corner) -> None:
    older = corner.node("a")
    older.follow()
    newer = corner.node("a")
    older.heard()
    older.follow()
    assert older.is_usurped
    assert older.fleet.watched == {}
    newer.heard()
    corner.settled(newer)
    assert spread(newer) == [4]


def test_a_camera_that_another_process_has_made_or_removed_reaches_its_owner(
    corner: Corner,
) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    a.catalogue.add(
        {"id": "new", "source": {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/y"}}, by="li"
    )
    name = next(iter(b.fleet.watched))
    a.catalogue.remove(name, by="li")
    corner.settled(b, a)
    assert sorted([*a.fleet.watched, *b.fleet.watched]) == sorted(
        {"c1", "c2", "c3", "c4", "new"} - {name}
    )


def test_other_zones_reach_a_camera_that_goes_on_under_its_lease(corner: Corner) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    name, before = next(iter(b.fleet.watched.items()))
    source: CameraDocument = {"kind": "rtsp", "url": before.camera.source.url}
    a.catalogue.put({"id": name, "name": "renamed", "source": source}, by="li")
    b.follow()
    after = b.fleet.watched[name]
    assert (after.camera.name, after.lease) == ("renamed", before.lease)


def test_what_cameras_cost_is_what_they_are_placed_by(corner: Corner) -> None:
    a = corner.node("a")
    a.follow()
    with corner.store.engine.begin() as connection:
        dear = sa.update(lease).where(lease.c.camera_id == "c1").values(cost=0.06)
        connection.execute(dear)
    b = corner.node("b")
    corner.settled(a, b)
    alone = a if "c1" in a.fleet.watched else b
    assert spread(alone) == [1], "0.06 on one, three of 0.02 on the other"


def test_what_no_node_has_room_for_is_nobodys_until_another_comes(corner: Corner) -> None:
    a = corner.node("a", most=3)
    corner.settled(a)
    assert spread(a) == [3]
    whole, ids = a.nodes.whole(), [one.id for one in FILE]
    assert len(unowned(whole, ids)) == 1
    b = corner.node("b")
    corner.settled(a, b)
    assert sum(spread(a, b)) == 4


def test_whoever_asks_the_wrong_node_for_a_picture_is_told_so(corner: Corner) -> None:
    a, b = corner.node("a"), corner.node("b")
    corner.settled(a, b)
    live = LiveView(a.catalogue, a.fleet, lambda: CLOCK)
    here, elsewhere = next(iter(a.fleet.watched)), next(iter(b.fleet.watched))
    assert live.picture(here) is None, "it gives no pictures"
    with pytest.raises(WatchedElsewhereError, match=elsewhere):
        live.picture(elsewhere)
    assert [one.id for one in live.cameras()] == sorted(a.fleet.watched)


@contextmanager
def neighbouring(corner: Corner) -> Iterator[tuple[Following, Following, Neighbours]]:
    """Two nodes with two cameras each, and what the first knows of the second's over HTTP."""
    app, badges = FastAPI(), Badges("of this city")
    with serving(app) as url:
        a, b = corner.node("a"), corner.node("b", address=url)
        corner.settled(a, b)
        looks = LooksLog(corner.folder / "b" / "looks", keep_s=1e9, keep_bytes=10**9)
        looks.add(next(iter(b.fleet.watched)), Look(CLOCK, (640, 360), Detections.empty()))
        own = LiveView(b.catalogue, b.fleet, lambda: CLOCK)
        app.include_router(node_router(own, looks, badges, lambda: CLOCK))
        asking = Asking(badges, lambda: CLOCK)
        try:
            yield a, b, Neighbours(a.nodes, "a", asking, clock=count(step=10).__next__)
        finally:
            asking.close()


def test_each_node_shows_what_the_others_watch(corner: Corner) -> None:
    with neighbouring(corner) as (a, b, neighbours):
        live = LiveView(a.catalogue, a.fleet, lambda: CLOCK).beside(neighbours)
        elsewhere = next(iter(b.fleet.watched))
        assert [one.id for one in live.cameras()] == [one.id for one in FILE]
        assert live.picture(elsewhere) is None, "it gives no pictures yet"
        grey = np.full((360, 640, 3), 90, np.uint8)
        b.fleet.watched[elsewhere].recorder.pictures.show(Frame(elsewhere, 1, CLOCK, Pixels(grey)))
        picture = live.picture(elsewhere)
        assert picture == LiveView(b.catalogue, b.fleet, lambda: CLOCK).picture(elsewhere)
        assert live.camera(elsewhere).size == (640, 360)
        corner.later("b", seconds=LEASE_S + 1)
        assert {one.id for one in live.cameras()} == set(a.fleet.watched)
        with pytest.raises(WatchedElsewhereError):
            live.picture(elsewhere)


def test_a_dry_run_has_the_looks_of_all_nodes_in_their_order(corner: Corner) -> None:
    with neighbouring(corner) as (_, b, neighbours):
        own = LooksLog(corner.folder / "a" / "looks", keep_s=1e9, keep_bytes=10**9)
        moved = next(iter(b.fleet.watched))
        for at in (CLOCK - 1, CLOCK + 1):
            own.add(moved, Look(at, (640, 360), Detections.empty()))
        lines = SharedLooks(own, neighbours).lines(moved, since=0.0)
        assert [json.loads(line)["at"] for line in lines] == [CLOCK - 1, CLOCK, CLOCK + 1]


@pytest.mark.parametrize("path", ["/node/live", "/node/live/c1.jpg", "/node/looks/c1?since=0"])
def test_a_node_tells_nobody_but_nodes(corner: Corner, path: str) -> None:
    with neighbouring(corner) as (_, b, _):
        shown = Badges("of another city").made("GET", path, CLOCK)
        for headers in ({}, {HEADER: shown}):
            assert (
                httpx.get(
                    f"{b.myself.address}{path}", headers=headers, timeout=PATIENCE_S
                ).status_code
                == 401
            )


def test_what_is_to_be_done_once_a_day_is_done_by_one_node(corner: Corner, tmp_path: Path) -> None:
    (tmp_path / "streetwatch.yaml").write_text("{}")

    def first(name: str) -> bool:
        environ = {"STREETWATCH_NODE__ID": name} if name else {}
        settings = load_settings(tmp_path / "streetwatch.yaml", environ=environ)
        return first_of(settings, corner.store)()

    assert first("a"), "nobody else lives"
    corner.node("a")
    corner.node("b")
    assert [first("a"), first("b"), first("")] == [True, False, True]
    corner.later("a", seconds=LEASE_S + 1)
    assert first("b")
