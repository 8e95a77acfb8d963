"""What is kept how long, and when the daily job runs."""

from dataclasses import replace

import pytest

from filed import NOON
from streetwatch.service.incidents.retention import (
    DAY_S,
    Delete,
    Keep,
    Kind,
    Periods,
    Subject,
    decide,
)
from streetwatch.service.upkeep.daily import next_run

CANDIDATE = Subject(NOON, None, None, None, is_held=False)
CASE = Subject(NOON, NOON, None, NOON, is_held=False)
REJECTED = replace(CASE, rejected_at=NOON, ended_at=NOON)
LATE = replace(CASE, ended_at=NOON + 170 * DAY_S)
UNENDED = replace(CASE, ended_at=None)


@pytest.mark.parametrize(
    ("subject", "days", "kind"),
    [
        pytest.param(CANDIDATE, 6.9, None, id="a young candidate"),
        pytest.param(CANDIDATE, 7, Kind.CANDIDATE, id="an old candidate"),
        pytest.param(REJECTED, 29.9, None, id="rejected lately"),
        pytest.param(REJECTED, 30, Kind.EVIDENCE, id="rejected a month ago"),
        pytest.param(CASE, 179.9, None, id="a case of half a year"),
        pytest.param(CASE, 180, Kind.EVIDENCE, id="an older case"),
        pytest.param(LATE, 180, None, id="an older case that ended lately"),
        pytest.param(LATE, 260, Kind.EVIDENCE, id="an older case that ended a season ago"),
        pytest.param(UNENDED, 10_000, None, id="a case that never ended"),
        pytest.param(replace(CASE, is_held=True), 10_000, None, id="a held case"),
        pytest.param(replace(REJECTED, is_held=True), 10_000, None, id="held though rejected"),
        pytest.param(replace(CANDIDATE, is_held=True), 10_000, None, id="held though no case"),
    ],
)
def test_a_thing_goes_when_its_time_is_over_and_nobody_holds_it(
    subject: Subject, days: float, kind: Kind | None
) -> None:
    decision = decide(subject, now=NOON + days * DAY_S, periods=Periods())
    assert (decision.kind if isinstance(decision, Delete) else None) == kind
    assert decision.reason


def test_the_reason_names_the_periods() -> None:
    now, periods = NOON + 400 * DAY_S, Periods(evidence_s=200 * DAY_S)
    assert decide(CASE, now=now, periods=periods) == Delete(
        Kind.EVIDENCE, "200 d old, ended 90 d ago or more"
    )
    assert decide(replace(CASE, is_held=True), now=now, periods=periods) == Keep("legal hold")


@pytest.mark.parametrize(
    ("now", "hour", "wait_h"),
    [
        pytest.param(NOON, 13, 1, id="later today"),
        pytest.param(NOON, 3, 15, id="tomorrow"),
        pytest.param(NOON, 12, 24, id="not twice in one hour"),
    ],
)
def test_the_daily_job_waits_for_its_hour_on_chinas_clock(
    now: float, hour: int, wait_h: float
) -> None:
    assert next_run(now, hour=hour) - now == wait_h * 3600
