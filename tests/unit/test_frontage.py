import pytest

from streetwatch.service.foresight.frontage import Event, Formula, by_front, scored

FORMULA = Formula({"out_of_store": 3.0}, {"out_of_store": 1.0}, most=8.0)
NOODLES = ((0.0, 0.0), (0.4, 0.0), (0.4, 0.5), (0.0, 0.5))
FRUIT = ((0.4, 0.0), (0.9, 0.0), (0.9, 0.5), (0.4, 0.5))


def event(number: str, hours: float = 1.0, *, kind: str = "out_of_store", x: float = 10.0) -> Event:
    return Event(number, kind, 0.0, hours * 3600, (x, 20.0, x + 10, 40.0))


@pytest.mark.parametrize(
    ("hours", "days", "value"),
    [
        pytest.param([], 30.0, 100.0, id="nothing stood there"),
        pytest.param([1.0, 2.0], 30.0, 91.0, id="each for itself and its hours"),
        pytest.param([100.0], 30.0, 92.0, id="one takes no more than the most"),
        pytest.param([1.0], 15.0, 92.0, id="half a month is made a month"),
        pytest.param([50.0] * 50, 30.0, 0.0, id="never below nothing"),
        pytest.param([], 6.9, None, id="not watched for long enough"),
    ],
)
def test_a_front_has_its_hundred_points_less_what_stood_there(
    hours: list[float], days: float, value: float | None
) -> None:
    events = [event(f"SW-{place}", one) for place, one in enumerate(hours)]

    assert scored(events, FORMULA, days=days).value == value


def test_every_point_has_its_case() -> None:
    events = [event("SW-1"), event("SW-2", 4.0), event("SW-3", kind="illegal_parking_motor")]

    score = scored(events, FORMULA, days=30.0)

    assert [(one.number, one.points) for one in score.deductions] == [("SW-2", 7.0), ("SW-1", 4.0)]
    assert score.value == 100 - score.taken


def test_what_touches_two_fronts_is_the_nearer_ones_and_what_touches_none_is_nobodys() -> None:
    events = [event("left", x=10.0), event("between", x=36.0), event("aside", x=95.0)]

    found = by_front({"noodles": NOODLES, "fruit": FRUIT}, events, (100, 100))

    assert [one.number for one in found["noodles"]] == ["left", "between"]
    assert found["fruit"] == []


def test_a_camera_without_fronts_has_no_scores() -> None:
    assert by_front({}, [event("a")], (100, 100)) == {}
    assert by_front({"noodles": NOODLES}, [], (100, 100)) == {"noodles": []}
