"""What came back at a place, and after how long."""

import pytest

from streetwatch.service.desk.places import DAY_S, Episode, recurrences, since_the_last


def day(number: int, at: float, ended: float | None, kind: str = "street_vending") -> Episode:
    return Episode(str(number), kind, at * DAY_S, None if ended is None else ended * DAY_S)


@pytest.mark.parametrize(
    ("episodes", "days"),
    [
        pytest.param([day(1, 0, 1)], {}, id="once"),
        pytest.param([day(1, 0, 1), day(2, 6, None)], {"2": 5}, id="back after five days"),
        pytest.param([day(1, 0, 1), day(2, 0.5, None)], {"2": 0}, id="there before it ended"),
        pytest.param([day(1, 0, None), day(2, 6, 7)], {}, id="the first was rejected"),
        pytest.param([day(1, 0, 1), day(2, 2, 3, "bin_overflow")], {}, id="something else"),
        pytest.param(
            [day(1, 0, 1), day(2, 2, 3), day(3, 33, None)], {"2": 1, "3": 30}, id="again and again"
        ),
    ],
)
def test_a_case_knows_how_long_before_the_last_one_had_ended(
    episodes: list[Episode], days: dict[str, float]
) -> None:
    assert since_the_last(episodes) == {number: gap * DAY_S for number, gap in days.items()}


def test_what_came_back_is_counted_within_7_30_and_90_days() -> None:
    apart = {"a": 7 * DAY_S, "b": 30 * DAY_S, "c": 90 * DAY_S, "d": 91 * DAY_S}
    assert recurrences(apart) == {"7": 1, "30": 2, "90": 3}
