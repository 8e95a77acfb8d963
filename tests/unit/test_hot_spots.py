"""Hot spots are held against how long was looked, and nothing is claimed that chance explains."""

import numpy as np
import pytest

from streetwatch.benchmarks.foresight import measure
from streetwatch.service.foresight.cells import CellKind, cells_of
from streetwatch.service.foresight.chance import (
    differ,
    discoveries,
    dispersion,
    more_than_expected,
    rates,
    share_interval,
)
from streetwatch.service.foresight.exposure import Looked, Seen, Tally, tallies
from streetwatch.service.foresight.hotspots import hot_spots
from streetwatch.zones.place import Place

#: Midnight of a Monday in China, and its day.
MONDAY, DAY = 1_788_105_600.0, 20_696


def cities(rate: np.ndarray, *, hours: np.ndarray, seed: int = 0) -> Tally:
    """Cells with a rate each, looked at for some hours of each hour, 56 days."""
    chance = np.random.default_rng(seed)
    looked = np.broadcast_to(hours[:, None, None], (len(rate), 56, 24)).astype(np.float64)
    return Tally(DAY, chance.poisson(looked * rate[:, None, None]).astype(np.float64), looked)


def test_a_street_with_more_cameras_is_no_hot_spot() -> None:
    rate, cameras = np.full(20, 0.02), np.ones(20)
    cameras[3] = 6.0
    found = hot_spots({"parking": cities(rate, hours=cameras)}, days=28)
    assert found.heats[0].hours > 0
    assert not any(one.is_hot for one in found.heats)
    assert max(found.heats, key=lambda one: one.n).cell == 3


def test_what_is_looked_at_by_two_zones_at_once_is_looked_at_once() -> None:
    looked = Looked(
        ["a", "a"], ["kerb", "path"], np.array([DAY, DAY]), np.full((2, 24), 3600, np.int64)
    )
    seen = Seen(np.array([MONDAY + 3600.0, MONDAY - 1]), ["a", "a"], ["parking", "parking"])
    found = tallies(seen, looked, cell_of={"a": 0}, cells=1, first=DAY, days=1, types=["parking"])[
        "parking"
    ]
    assert found.hours.tolist() == [[[1.0] * 24]]
    assert found.counts.sum() == 1
    assert found.counts[0, 0, 1] == 1
    assert found.weekdays.tolist() == [0]


def test_only_zones_that_look_for_a_type_are_exposure_for_it() -> None:
    looked = Looked(
        ["a", "a"], ["kerb", "path"], np.array([DAY, DAY]), np.array([[3600] * 24, [900] * 24])
    )
    watched = {("a", "kerb"): frozenset({"parking"}), ("a", "path"): frozenset({"vending"})}
    none = Seen(np.zeros(0), [], [])
    found = tallies(
        none, looked, cell_of={"a": 0}, cells=1, first=DAY, days=1,
        types=["vending"], watched=watched,
    )["vending"]  # fmt: skip
    assert found.hours.sum() == 24 * 0.25


def test_a_cell_that_is_looked_at_by_night_is_held_against_nights() -> None:
    rate = np.full((10, 56, 24), 0.05)
    rate[:, :, :6] = 0.2
    hours = np.ones((10, 56, 24))
    hours[0, :, 6:] = 0
    counts = np.random.default_rng(1).poisson(rate * hours).astype(np.float64)
    found = hot_spots({"parking": Tally(DAY, counts, hours)}, days=28)
    assert not any(one.is_hot for one in found.heats)
    night = next(one for one in found.heats if one.cell == 0)
    assert night.expected == pytest.approx(night.n, rel=0.35)


def test_a_hot_cell_and_a_changed_one_are_claimed_and_no_other() -> None:
    both = cities(np.full(20, 0.05), hours=np.ones(20), seed=5)
    counts = both.counts.copy()
    more = np.random.default_rng(6).poisson(0.15, (56, 6))
    counts[7, :, 12:18] += more
    counts[9, 28:] += np.random.default_rng(7).poisson(0.12, (28, 24))
    found = hot_spots({"parking": Tally(DAY, counts, both.hours)}, days=28)
    hot = {one.cell: one for one in found.heats if one.is_hot}
    assert set(hot) == {7, 9}
    assert hot[7].part == "afternoon"
    changed = {one.cell: one.change for one in found.heats if one.change and one.change.q <= 0.025}
    assert set(changed) == {9}
    assert changed[9].ratio == pytest.approx(3.0, rel=0.4)
    assert changed[9].low > 1


def test_nothing_is_said_of_what_nobody_looked_at() -> None:
    both = cities(np.full(4, 0.05), hours=np.array([0.0, 1.0, 1.0, 1.0]))
    found = hot_spots({"parking": both}, days=28)
    assert {one.cell for one in found.heats} == {1, 2, 3}
    assert hot_spots({}, days=28).heats == ()


def test_a_rate_is_drawn_to_the_citys_where_little_was_looked() -> None:
    counts, hours = np.array([100.0, 90.0, 110.0, 1.0]), np.array([1000.0, 1000.0, 1000.0, 1.0])
    middle, low, high = rates(counts, hours, 1.0)
    assert middle[3] < 0.2
    assert low[3] < 0.1 < high[3]
    assert high[0] - low[0] < high[3] - low[3]


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        pytest.param([0.01, 0.04, 0.03], [0.03, 0.04, 0.04], id="three"),
        pytest.param([0.5], [0.5], id="one"),
        pytest.param([], [], id="none"),
        pytest.param([0.9, 0.8], [0.9, 0.9], id="never over one, never falling"),
    ],
)
def test_p_is_adjusted_as_benjamini_and_hochberg_do(p: list[float], adjusted: list[float]) -> None:
    assert discoveries(np.array(p, np.float64)).tolist() == pytest.approx(adjusted)


def test_tails_are_those_of_the_textbook() -> None:
    from scipy.stats import betabinom, binomtest, nbinom, poisson  # noqa: PLC0415

    few = more_than_expected(np.array([7.0]), np.array([3.0]), 1.0)
    assert few[0] == pytest.approx(poisson.sf(6, 3.0), rel=0.01)
    spread = more_than_expected(np.array([7.0]), np.array([3.0]), 2.0)
    assert spread[0] == pytest.approx(nbinom.sf(6, 3.0, 0.5))
    later, earlier = np.array([9.0, 0.0, 2.0, 40.0]), np.array([3.0, 0.0, 8.0, 38.0])
    mean = np.array([4.0, 1.0, 6.5, 30.0]), np.array([4.0, 2.0, 5.0, 31.0])
    exact = [
        min(1.0, 2 * min(one.cdf(hits), one.sf(hits - 1)))
        for hits, rest, a, b in zip(later, earlier, *mean, strict=True)
        for one in [betabinom(hits + rest, a, b)]
    ]
    assert differ(later, earlier, mean, 2.0) == pytest.approx(exact)
    low, high = share_interval(np.array([3.0]), np.array([10.0]))
    limits = binomtest(3, 10).proportion_ci(method="exact")
    assert (low[0], high[0]) == pytest.approx((limits.low, limits.high))


def test_where_nothing_happened_anywhere_a_rate_is_below_what_its_hours_allow() -> None:
    middle, low, high = rates(np.zeros(2), np.array([100.0, 10.0]), 1.0)
    assert (middle.tolist(), low.tolist()) == ([0.0, 0.0], [0.0, 0.0])
    assert high == pytest.approx([0.0369, 0.369], rel=1e-3)  # Garwood's limit of none, an hour


def test_days_that_differ_by_chance_alone_have_no_spread() -> None:
    chance = np.random.default_rng(2)
    mean = np.full((40, 40), 4.0)
    assert dispersion(chance.poisson(mean).astype(float), mean) < 1.2
    moody = chance.poisson(mean * chance.gamma(2.0, 0.5, mean.shape)).astype(float)
    assert 2.5 < dispersion(moody, mean) < 4.0


def test_cells_are_grids_or_hexagons() -> None:
    here = Place(121.47, 31.23, grid_code="310101001001001")
    near = Place(121.4698, 31.2301, grid_code="310101001001001")
    grids = cells_of([here, near, Place(121.5, 31.2)], CellKind.GRID)
    assert list(grids) == ["310101001001001"]
    assert grids["310101001001001"].lon == pytest.approx(121.4699)
    hexagons = cells_of([here, near, Place(121.5, 31.2)], CellKind.HEXAGON)
    assert len(hexagons) == 2
    assert all(len(cell.ring) == 7 for cell in hexagons.values())


def test_planted_hot_spots_are_found_and_none_where_nothing_is_planted() -> None:
    found = measure("hot_spot", seeds=range(1), cameras=24, on_city=lambda: None)
    assert float(str(found["hot_spots_recall"])) >= 0.5
    nothing = measure("nothing", seeds=range(1), cameras=24, on_city=lambda: None)
    assert nothing["hot_spots_cities_with_a_false_claim"] == 0
