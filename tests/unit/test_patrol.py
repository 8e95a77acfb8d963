import json
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from streetwatch.benchmarks.foresight_patrol import BASE, back_test, spot
from streetwatch.service.desk.foresight.month_words import Tongue
from streetwatch.service.desk.foresight.patrol_page import gain
from streetwatch.service.foresight.patrol import Chance, Standings, chances
from streetwatch.service.foresight.patrol_export import as_geojson, as_gpx, geo_uri
from streetwatch.service.foresight.patrol_plan import Route, Shift, fixed_round, planned
from streetwatch.service.foresight.patrol_replay import Met, replayed
from streetwatch.service.foresight.patrol_roads import NoRoadsError, Roads, roads_of, ways
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.schedule import CHINA

HOUR, DAY, WEEK = 3600.0, 86_400.0, 7 * 86_400.0
MONDAY = datetime(2026, 10, 5, tzinfo=CHINA).timestamp()


def standing(
    place: int, begins: float, hours: float, *, day: int = 0, start: float = MONDAY
) -> tuple[int, float, float]:
    began = start + day * DAY + begins * HOUR
    return place, began, began + hours * HOUR


def stood(*each: tuple[int, float, float]) -> Standings:
    places, began, ended = zip(*each, strict=True)
    known, where = np.unique(places, return_inverse=True)
    at = {f"p{place}": spot(place) for place in known.tolist()}
    return Standings(at, where, np.array(began), np.array(ended))


def test_a_visit_is_worth_what_stood_there_in_its_hour_on_such_days() -> None:
    """Monday 9:30 to 10:30 on one of five working days; Saturday is another kind of day."""
    history = stood(standing(1, 9.5, 1.0), standing(2, 9.0, 1.0, day=5))

    found = chances(history, start=MONDAY, end=MONDAY + WEEK, weekend=False)
    saturday = chances(history, start=MONDAY, end=MONDAY + WEEK, weekend=True)

    assert found == [Chance("p1", spot(1), 9, 0.1), Chance("p1", spot(1), 10, 0.1)]
    assert saturday == [Chance("p2", spot(2), 9, 0.5)]


def test_what_stood_before_and_after_the_time_that_is_learnt_from_is_cut() -> None:
    (found,) = chances(
        stood(standing(1, -5.0, 5.25)), start=MONDAY, end=MONDAY + DAY, weekend=False
    )

    assert (found.hour, found.expected) == (0, 0.25)


def test_routes_meet_more_than_the_fixed_round_where_something_can_be_learnt() -> None:
    pytest.importorskip("pyvrp", reason="the extra `patrol` is not installed")

    met = back_test(1, is_planted=True)

    assert met.days == 21
    assert met.is_better
    assert met.planned > met.fixed


def test_routes_keep_windows_shifts_and_the_time_that_ways_take() -> None:
    pytest.importorskip("pyvrp", reason="the extra `patrol` is not installed")
    wanted = [Chance(f"p{n}", spot(n), 8 + n % 4, 0.2 + n / 50) for n in range(14)]
    shift = Shift(start_hour=8, hours=3, teams=2, steps=60)

    routes = planned(wanted, shift, base=BASE)

    assert planned(wanted, shift, base=BASE) == routes  # the same question, the same answer
    visits = [visit for route in routes for visit in route.visits]
    hours = {one.place: one.hour for one in wanted}
    assert len({visit.place for visit in visits}) == len(visits) >= 6
    assert all(int(visit.arrive_s // HOUR) == hours[visit.place] for visit in visits)
    for route in routes:
        way = [BASE, *(visit.at for visit in route.visits), BASE]
        gaps = ways(way, Roads(), speed_m_s=shift.speed_m_s).seconds
        leaves = [8 * HOUR, *(visit.leave_s for visit in route.visits)]
        arrives = [*(visit.arrive_s for visit in route.visits), 11 * HOUR]
        for at, (leave, arrive) in enumerate(zip(leaves, arrives, strict=True)):
            assert leave + gaps[at, at + 1] <= arrive + 1


def test_without_anything_to_meet_nobody_goes_out() -> None:
    assert planned([Chance("p1", spot(1), 3, 0.5)], Shift(start_hour=8), base=BASE) == ()
    assert fixed_round([], Shift(), base=BASE) == ()


def test_each_violation_is_met_once_and_only_while_it_stands() -> None:
    history = stood(standing(1, 8.0, 10.0), standing(1, 12.0, 0.1), standing(2, 8.0, 8.0))
    round_ = fixed_round([("p1", spot(1))], Shift(teams=1), base=BASE)

    met = replayed(
        history,
        lambda _: (),
        lambda _: round_,
        span=(MONDAY, MONDAY + DAY),
        team_hours=8.0,
    )

    assert (met.planned, met.days) == (0, 1)
    assert met.fixed == 2
    assert met.low is None


def street(*corners: MapPoint) -> dict[str, Any]:
    line = [[one.lon, one.lat] for one in corners]
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}}


def test_roads_lead_around_what_straight_lines_cross() -> None:
    east, north = BASE.moved((1000.0, 0.0)), BASE.moved((0.0, 1000.0))
    roads = roads_of({"features": [street(east, BASE), street(BASE, north)]})

    beside = east.moved((10.0, 0.0))  # at the same end of a road
    found = ways([east, north, beside], roads, speed_m_s=1.0).seconds

    assert found[0, 1] == pytest.approx(2000.0, rel=1e-3)
    assert found[2, 1] == pytest.approx(2010.0, rel=1e-3)
    assert found[0, 2] == pytest.approx(10.0, rel=1e-2)
    assert ways([east, north], Roads(), speed_m_s=1.0).seconds[0, 1] == pytest.approx(
        1.3 * 1000 * 2**0.5, rel=1e-3
    )


def test_a_place_off_every_road_and_roads_that_do_not_meet_are_crossed_straight() -> None:
    far = BASE.moved((0.0, 5000.0))
    islands = [street(BASE, BASE.moved((10.0, 0.0))), street(far, far.moved((10.0, 0.0)))]
    aside = BASE.moved((2000.0, 0.0))

    found = ways([BASE, far, aside], roads_of({"features": islands}), speed_m_s=1.0)

    assert found.seconds[0, 1] == pytest.approx(1.3 * 5000, rel=1e-3)
    assert found.on_road == (True, True, False)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="no features"),
        pytest.param({"features": []}, id="no lines"),
        pytest.param(
            {"features": [{"geometry": {"type": "LineString", "coordinates": 3}}]}, id="no list"
        ),
        pytest.param(
            {"features": [{"geometry": {"type": "LineString", "coordinates": [["a", 1]]}}]},
            id="no number",
        ),
        pytest.param(
            {"features": [{"geometry": {"type": "LineString", "coordinates": [[121, 931]]}}]},
            id="nowhere",
        ),
    ],
)
def test_what_has_no_roads_is_refused_with_what_to_write(document: dict[str, Any]) -> None:
    with pytest.raises(NoRoadsError, match=r"roads|features|point|list|nowhere"):
        roads_of(document)


@pytest.mark.parametrize("wrong", [{"start_hour": 20}, {"teams": 0}, {"hours": 0}])
def test_a_shift_that_no_day_has_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"shift|above 0"):
        Shift(**wrong)


def test_routes_are_written_for_maps_and_for_what_people_carry() -> None:
    routes = fixed_round([("p<1>", spot(1))], Shift(hours=1, teams=1), base=BASE)

    gpx = fromstring(as_gpx(routes))  # noqa: S314
    document = json.loads(json.dumps(as_geojson(routes, BASE)))

    names = [one.text for one in gpx.iter("{http://www.topografix.com/GPX/1/1}name")]
    kinds = [one["geometry"]["type"] for one in document["features"]]
    assert names[:2] == ["1", "p<1>"]
    assert kinds[0] == "LineString"
    assert set(kinds[1:]) == {"Point"}
    assert as_gpx((Route(1, ()),)).count("<rtept") == 0
    assert geo_uri(BASE) == "geo:31.230000,121.470000"


@pytest.mark.parametrize(
    ("high", "says"), [(-0.1, True), (0.1, False)], ids=["worse", "not known to be worse"]
)
def test_routes_that_meet_less_than_the_fixed_round_say_so(high: float, *, says: bool) -> None:
    met = Met(14, 10, 20, 0.1, 0.2, -0.3, -0.5, high)
    assert ("keep it" in gain(met, Tongue.EN)) is says
    assert ("固定巡查更好" in gain(met, Tongue.ZH)) is says
