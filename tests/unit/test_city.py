"""A simulated city repeats with its seed, and what is planted in it is there."""

from dataclasses import replace
from datetime import date
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest
import yaml

from streetwatch.datasets.city.ground import KINDS, cameras_yaml
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.people import people_of
from streetwatch.datasets.city.plan import Plan, Plant
from streetwatch.datasets.city.stream import stream
from streetwatch.datasets.city.writing import write_city
from streetwatch.datasets.simulate import SIZE
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.service.foresight.frontage import Event, by_front
from streetwatch.vision.types import Box, Size

PLAN = Plan(seed=3, first=date(2026, 9, 1), days=8, districts=2, cameras=12)
NOTHING = replace(PLAN, plants=frozenset())


def test_one_plan_gives_the_same_city() -> None:
    one, same, other = City(PLAN).day(5), City(PLAN).day(5), City(replace(PLAN, seed=4)).day(5)
    assert one.violations == same.violations
    assert (one.looked_s == same.looked_s).all()
    assert one.violations != other.violations


def test_a_hot_spot_has_its_factor_more_in_its_hours() -> None:
    city = City(replace(PLAN, days=60, a_day=60.0, plants=frozenset({Plant.HOT_SPOT})))
    plain = City(replace(city.plan, plants=frozenset()))
    spot = city.planted.effects[0]

    def count(which: City) -> int:
        return sum(
            one.grid == spot.grid
            and one.kind == spot.kind
            and spot.hours[0] <= (one.start + 8 * 3600) % 86_400 / 3600 < spot.hours[1]
            for day in which.days()
            for one in day.violations
        )

    assert 3.0 < count(city) / count(plain) < 5.0


def test_a_blind_grid_has_complaints_and_no_camera() -> None:
    city = City(replace(PLAN, days=20, a_day=20.0))
    blind = {block.code for block in city.ground.blind}
    assert blind
    assert blind.isdisjoint(post.block.code for post in city.ground.posts)
    assert blind <= {one.grid for day in city.days() for one in day.complaints}


def test_without_plants_every_grid_has_a_camera_and_nothing_is_true_of_it() -> None:
    city = City(NOTHING)
    grids = {block.code for block in city.ground.blocks}
    assert grids == {post.block.code for post in city.ground.posts}
    assert not any(city.planted.truth(NOTHING, city.ground).values())


def test_nothing_is_seen_while_a_camera_is_away() -> None:
    for day in City(PLAN).days():
        rows = {post.id: row for row, post in enumerate(City(PLAN).ground.posts)}
        hours = [
            int((one.start + 8 * 3600) % 86_400 // 3600) for one in day.violations if one.is_seen
        ]
        cameras = [one.camera for one in day.violations if one.is_seen]
        assert all(
            day.looked_s[rows[camera], hour]
            for camera, hour in zip(cameras, hours, strict=True)
            if camera
        )


def test_a_crowded_street_fills_on_a_market_day() -> None:
    city = City(PLAN)
    crowded = [row for row, post in enumerate(city.ground.posts) if post.id in city.planted.crowds]
    saturday, tuesday = people_of(city, 4), people_of(city, 0)
    assert (saturday[crowded].max(axis=1) > 2 * tuesday[crowded].max(axis=1)).all()


def test_what_stands_before_a_camera_is_in_its_looks() -> None:
    city = City(replace(NOTHING, days=1, a_day=30.0))
    day = city.day(0)
    one = next(each for each in day.violations if each.is_seen)
    assert one.camera is not None
    looks = takewhile(lambda look: look.at <= one.end, stream(city, one.camera))
    beside = [
        KINDS[one.kind].label in look.detections.labels for look in looks if look.at > one.start
    ]
    assert len(beside) > 10
    assert np.mean(beside) > 0.6


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        pytest.param("exposed_garbage", ["shop-1", "shop-2", None], id="garbage"),
        pytest.param("street_vending", [None, None, None], id="vendors stand away from the fronts"),
        pytest.param("illegal_parking_motor", [None, None, None], id="cars stand on the road"),
    ],
)
def test_garbage_lies_before_one_shop_or_the_other_or_none(
    kind: str, before: list[str | None]
) -> None:
    ground = City(PLAN).ground
    shops = {
        one["id"]: {
            zone["id"]: tuple(map(tuple, zone["polygon"]))
            for zone in one["zones"]
            if zone["kind"] == "shopfront"
        }
        for one in yaml.safe_load(cameras_yaml(ground))["cameras"]
    }
    assert [camera for camera, fronts in shops.items() if fronts] == list(ground.shops)
    of = next(one for one in KINDS if one.type == kind)
    events = [
        Event(str(place), kind, 0.0, 0.0, pixels(of.beside(place), SIZE)) for place in range(3)
    ]
    found = by_front(shops[ground.shops[0]], events, SIZE)
    fronts = {one.number: front for front, there in found.items() for one in there}
    assert [fronts.get(str(place)) for place in range(3)] == before


def pixels(box: Box, size: Size) -> Box:
    (x1, y1, x2, y2), (width, height) = box, size
    return x1 * width, y1 * height, x2 * width, y2 * height


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"days": 0}, "days 0: write 1 to 3660", id="no days"),
        pytest.param({"cameras": 5}, "cameras 5: write 8 to 20000", id="too few cameras"),
        pytest.param({"a_day": 0.0}, "a-day 0: write how many", id="nothing happens"),
        pytest.param({"districts": 100}, "districts 100: write 1 to 99", id="too many districts"),
    ],
)
def test_a_plan_of_no_city_is_refused(wrong: dict[str, float], says: str) -> None:
    with pytest.raises(DatasetError, match=says):
        replace(PLAN, **wrong)  # type: ignore[arg-type]


def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(DatasetError, match="is not empty: name a new folder"):
        write_city(City(PLAN), tmp_path, on_day=lambda _: None)
