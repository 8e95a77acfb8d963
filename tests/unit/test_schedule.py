"""Schedules run on the city's wall clock, over midnight and over the weekend."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.zones.schedule import ALWAYS, CHINA, DAYS, MINUTES_A_DAY, Schedule, Window

WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
DAY = Schedule((Window(WEEKDAYS, 7 * 60, 19 * 60),))
NIGHT = Schedule((Window(frozenset({4}), 22 * 60, 6 * 60),))  # Friday night
WHOLE_DAY = Schedule((Window(EVERY_DAY, 0, MINUTES_A_DAY),))
TWO = Schedule((Window(EVERY_DAY, 7 * 60, 9 * 60), Window(EVERY_DAY, 9 * 60 + 10, 12 * 60)))
JOINED = Schedule((Window(EVERY_DAY, 7 * 60, 9 * 60), Window(EVERY_DAY, 9 * 60, 12 * 60)))
#: The market is open later on the Wednesday, a holiday, and on no weekday window of its own then.
HOLIDAY = Schedule(
    (
        Window(WEEKDAYS, 18 * 60, 22 * 60),
        Window(EVERY_DAY, 20 * 60, 1 * 60, (date(2026, 11, 25),)),
    )
)

minutes = st.integers(0, 7 * MINUTES_A_DAY - 1)
windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.integers(0, MINUTES_A_DAY - 1),
    st.integers(0, MINUTES_A_DAY),
).filter(lambda window: window.start != window.end)


def at(day: str, clock: str) -> float:
    """Seconds since the epoch of a time in the week of Monday 23 November 2026, in China."""
    hours, minute, *second = map(int, clock.split(":"))
    monday = datetime(2026, 11, 23, tzinfo=CHINA)
    passed = timedelta(days=DAYS.index(day), hours=hours, minutes=minute, seconds=sum(second))
    return (monday + passed).timestamp()


@pytest.mark.parametrize(
    ("schedule", "day", "clock", "is_open"),
    [
        pytest.param(DAY, "mon", "07:00", True, id="the first minute is inside"),
        pytest.param(DAY, "mon", "06:59:59", False, id="the second before is not"),
        pytest.param(DAY, "fri", "18:59:59", True, id="the last second is inside"),
        pytest.param(DAY, "fri", "19:00", False, id="the end is not"),
        pytest.param(DAY, "sat", "12:00", False, id="another weekday"),
        pytest.param(NIGHT, "fri", "22:00", True, id="an evening begins"),
        pytest.param(NIGHT, "sat", "05:59", True, id="and lasts over midnight"),
        pytest.param(NIGHT, "sat", "06:00", False, id="until the morning"),
        pytest.param(NIGHT, "sat", "22:00", False, id="the next evening is another day's"),
        pytest.param(NIGHT, "fri", "05:00", False, id="the morning before as well"),
        pytest.param(WHOLE_DAY, "sun", "23:59:59", True, id="a whole day has no gap at midnight"),
        pytest.param(ALWAYS, "sun", "03:00", True, id="no window: always"),
        pytest.param(HOLIDAY, "tue", "19:00", True, id="the day before a holiday"),
        pytest.param(HOLIDAY, "wed", "19:00", False, id="a holiday has hours of its own"),
        pytest.param(HOLIDAY, "wed", "21:00", True, id="and is open in them"),
        pytest.param(HOLIDAY, "thu", "00:59", True, id="over midnight too"),
        pytest.param(HOLIDAY, "thu", "21:00", True, id="the day after is as always"),
        pytest.param(HOLIDAY, "sat", "21:00", False, id="its hours are of no other day"),
    ],
)
def test_a_schedule_is_open_inside_its_windows(
    schedule: Schedule, day: str, clock: str, *, is_open: bool
) -> None:
    assert schedule.is_open(at(day, clock)) is is_open


def test_the_clock_is_that_of_shanghai_whatever_the_machine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    assert DAY.is_open(datetime.fromisoformat("2026-11-22T23:00:00+00:00").timestamp())
    assert not DAY.is_open(datetime.fromisoformat("2026-11-22T22:59:00+00:00").timestamp())


@pytest.mark.parametrize(
    ("schedule", "clock", "grace_s", "applies"),
    [
        pytest.param(DAY, "07:14:59", 900, False, id="in the grace"),
        pytest.param(DAY, "07:15", 900, True, id="past it"),
        pytest.param(DAY, "07:00", 0, True, id="none"),
        pytest.param(DAY, "19:05", 900, False, id="after the window"),
        pytest.param(WHOLE_DAY, "00:01", 900, True, id="yesterday's window ran into today's"),
        pytest.param(JOINED, "09:01", 900, True, id="windows that meet are one"),
        pytest.param(TWO, "09:12", 900, False, id="a pause shorter than the grace begins it anew"),
        pytest.param(TWO, "09:25", 900, True, id="and it ends after the second opening"),
        pytest.param(ALWAYS, "09:25", 900, True, id="what never closes has no opening"),
    ],
)
def test_nothing_accrues_in_the_grace_after_an_opening(
    schedule: Schedule, clock: str, grace_s: float, *, applies: bool
) -> None:
    assert schedule.is_past_grace(at("wed", clock), grace_s) is applies


@given(st.lists(windows, max_size=3), minutes, st.integers(0, 12 * 60))
def test_past_grace_means_open_in_every_minute_of_the_grace(
    some: list[Window], minute: int, grace: int
) -> None:
    schedule = Schedule(tuple(some))
    now = at("mon", "00:00") + minute * 60
    throughout = all(schedule.is_open(now - back * 60) for back in range(grace + 1))
    assert schedule.is_past_grace(now, grace * 60) is throughout


@given(windows, minutes)
def test_a_window_is_open_exactly_as_long_as_it_says(window: Window, minute: int) -> None:
    length = (window.end - window.start) % MINUTES_A_DAY or MINUTES_A_DAY
    moment = datetime.fromtimestamp(at("mon", "00:00") + minute * 60, CHINA)
    begins = [
        moment - timedelta(minutes=passed)
        for passed in range(length)
        if (moment.hour * 60 + moment.minute - passed) % MINUTES_A_DAY == window.start
    ]
    assert Schedule((window,)).is_open(moment.timestamp()) is any(
        begin.weekday() in window.days for begin in begins
    )
