"""Events are matched one to one; what is filed twice or for nothing is told apart."""

from dataclasses import replace

import pytest

from streetwatch.benchmarks.events import Event, summed, tally

CAR = Event("kerb", "carriageway", "illegal_parking_motor", 10.0, 200.0, 70.0)
HEAP = Event("kerb", "pavement", "exposed_garbage", 10.0, 900.0, 610.0)


def at(event: Event, violation_at: float) -> Event:
    return replace(event, violation_at=violation_at)


def test_one_in_time_is_right_and_its_delay_is_kept() -> None:
    parked = tally([CAR], [at(CAR, 73.0)], hours=0.5)["illegal_parking_motor"]
    assert (parked.n, parked.delays, parked.duplicates, parked.false_alarms) == (1, (3.0,), 0, 0)
    line = parked.line()
    assert (line["precision"], line["recall"], line["f1"]) == (1.0, 1.0, 1.0)
    assert line["ai_city_score"] == pytest.approx(0.99)


def test_a_second_one_is_a_duplicate_and_counts_against_the_precision() -> None:
    parked = tally([CAR], [at(CAR, 71.0), at(CAR, 140.0)], hours=0.5)["illegal_parking_motor"]
    assert (len(parked.delays), parked.duplicates, parked.false_alarms) == (1, 1, 0)
    assert parked.line()["precision"] == 0.5


PLACED = replace(CAR, bbox=(100.0, 100.0, 300.0, 200.0))
BESIDE = replace(PLACED, bbox=(310.0, 100.0, 500.0, 200.0), violation_at=130.0)


def test_where_the_truth_tells_the_place_a_late_one_is_no_duplicate_of_what_stands_beside() -> None:
    right, late = at(PLACED, 71.0), at(BESIDE, 150.0)
    parked = tally([PLACED, BESIDE], [right, late], hours=0.5)["illegal_parking_motor"]
    assert (parked.delays, parked.duplicates, parked.false_alarms) == ((1.0,), 0, 1)


def test_what_is_filed_in_time_but_elsewhere_is_not_right() -> None:
    parked = tally([PLACED], [replace(BESIDE, violation_at=70.0)], hours=0.5)
    assert parked["illegal_parking_motor"].line()["recall"] == 0.0


@pytest.mark.parametrize(
    ("bbox", "right"),
    [
        pytest.param((100.0, 150.0, 200.0, 200.0), 1, id="a part of it"),
        pytest.param((0.0, 0.0, 400.0, 300.0), 1, id="more than it"),
        pytest.param((260.0, 100.0, 460.0, 200.0), 0, id="a little of it"),
        pytest.param(None, 1, id="nobody knows"),
    ],
)
def test_a_box_is_of_what_shares_half_of_the_smaller_one(
    bbox: tuple[float, float, float, float] | None, right: int
) -> None:
    parked = tally([PLACED], [replace(PLACED, bbox=bbox)], hours=0.5)["illegal_parking_motor"]
    assert len(parked.delays) == right


@pytest.mark.parametrize(
    "filed",
    [
        pytest.param(at(CAR, 81.0), id="too late"),
        pytest.param(replace(CAR, zone="pavement"), id="another zone"),
        pytest.param(replace(CAR, camera="junction"), id="another camera"),
    ],
)
def test_what_is_not_it_is_a_false_alarm_and_the_event_is_missed(filed: Event) -> None:
    parked = tally([CAR], [filed], hours=2.0)["illegal_parking_motor"]
    assert (parked.n, parked.delays, parked.false_alarms) == (1, (), 1)
    assert parked.line()["false_alarms_per_camera_day"] == 12.0


def test_another_type_has_another_tolerance_and_its_own_line() -> None:
    found = tally([CAR, HEAP], [at(HEAP, 665.0)], hours=1.0)
    assert found["exposed_garbage"].delays == (55.0,)
    assert found["illegal_parking_motor"].line()["recall"] == 0.0
    assert found["exposed_garbage"].line()["ai_city_score"] is None


def test_pairs_are_those_with_the_smallest_total_difference() -> None:
    later = replace(CAR, violation_at=78.0)
    parked = tally([CAR, later], [at(CAR, 77.0), at(CAR, 69.0)], hours=1.0)
    assert sorted(parked["illegal_parking_motor"].delays) == [-1.0, -1.0]


def test_nothing_measured_is_null() -> None:
    empty = summed("all", tally([], [], types=["exposed_garbage"], hours=1.5).values())
    line = empty.line()
    assert (line["precision"], line["recall"], line["f1"], line["delay_p50_s"]) == (None,) * 4
    assert (line["precision_ci"], line["camera_hours"]) == ([0.0, 1.0], 1.5)
