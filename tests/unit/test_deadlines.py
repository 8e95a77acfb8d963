"""Deadlines over a work calendar: a table of cases, and what holds for all of them."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.config.errors import CalendarFileError
from streetwatch.service.desk.deadlines import (
    ClockKind,
    Limit,
    WorkCalendar,
    after,
    deadline,
    run_between,
)
from streetwatch.service.desk.work_calendar import load_calendar
from streetwatch.zones.schedule import CHINA

CHINA_2026 = load_calendar(None)


def at(written: str) -> float:
    return datetime.fromisoformat(f"{written}+08:00").timestamp()


def written(moment: float) -> str:
    return datetime.fromtimestamp(moment, CHINA).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("start", "clock", "amount", "end"),
    [
        pytest.param("2026-11-27T23:00", "urgent_hour", 2, "2026-11-28T01:00", id="through night"),
        pytest.param("2026-11-27T15:00", "natural_day", 5, "2026-12-02T15:00", id="a weekend too"),
        pytest.param("2026-11-23T10:00", "work_hour", 4, "2026-11-23T15:00", id="over noon"),
        pytest.param("2026-11-23T09:00", "work_hour", 3, "2026-11-23T12:00", id="up to noon"),
        pytest.param("2026-11-23T06:00", "work_hour", 1, "2026-11-23T10:00", id="before work"),
        pytest.param("2026-11-23T20:00", "work_hour", 1, "2026-11-24T10:00", id="after work"),
        pytest.param("2026-11-27T17:00", "work_hour", 2, "2026-11-30T10:00", id="over a weekend"),
        pytest.param("2026-11-27T15:00", "work_day", 1, "2026-11-30T15:00", id="a working day"),
        pytest.param("2026-11-23T09:00", "work_day", 1, "2026-11-23T18:00", id="from its morning"),
        pytest.param("2026-11-28T11:00", "work_day", 1, "2026-11-30T18:00", id="from a Saturday"),
        pytest.param("2026-09-30T17:00", "work_hour", 2, "2026-10-08T10:00", id="National Day"),
        pytest.param("2026-10-09T17:00", "work_hour", 2, "2026-10-10T10:00", id="a make-up day"),
        pytest.param("2026-02-13T17:00", "work_day", 2, "2026-02-24T17:00", id="Spring Festival"),
    ],
)
def test_a_deadline_is_counted_on_its_clock(
    start: str, clock: str, amount: float, end: str
) -> None:
    limit = Limit(ClockKind(clock), amount)
    assert written(deadline(at(start), limit, CHINA_2026)) == end


MOMENTS = st.integers(int(at("2026-01-01T00:00")), int(at("2026-12-31T00:00"))).map(float)
LENGTHS = st.integers(1, 60 * 3600).map(float)
CLOCKS = st.sampled_from(ClockKind)
SPANS = st.sampled_from(
    [(), ((0, 86_400),), ((28_800, 43_200), (50_400, 64_800)), ((36_000, 36_060),)]
)
CALENDARS = st.builds(
    WorkCalendar,
    hours=st.tuples(*[SPANS] * 7).filter(any),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=40),
    makeup=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=10),
)


@given(start=MOMENTS, run=LENGTHS, clock=CLOCKS, calendar=CALENDARS)
def test_between_a_start_and_its_deadline_the_clock_has_run_for_the_limit(
    start: float, run: float, clock: ClockKind, calendar: WorkCalendar
) -> None:
    end = after(start, run, clock, calendar)
    assert run_between(start, end, clock, calendar) == run


@given(start=MOMENTS, one=LENGTHS, other=LENGTHS, clock=CLOCKS, calendar=CALENDARS)
def test_two_limits_after_each_other_are_one_of_both(
    start: float, one: float, other: float, clock: ClockKind, calendar: WorkCalendar
) -> None:
    stopped = after(start, one, clock, calendar)
    assert after(stopped, other, clock, calendar) == after(start, one + other, clock, calendar)


@given(start=MOMENTS, later=LENGTHS, run=LENGTHS, clock=CLOCKS, calendar=CALENDARS)
def test_who_begins_later_is_never_done_earlier(
    start: float, later: float, run: float, clock: ClockKind, calendar: WorkCalendar
) -> None:
    end = after(start, run, clock, calendar)
    assert start < end <= after(start + later, run, clock, calendar)


@given(start=MOMENTS, run=LENGTHS, more=LENGTHS, clock=CLOCKS, calendar=CALENDARS)
def test_who_has_longer_is_done_later(
    start: float, run: float, more: float, clock: ClockKind, calendar: WorkCalendar
) -> None:
    assert after(start, run, clock, calendar) < after(start, run + more, clock, calendar)


@given(
    start=MOMENTS,
    run=LENGTHS,
    clock=st.sampled_from([ClockKind.WORK_HOUR, ClockKind.WORK_DAY]),
    calendar=CALENDARS,
)
def test_a_working_clock_never_stops_outside_working_time(
    start: float, run: float, clock: ClockKind, calendar: WorkCalendar
) -> None:
    end = after(start, run, clock, calendar)
    moment = datetime.fromtimestamp(end - 0.5, CHINA)  # the end of a span belongs to it
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    assert any(begin <= second < stop for begin, stop in calendar.day(moment.date()))


@given(start=MOMENTS, end=MOMENTS, clock=CLOCKS)
def test_no_clock_runs_faster_than_time_or_backwards(
    start: float, end: float, clock: ClockKind
) -> None:
    assert 0 <= run_between(start, end, clock, CHINA_2026) <= max(end - start, 0)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Limit(ClockKind.WORK_HOUR, 0)


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(ValueError, match="one at least"):
        WorkCalendar(((),) * 7)


def test_a_citys_file_stands_over_the_announced_days(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(
        """
hours:
  - {days: mon-fri, from: "08:30", to: "12:00"}
  - {days: mon-sat, from: "14:00", to: "16:00"}
holidays: [2026-11-23/2026-11-24, 2026-10-10]
workdays: [2026-11-29]
""",
        encoding="utf-8",
    )
    calendar = load_calendar(path)
    assert calendar.day_s == 5.5 * 3600
    morning, afternoon = (30_600, 43_200), (50_400, 57_600)
    assert [calendar.day(date(2026, 11, day)) for day in (23, 24)] == [(), ()]
    assert calendar.day(date(2026, 10, 10)) == (), "a make-up day that the city does not work"
    assert calendar.day(date(2026, 11, 25)) == (morning, afternoon)
    assert calendar.day(date(2026, 11, 28)) == (afternoon,), "a Saturday with hours of its own"
    assert calendar.day(date(2026, 11, 29)) == (morning, afternoon), "a Sunday that makes up"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("holidays: [2026-13-01]", "is no date: write 2027-02-05", id="no date"),
        pytest.param("holidays: [2026-01-05/2026-01-01]", "are not 1 to 31 days", id="backwards"),
        pytest.param("holidays: [2026-01-01/2027-01-01]", "are not 1 to 31 days", id="a year"),
        pytest.param("holidays: [20260101x]", "is no date", id="letters"),
        pytest.param(
            "holidays: [2026-01-01]\nworkdays: [2026-01-01]",
            ':2: workdays[0] ("2026-01-01") is a holiday above',
            id="both",
        ),
        pytest.param(
            'hours: [{days: mon, from: "20:00", to: "04:00"}]', "end on their day", id="overnight"
        ),
        pytest.param(
            'hours:\n- {from: "08:00", to: "12:00"}\n- {days: sat, from: "11:00", to: "13:00"}',
            ':3: hours[1].from ("11:00") overlaps hours above',
            id="overlap",
        ),
        pytest.param("hours: []", "has no window", id="no hours"),
        pytest.param("holiday: [2026-01-01]", "unknown key: write holidays", id="unknown key"),
    ],
)
def test_a_wrong_calendar_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarFileError) as refusal:
        load_calendar(path)
    (line,) = refusal.value.problems
    assert line.startswith(f"{path}:")
    assert problem in line
