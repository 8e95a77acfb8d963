"""Crowds: what a zone usually has, and when it is filling beyond that."""

from datetime import date

import numpy as np
import pytest

from streetwatch.benchmarks.crowds import tried
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.people import SLOT_S as CITY_SLOT_S
from streetwatch.datasets.city.people import market_days
from streetwatch.datasets.city.plan import Plan
from streetwatch.service.foresight.crowd_baseline import (
    SLOT_S,
    Baseline,
    Source,
    baseline,
    hour_of_week,
)
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.foresight.crowds import OVER, Slot, filling, is_over
from streetwatch.service.foresight.exposure import Array
from streetwatch.service.foresight.occupancy import occupancy

MONDAY = 1_772_380_800.0  # 2026-03-02, midnight in China
DAY_S, HOUR_S = 86_400.0, 3600.0
FRIDAY_AT_SIX = MONDAY + 28 * DAY_S + 4 * DAY_S + 18 * HOUR_S


def _weeks(count: int, *, market: bool = False) -> tuple[Array, Array]:
    """Return four people at all hours, and forty on Fridays from six to eight where asked."""
    at = np.asarray(MONDAY + np.arange(int(count * 7 * DAY_S / SLOT_S)) * SLOT_S, np.float64)
    hours = np.array([hour_of_week(one) for one in at.tolist()])
    is_market = np.isin(hours, (4 * 24 + 18, 4 * 24 + 19)) & market
    return at, np.where(is_market, 40.0, 4.0)


def _slots(*people: float, end: float = FRIDAY_AT_SIX) -> tuple[Slot, ...]:
    return tuple(
        Slot(end - (len(people) - number) * SLOT_S, each) for number, each in enumerate(people)
    )


QUIET, MARKET = baseline(*_weeks(4)), baseline(*_weeks(4, market=True))


def test_one_crowd_does_not_become_what_is_usual() -> None:
    at, people = _weeks(4)
    people[(at >= MONDAY + 18 * HOUR_S) & (at < MONDAY + 20 * HOUR_S)] = 200.0
    known = baseline(at, people)
    assert known.median.tolist() == [4.0] * 168
    assert set(known.sources) == {Source.WEEK}
    assert known.n.tolist() == [4] * 168
    assert known.crowd == QUIET.crowd


@pytest.mark.parametrize(
    ("days", "source"),
    [(21, Source.WEEK), (14, Source.DAY), (5, Source.DAY), (4, None), (0, None)],
)
def test_what_is_usual_says_by_what_it_is_known(days: int, source: Source | None) -> None:
    at, people = _weeks(4)
    some = at < MONDAY + days * DAY_S
    known = baseline(at[some], people[some])
    assert known.sources[0] is source
    assert np.isnan(known.median[0]) == (source is None)
    assert (known.crowd is None) == (source is None)


def test_counts_that_spread_more_leave_more_room() -> None:
    chance = np.random.default_rng(1)
    at, _ = _weeks(4)
    even = baseline(at, chance.poisson(6.0, len(at)).astype(float))
    spread = baseline(at, chance.negative_binomial(2.0, 0.25, len(at)).astype(float))
    assert 1.0 <= even.spread < 1.3 < spread.spread
    assert spread.high[0] > even.high[0]
    assert spread.crowd is not None
    assert even.crowd is not None
    assert spread.crowd > even.crowd


@pytest.mark.parametrize(
    ("people", "known", "level", "is_warned"),
    [
        pytest.param((14, 22, 30), QUIET, None, True, id="it fills far beyond what is usual"),
        pytest.param((4, 4, 30), QUIET, None, False, id="one slot is chance"),
        pytest.param((4, 9, 14), QUIET, None, False, id="one slot of so many is chance"),
        pytest.param((5, 6, 7), QUIET, None, False, id="it fills, and stays within what is usual"),
        pytest.param((14, 22), QUIET, None, False, id="two slots are no rise"),
        pytest.param((30, 36, 42), QUIET, 100.0, False, id="its level is far"),
        pytest.param((30, 40, 50, 62, 70, 80), QUIET, 100.0, True, id="it heads to its level"),
        pytest.param((12, 11, 12, 11, 12, 15), QUIET, 17.0, False, id="it goes up by chance"),
        pytest.param((18, 19, 17, 18, 19, 18), QUIET, 17.0, True, id="it is there, and stays"),
        pytest.param((5, 7, 9), baseline(*_weeks(0)), None, False, id="nothing is known"),
        pytest.param(
            (1, 2, 2, 7, 8, 9), baseline(*_weeks(0)), 10.0, True, id="nothing but its level is"
        ),
        pytest.param((4, 7, 8), MARKET, None, True, id="the market comes as every week"),
        pytest.param((4, 4, 4), MARKET, None, False, id="nobody comes to the market"),
    ],
)
def test_a_warning_comes_while_a_zone_fills(
    people: tuple[float, ...], known: Baseline, level: float | None, *, is_warned: bool
) -> None:
    assert (filling(_slots(*people), known, level) is not None) == is_warned


def test_a_warning_says_whether_it_is_so_every_week() -> None:
    market, rise = filling(_slots(4, 7, 8), MARKET), filling(_slots(4, 4, 4, 14, 22, 30), QUIET)
    assert market is not None
    assert rise is not None
    assert (market.is_usual, market.heads_to, market.usual) == (True, 40.0, 4.0)
    assert (rise.is_usual, rise.heads_to, rise.usual) == (False, 30 + 16 * 1.5, 4.0)
    assert rise.at == FRIDAY_AT_SIX


def test_a_gap_in_what_was_seen_is_no_rise() -> None:
    first, *rest = _slots(14, 22, 30)
    assert filling((Slot(first.at - HOUR_S, 14), *rest), QUIET) is None


@pytest.mark.parametrize(
    ("people", "later_s", "is_gone"),
    [
        pytest.param((20, 4, 4, 4), 0.0, True, id="few people for half an hour"),
        pytest.param((20, 4, 12, 4), 0.0, False, id="they come back"),
        pytest.param((4, 4), 0.0, False, id="not looked at for long enough"),
        pytest.param((20, 20, 20), 4 * HOUR_S, True, id="nobody has looked for hours"),
    ],
)
def test_a_crowd_is_over_when_half_of_it_stays_away(
    people: tuple[float, ...], later_s: float, *, is_gone: bool
) -> None:
    assert OVER == 3
    assert is_over(_slots(*people), 20.0, FRIDAY_AT_SIX + later_s) == is_gone


def test_crowds_that_are_planted_are_warned_of_before_their_peak() -> None:
    found = tried(1, "market", cameras=16)
    assert found.crowds == 8
    assert len(found.leads) == 8
    assert min(found.leads) >= 20 * 60
    assert found.late == 0


def test_a_back_test_counts_in_the_slots_of_the_service() -> None:
    assert CITY_SLOT_S == SLOT_S
    city = City(Plan(1, date(2026, 3, 2), 14, 1, 4))
    assert market_days(city.plan, 7) == (12, 13)


def test_the_nearest_level_counts() -> None:
    levels = Levels({"*/*": 30.0, "*/square": 20.0, "gate/*": 12.0, "gate/square": 0.0})
    places = (("gate", "square"), ("gate", "road"), ("quay", "square"), ("quay", "road"))
    assert [levels.of(*one) for one in places] == [0.0, 12.0, 20.0, 30.0]
    assert Levels().of("gate", "square") is None


def test_a_place_is_occupied_for_a_share_of_the_looks_by_weekday_and_hour() -> None:
    at = np.array([MONDAY + 19 * HOUR_S + week * 7 * DAY_S for week in range(4)])
    looks, stalls = np.array([10, 10, 20, 20]), np.array([10, 40, 0, 30])
    whole, hour = occupancy(at, looks, stalls, np.array([10, 10, 0, 10]))
    assert (whole.hour, hour.hour) == (None, 19)
    assert (hour.looks, hour.days, hour.share, hour.stalls) == (60, 4, 0.5, 80 / 60)
    assert hour.low < 0.2
    assert hour.high > 0.8
    assert not list(occupancy(at[:0], looks[:0], stalls[:0], stalls[:0]))


def test_the_hour_of_the_week_is_china_s() -> None:
    assert hour_of_week(MONDAY) == 0
    assert hour_of_week(FRIDAY_AT_SIX) == 4 * 24 + 18
