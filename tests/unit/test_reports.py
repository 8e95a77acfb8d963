"""Figures over cases whose facts are given."""

import csv
import io
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from streetwatch.service.desk.reports.facts import MEASURES, STATE_CODES, Cases
from streetwatch.service.desk.reports.figures import Figures, Share, counted, measured
from streetwatch.service.desk.reports.formats import as_csv, lines_csv, row_json
from streetwatch.service.desk.reports.monthly import Month, as_markdown, summary
from streetwatch.service.desk.reports.period import Step, days, month, period_at
from streetwatch.service.desk.reports.table import MOST_ROWS, By, rows
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.way import is_duplicate, track
from streetwatch.service.incidents.errors import InputError

NOVEMBER = month("2026-11")
T = NOVEMBER.start + 22.5 * 86_400  # 2026-11-23 12:00 in China
HOUR = 3_600.0
DAY = 86_400.0

Case = dict[str, Any]

_CASE: Case = {
    "source": "video",
    "type": "illegal_parking_motor",
    "camera_id": "kerb",
    "grid_code": "310101001001001",
    "came_at": T,
    "began_at": T - 400,
    "occurred_at": T - 10,
    "filed_at": T,
    "was_warned": False,
    "is_duplicate": False,
}


def case(state: str = "reported", **changes: Any) -> Case:  # noqa: ANN401 -- any field
    """A case; one that went on was accepted, one at its end has ended an hour later."""
    went_on = {"accepted_at": T + 60} if state not in {"reported", "warned", "rejected"} else {}
    ended = {"ended_at": T + HOUR, "done_at": T + HOUR} if state in {"closed", "rejected"} else {}
    return {**_CASE, "state": CaseState(state), **went_on, **ended, **changes}


def columns(*cases: Case) -> Cases:
    def times(name: str) -> Any:  # noqa: ANN401 -- an array
        return np.array([one.get(f"{name}_at", one.get(name)) for one in cases], np.float64)

    def flags(name: str) -> Any:  # noqa: ANN401 -- an array
        return np.array([one[name] for one in cases], bool)

    measures = [MEASURES.index(one["measure"]) if "measure" in one else -1 for one in cases]
    moments: Any = {
        one.name: times(one.name.removesuffix("_at"))
        for one in fields(Cases)
        if one.name.endswith("_at") or one.name == "deadline"
    }
    return Cases(
        is_camera=np.array([one["source"] == "video" for one in cases], bool),
        types=[one["type"] for one in cases],
        grids=[one["grid_code"] or "" for one in cases],
        cameras=[one["camera_id"] or "" for one in cases],
        states=np.array([STATE_CODES[one["state"]] for one in cases], np.int64),
        was_warned=flags("was_warned"),
        is_duplicate=flags("is_duplicate"),
        measures=np.array(measures, np.int64),
        **moments,
    )


def figures(*cases: Case, now: float = T + 365 * DAY) -> Figures:
    counts = measured(columns(*cases), now=now)
    (found,) = counted(counts, np.zeros(len(cases), np.int64), 1)
    return found


SHARES = {
    "nobody has judged": ("precision", [case()], None, 0),
    "confirmed is accepted and not taken back": ("precision", [case("dispatched")], 1, 1),
    "rejected": ("precision", [case("rejected")], 0, 1),
    "rejected after it was accepted": ("precision", [case("rejected", accepted_at=T)], 0, 1),
    "withdrawn says nothing": ("precision", [case("cancelled")], None, 0),
    "a double says nothing": ("precision", [case("rejected", is_duplicate=True)], None, 0),
    "a citizen's report is not the model's": (
        "precision",
        [case("rejected", source="mobile")],
        None,
        0,
    ),
    "three of four": ("precision", [case("closed")] * 3 + [case("rejected")], 3, 4),
    "judged of filed": ("review_coverage", [case(), case("rejected")], 1, 2),
    "closed of accepted": ("closure", [case("closed"), case("handling"), case()], 1, 2),
    "forced is not closed": ("closure", [case("force_closed")], 0, 1),
    "rejected needs no closing": ("closure", [case("rejected", accepted_at=T)], None, 0),
    "no deadline": ("overdue", [case("dispatched")], None, 0),
    "done in time": ("overdue", [case("closed", deadline=T + 2 * HOUR)], 0, 1),
    "done too late": ("overdue", [case("closed", deadline=T + HOUR / 2)], 1, 1),
    "not done, time left": ("overdue", [case("dispatched", deadline=T + 400 * DAY)], 0, 1),
    "not done, time over": ("overdue", [case("dispatched", deadline=T + HOUR)], 1, 1),
    "rejected is never late": ("overdue", [case("rejected", deadline=T)], None, 0),
    "stays clear": ("recurrence_7d", [case("closed")], 0, 1),
    "is back on the sixth day": ("recurrence_7d", [case("closed", recurred_at=T + 6 * DAY)], 1, 1),
    "is back on the ninth day": ("recurrence_7d", [case("closed", recurred_at=T + 9 * DAY)], 0, 1),
    "is back within 30": ("recurrence_30d", [case("closed", recurred_at=T + 9 * DAY)], 1, 1),
    "is open": ("recurrence_7d", [case("handled", recurred_at=T + DAY)], None, 0),
    "a warning that waits": (
        "self_corrected",
        [case("warned", was_warned=True, filed_at=None)],
        None,
        0,
    ),
    "a warning that helped": (
        "self_corrected",
        [case("self_corrected", was_warned=True, filed_at=None, accepted_at=None)],
        1,
        1,
    ),
    "a warning that did not": ("self_corrected", [case(was_warned=True)], 0, 1),
    "decided by service": ("service", [case(measure="service"), case(measure="management")], 1, 2),
}


@pytest.mark.parametrize(("name", "cases", "hits", "n"), SHARES.values(), ids=SHARES.keys())
def test_a_share_counts(name: str, cases: list[Case], hits: int | None, n: int) -> None:
    assert figures(*cases).shares[name] == Share(hits or 0, n)


def test_what_was_not_measured_has_no_value_and_no_interval() -> None:
    empty = figures()
    assert {share.value for share in empty.shares.values()} == {None}
    assert {share.interval for share in empty.shares.values()} == {None}
    assert {times.median_s for times in empty.times.values()} == {None}


def test_recurrence_waits_until_there_was_the_time_to_see_it() -> None:
    young = figures(case("closed", recurred_at=T + 2 * DAY), now=T + 10 * DAY)
    assert (young.shares["recurrence_7d"].n, young.shares["recurrence_30d"].n) == (1, 0)


def test_a_warned_case_that_was_not_filed_is_no_case() -> None:
    warned = case("warned", was_warned=True, filed_at=None)
    assert (figures(warned).cases, figures(warned).warned) == (0, 1)


def test_a_double_is_counted_apart() -> None:
    both = figures(case("closed"), case("closed", is_duplicate=True))
    assert (both.cases, both.duplicates, both.shares["closure"].n) == (1, 1, 1)


TIMES = {
    "from the first sight to the desk": ("discover", 400.0),
    "from the violation to the desk": ("delay", 10.0),
    "from the desk to the first dispatch": ("dispatch", 600.0),
    "from the dispatch to what was handled": ("handle", 1_200.0),
    "from the desk to the end": ("close", 3_600.0),
}


@pytest.mark.parametrize(("name", "seconds"), TIMES.values(), ids=TIMES.keys())
def test_a_time_is_measured(name: str, seconds: float) -> None:
    done = case("closed", dispatched_at=T + 600, handled_at=T + 1_800)
    times = figures(done).times[name]
    assert (times.n, times.median_s, times.p90_s) == (1, seconds, seconds)


def test_median_and_90th_percentile() -> None:
    cases = [case(began_at=T - second) for second in range(101)]
    times = figures(*cases).times["discover"]
    assert (times.n, times.median_s, times.p90_s) == (101, 50.0, 90.0)


def test_a_history_tells_when_each_state_came_first_and_why_it_was_rejected() -> None:
    way = track(
        [
            {"state": "reported", "at": "2026-11-23T04:00:00+00:00"},
            {"action": "assign", "at": "2026-11-23T04:00:01+00:00"},
            {"state": "accepted", "at": "2026-11-23T05:00:00+00:00"},
            {"state": "dispatched", "at": "2026-11-23T06:00:00+00:00"},
            {"state": "dispatched", "at": "2026-11-24T06:00:00+00:00"},
            {"state": "rejected", "at": "2026-11-25T06:00:00+00:00", "reason": "duplicate"},
        ]
    )
    assert way.first["dispatched"] - way.first["reported"] == 2 * HOUR
    assert way.reason == "duplicate"


@pytest.mark.parametrize(
    ("duplicate_of", "reason", "is_one"),
    [
        pytest.param(None, None, False, id="neither"),
        pytest.param("SW-20261123-0001", None, True, id="merged"),
        pytest.param(None, "duplicate", True, id="rejected as one"),
        pytest.param(None, "wrong_object", False, id="rejected for another reason"),
    ],
)
def test_what_a_duplicate_is(duplicate_of: str | None, reason: str | None, *, is_one: bool) -> None:
    assert is_duplicate(duplicate_of, reason) is is_one


@pytest.mark.parametrize(
    ("step", "name", "first", "last"),
    [
        pytest.param(Step.DAY, "2026-11-23", "2026-11-23", "2026-11-23", id="day"),
        pytest.param(Step.WEEK, "2026-W48", "2026-11-23", "2026-11-29", id="week"),
        pytest.param(Step.MONTH, "2026-11", "2026-11-01", "2026-11-30", id="month"),
        pytest.param(Step.WHOLE, "2026-11", "2026-11-01", "2026-11-30", id="whole"),
    ],
)
def test_a_moment_lies_in_a_period_of_chinas_clock(
    step: Step, name: str, first: str, last: str
) -> None:
    midnight = days(NOVEMBER.first.replace(day=23), NOVEMBER.last).start
    period = period_at(midnight, step, NOVEMBER)
    assert (period.name, str(period.first), str(period.last)) == (name, first, last)
    assert period_at(midnight - 1, Step.DAY, NOVEMBER).name == "2026-11-22"


def test_a_week_that_the_report_cuts_is_only_the_part_inside() -> None:
    first_week = period_at(NOVEMBER.start, Step.WEEK, NOVEMBER)
    assert (first_week.name, str(first_week.first)) == ("2026-W44", "2026-11-01")


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "november", "", "2026-11-01", "9999-12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write it like 2026-11"):
        month(text)


def test_rows_of_several_kinds_come_from_one_report() -> None:
    seen = columns(case(), case(type="exposed_garbage", grid_code=None), case(camera_id="gate"))
    table = rows(seen, by=By, step=Step.WHOLE, whole=NOVEMBER, now=T)
    assert [(row.by.value, row.group, row.figures.cases) for row in table] == [
        ("all", "", 3),
        ("type", "exposed_garbage", 1),
        ("type", "illegal_parking_motor", 2),
        ("grid", "", 1),
        ("grid", "310101001001001", 2),
        ("camera", "gate", 1),
        ("camera", "kerb", 2),
    ]


def test_too_many_rows_are_refused() -> None:
    many = columns(*(case(camera_id=f"cam-{number}") for number in range(MOST_ROWS + 1)))
    with pytest.raises(InputError, match="ask for a shorter period"):
        rows(many, by=[By.CAMERA], step=Step.WHOLE, whole=NOVEMBER, now=T)


def test_a_month_without_cases_says_that_nothing_was_measured() -> None:
    empty = Month(NOVEMBER, None, rows(columns(), by=By, step=Step.WHOLE, whole=NOVEMBER, now=T))
    words = summary(empty)
    assert "not measured" in words["en"]
    assert "未测量" in words["zh"]
    page, table = as_markdown(empty), as_csv(empty.rows)
    assert "%" not in page.replace("(70 %)", "").replace("(20 %)", "").replace("(10 %)", "")
    assert "2026-11-01,2026-11-30,2026-11,all,,precision,not measured,share,0,," in table
    assert row_json(empty.rows[0])["shares"]["precision"]["value"] is None


def test_a_month_tells_its_figures_with_n_and_interval() -> None:
    cases = columns(*[case("closed")] * 80, *[case("rejected")] * 5)
    made = Month(NOVEMBER, None, rows(cases, by=By, step=Step.WHOLE, whole=NOVEMBER, now=T + DAY))
    words = summary(made)
    assert "准确率 94.1% [87.0%, 97.5%]（n=85）" in words["zh"]
    assert "Event precision 94.1% [87.0%, 97.5%] (n=85)" in words["en"]
    assert "机动车乱停放 85 件" in words["zh"]
    assert "| 结案率 / closure rate | 100.0% [95.4%, 100.0%] | 80 |" in as_markdown(made)


def test_a_cell_that_could_be_a_formula_is_quoted() -> None:
    names = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM", "ok")
    evil = columns(*(case(camera_id=name) for name in names))
    table = as_csv(rows(evil, by=[By.CAMERA], step=Step.WHOLE, whole=NOVEMBER, now=T))
    assert '"\'=HYPERLINK(""http://x"")"' in table
    for name in ("'+1", "'-1", "'@SUM", "ok"):
        assert f",camera,{name},cases,1,cases,1,," in table


@pytest.mark.parametrize("first", list("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001 -- wide forms too
def test_no_cell_begins_as_a_formula_does(first: str) -> None:
    (line,) = csv.reader(io.StringIO(lines_csv(None, [[f"{first}cmd()"]]), newline=""))
    assert line == [f"'{first}cmd()"]
