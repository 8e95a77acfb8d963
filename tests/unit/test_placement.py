"""Which node has which camera: even, near, and with few moves."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.placement.place import LEAST, MOST, Load, Place, fullness, placed


def city(cameras: int, seed: int = 1, areas: int = 16) -> list[Load]:
    """Cameras of different costs, from a quiet lane to a market in 4K."""
    dice = Random(seed)  # noqa: S311 -- a test's
    return [
        Load(
            f"camera-{number}", dice.choice([0.01, 0.02, 0.03, 0.05, 0.08]), f"{number % areas:06}"
        )
        for number in range(cameras)
    ]


def settled(loads: list[Load], places: list[Place]) -> list[Load]:
    """The cameras where they are after a round."""
    where = placed(loads, places)
    return [replace(one, on=where[one.camera_id]) for one in loads]


def moves(before: list[Load], after: list[Load]) -> int:
    return sum(one.on != other.on for one, other in zip(before, after, strict=True))


NODES = [Place(f"node-{number:02}") for number in range(8)]


def test_every_camera_has_one_node_and_all_have_their_share() -> None:
    after = settled(city(400), NODES)
    assert {one.on for one in after} == {one.id for one in NODES}
    full = fullness(after, NODES)
    assert max(full.values()) <= MOST
    assert min(full.values()) >= LEAST


def test_a_node_twice_as_strong_has_twice_as_much() -> None:
    places = [Place("small", 4.0), Place("large", 8.0)]
    after = settled(city(300), places)
    cost = {name: sum(one.cost for one in after if one.on == name) for name in ("small", "large")}
    assert cost["large"] == pytest.approx(2 * cost["small"], rel=0.05)


def test_what_is_placed_well_is_left_where_it_is() -> None:
    once = settled(city(400), NODES)
    assert moves(once, settled(once, NODES)) == 0


def test_when_a_node_dies_only_its_cameras_move() -> None:
    before = settled(city(400), NODES)
    after = settled(before, NODES[1:])
    moved = [one for one, other in zip(before, after, strict=True) if one.on != other.on]
    assert {one.on for one in moved} == {NODES[0].id}
    assert max(fullness(after, NODES[1:]).values()) <= MOST


def test_a_node_that_joins_is_given_its_share_and_no_camera_moves_between_the_others() -> None:
    before = settled(city(400), NODES[1:])
    after = settled(before, NODES)
    moved = [other for one, other in zip(before, after, strict=True) if one.on != other.on]
    assert {one.on for one in moved} == {NODES[0].id}
    assert fullness(after, NODES)[NODES[0].id] >= LEAST
    assert len(moved) <= 400 / len(NODES) * 1.3


def test_cameras_stand_near_their_streets() -> None:
    places = [Place(f"node-{number}", tags=(f"{number:06}",)) for number in range(4)]
    after = settled(city(400, areas=4), places)
    near = sum(one.on == f"node-{int(one.area)}" for one in after)
    assert near >= 0.9 * 400


def test_a_camera_comes_home_when_its_node_is_back_and_the_balance_holds() -> None:
    places = [Place("north", tags=("1",)), Place("south", tags=("2",))]
    loads = [Load(f"n{number}", 1.0, "1", on="north") for number in range(10)]
    loads += [Load(f"s{number}", 1.0, "2", on="south") for number in range(9)]
    loads += [Load("astray", 1.0, "2", on="north")]
    assert placed(loads, places)["astray"] == "south"


def test_one_camera_dearer_than_a_share_is_not_moved_for_ever() -> None:
    places = NODES[:3]
    loads = settled([Load("giant", 10.0), Load("a", 0.1), Load("b", 0.1)], places)
    assert moves(loads, settled(loads, places)) == 0
    assert len({one.on for one in loads}) == 3


@pytest.mark.parametrize(
    ("loads", "places"),
    [
        pytest.param([], NODES, id="no cameras"),
        pytest.param(city(3), [], id="no nodes"),
    ],
)
def test_nothing_to_place_is_no_plan(loads: list[Load], places: list[Place]) -> None:
    assert placed(loads, places) == {}


@given(
    st.lists(st.floats(0.001, 10.0), min_size=1, max_size=60),
    st.lists(st.floats(0.5, 16.0), min_size=1, max_size=6),
    st.integers(0, 2**16),
)
def test_whatever_was_before_a_plan_is_whole_and_settles(
    costs: list[float], capacities: list[float], seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 -- a test's
    places = [Place(f"node-{row}", capacity) for row, capacity in enumerate(capacities)]
    on = [one.id for one in places] + [None, "dead"]
    loads = [Load(f"c{row}", cost, on=dice.choice(on)) for row, cost in enumerate(costs)]
    for _ in range(3):
        loads = settled(loads, places)
    assert moves(loads, settled(loads, places)) == 0
    assert {one.on for one in loads} <= {one.id for one in places}


def test_a_node_takes_no_more_than_it_says_and_the_rest_is_nobodys_until_another_comes() -> None:
    places = [replace(one, most=10) for one in NODES]
    first = placed(city(50), places[:1])
    assert len(first) == 10
    later = [replace(one, on=first.get(one.camera_id)) for one in city(50)]
    assert len(placed(later, places)) == 50


def test_no_node_of_a_city_has_a_tenth_more_than_its_share() -> None:
    places = [Place(f"node-{number:02}", tags=(f"{number % 16:06}",)) for number in range(60)]
    assert max(fullness(settled(city(3000), places), places).values()) <= MOST
