"""How long each zone was looked at is kept, and a simulated city fills a store."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from streetwatch.benchmarks.city_store import fill_with
from streetwatch.datasets.city.ground import cameras_yaml
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.plan import Plan
from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.desk.foresight.campaigns import Campaigns
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.runtime.hot_hours import LEAST, HotHours
from streetwatch.service.runtime.looked_hours import LookedHours
from streetwatch.service.store.crowds import crowds_between
from streetwatch.service.store.happened import happened, told
from streetwatch.service.store.looked import day_of, forget_looked, hour_of, looked_days
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.transactions import writing
from streetwatch.service.store.zone_counts import slots_of
from streetwatch.zones.schedule import Schedule, Window

CITY = City(Plan(seed=3, first=date(2026, 9, 1), days=2, districts=1, cameras=4))
NOON = CITY.plan.start + 12 * 3600.0
TODAY = day_of(NOON)


@pytest.fixture
def store(new_database: Callable[..., str]) -> SqlStore:
    return open_store(new_database())


@pytest.fixture
def cameras(tmp_path: Path) -> tuple[Camera, ...]:
    path = tmp_path / "cameras.yaml"
    path.write_text(cameras_yaml(CITY.ground), encoding="utf-8")
    return load_cameras(path, environ={})


def test_looks_add_up_over_writes_and_an_outage_adds_nothing(
    store: SqlStore, cameras: tuple[Camera, ...]
) -> None:
    looked = LookedHours(store.engine, lambda: cameras)
    for second in (0, 10, 20, 60, 70):
        looked.add("cam-00001", NOON + second)
    looked.write()
    looked.add("cam-00001", NOON + 80)
    looked.write()
    found = looked_days(store.engine, first=TODAY, last=TODAY)
    assert found.cameras == ("cam-00001", "cam-00001")
    assert sorted(found.zones) == ["carriageway", "pavement"]
    assert found.seconds[:, 12].tolist() == [40, 40]
    assert found.seconds.sum() == 80
    store.close()


def test_a_zone_whose_rules_do_not_apply_is_not_looked_at(
    store: SqlStore, cameras: tuple[Camera, ...]
) -> None:
    night = Schedule((Window(frozenset(range(7)), 20 * 60, 6 * 60),))
    road, pavement = cameras[0].zones
    rules = tuple(replace(rule, schedule=night) for rule in road.rules)
    camera = replace(cameras[0], zones=(replace(road, rules=rules), pavement))
    looked = LookedHours(store.engine, lambda: [camera])
    for second in (0, 10):
        looked.add(camera.id, NOON + second)
    looked.write()
    assert looked_days(store.engine, first=TODAY, last=TODAY).zones == ("pavement",)
    store.close()


def test_days_that_are_over_long_enough_are_forgotten(
    store: SqlStore, cameras: tuple[Camera, ...]
) -> None:
    looked = LookedHours(store.engine, lambda: cameras)
    for second in (0, 10, 86_400, 86_410):
        looked.add("cam-00001", NOON + second)
    looked.write()
    with writing(store.engine) as connection:
        assert forget_looked(connection, before=NOON + 86_400) == 2
    left = looked_days(store.engine, first=TODAY, last=TODAY + 9)
    assert left.days.tolist() == [TODAY + 1, TODAY + 1]
    store.close()


def test_a_city_fills_a_store_once(store: SqlStore) -> None:
    count = fill_with(store.engine, CITY, on_day=lambda _: None)
    start, end = CITY.plan.start, CITY.plan.start + 3 * 86_400
    found = happened(store.engine, start=start, end=end)
    assert len(found.at) == count > 0
    assert set(found.cameras) <= {post.id for post in CITY.ground.posts}
    complaints = told(store.engine, start=start, end=end)
    assert len(complaints.at) == sum(len(day.complaints) for day in CITY.days())
    assert all(complaints.grids)
    looked = looked_days(store.engine, first=TODAY, last=TODAY)
    assert looked.seconds.sum() == 2 * CITY.day(0).looked_s.sum()
    with pytest.raises(InputError, match="holds incidents already"):
        fill_with(store.engine, CITY, on_day=lambda _: None)
    store.close()


def test_a_camera_is_hot_in_the_hours_in_which_it_finds_most(store: SqlStore) -> None:
    city = City(Plan(7, date(2026, 3, 2), 28, 1, 12))
    fill_with(store.engine, city, on_day=lambda _: None)
    end = city.plan.start + 28 * 86_400
    hot = HotHours(store.engine, lambda: range(12), clock=lambda: end)
    posts = [post.id for post in city.ground.posts]
    hours = [end + 3600.0 * hour for hour in range(24)]
    assert not any(hot(camera, at) for camera in posts for at in hours), "nothing is read yet"
    hot.read()
    found = happened(store.engine, start=city.plan.start, end=end)
    for at in hours:
        of_hour = [
            one
            for one, then in zip(found.cameras, found.at, strict=True)
            if hour_of(then) == hour_of(at)
        ]
        often = [many for _, many in Counter(of_hour).most_common(1) if many >= LEAST]
        assert [Counter(of_hour)[camera] for camera in posts if hot(camera, at)] == often
    store.close()


def test_a_simulated_market_has_its_people_stalls_and_crowds_in_the_store(
    store: SqlStore,
) -> None:
    city = City(Plan(7, date(2026, 3, 2), 14, 1, 12))
    fill_with(store.engine, city, on_day=lambda _: None)
    start, end = city.plan.start, city.plan.start + 14 * 86_400
    (market,) = city.planted.crowds
    counts = slots_of(store.engine, start=start, end=end, cameras=[market], zone="market")
    assert counts.of("stalled").sum() > 0
    assert counts.people.max() >= 20
    warned = crowds_between(store.engine, start=start, end=end, limit=100)
    assert {(one.camera_id, one.zone_id) for one in warned} == {(market, "market")}
    assert all(one.ended_at is not None for one in warned)
    assert len(Campaigns(store.engine).all()) == len(city.planted.campaigns)
    store.close()


def test_what_happened_is_read_from_an_index_alone() -> None:
    store = open_store("sqlite://")
    asked: list[tuple[str, tuple[Any, ...]]] = []
    sa.event.listen(
        store.engine, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])), named=False
    )
    happened(store.engine, start=1.0, end=2.0)
    statement, values = asked[-1]
    with store.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "COVERING INDEX ix_incident_happened" in str(plan)
    store.close()
