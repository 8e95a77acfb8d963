"""The 721 method's suggestion: a table of cases."""

from dataclasses import replace
from typing import Any

import pytest

from streetwatch.service.desk.shares import shares_of
from streetwatch.service.desk.triage import Facts, Level, Measure, Thresholds, triage

LIMITS = Thresholds(large_px=40_000, severe_places=("school-gate/*",))
PLAIN = Facts("占道经营", "street vending", place_key="kerb/pavement", dwell_s=300, size_px=900)
SECOND = replace(PLAIN, times=2, latest=("SW-20261101-0001",))
THIRD = replace(PLAIN, times=3, latest=("SW-20261108-0001", "SW-20261101-0001"))
LONG: dict[str, Any] = {"dwell_s": 3600.0}
LARGE: dict[str, Any] = {"size_px": 40_000.0}
SCHOOL: dict[str, Any] = {"place_key": "school-gate/a"}


@pytest.mark.parametrize(
    ("facts", "suggestion"),
    [
        pytest.param(PLAIN, "service", id="a first one"),
        pytest.param(SECOND, "management", id="a second one"),
        pytest.param(THIRD, "enforcement", id="a third one"),
        pytest.param(replace(THIRD, times=9), "enforcement", id="a ninth one"),
        pytest.param(replace(PLAIN, **LONG), "management", id="first, long"),
        pytest.param(replace(PLAIN, **LARGE), "management", id="first, large"),
        pytest.param(replace(PLAIN, **SCHOOL), "management", id="first, at a school"),
        pytest.param(replace(PLAIN, **LONG, **LARGE), "management", id="a first is not enforced"),
        pytest.param(replace(SECOND, **LONG), "enforcement", id="second, long"),
        pytest.param(replace(PLAIN, is_minor=True), "service", id="first, minor"),
        pytest.param(replace(PLAIN, is_minor=True, **LONG), "service", id="first, minor, long"),
        pytest.param(
            replace(PLAIN, is_minor=True, **LONG, **SCHOOL),
            "management",
            id="first, minor, long at a school",
        ),
        pytest.param(replace(SECOND, is_minor=True), "management", id="second, minor"),
        pytest.param(replace(PLAIN, times=None), "service", id="nothing to count by"),
        pytest.param(
            replace(PLAIN, times=None, **LONG, **LARGE), "management", id="unknown, severe"
        ),
        pytest.param(replace(PLAIN, dwell_s=None, size_px=None), "service", id="nothing measured"),
    ],
)
def test_service_first_management_second_enforcement_last(facts: Facts, suggestion: str) -> None:
    assert triage(facts, LIMITS).suggestion == suggestion


@pytest.mark.parametrize(
    ("times", "told"),
    [
        pytest.param(1, (Level.YELLOW, True), id="first"),
        pytest.param(2, (Level.ORANGE, False), id="second"),
        pytest.param(3, (Level.RED, False), id="third"),
        pytest.param(40, (Level.RED, False), id="fortieth"),
        pytest.param(None, (None, None), id="unknown"),
    ],
)
def test_the_colour_says_how_often(
    times: int | None, told: tuple[Level | None, bool | None]
) -> None:
    made = triage(replace(PLAIN, times=times), Thresholds())
    assert (made.level, made.first_offence) == told


def test_a_city_moves_the_thresholds() -> None:
    patient = Thresholds(orange_at=5, red_at=9, long_dwell_s=7200)
    made = triage(replace(THIRD, **LONG), patient)
    assert (made.level, made.suggestion) == (Level.YELLOW, Measure.SERVICE)


def test_reasons_are_sentences_with_the_facts_in_two_languages() -> None:
    facts = replace(THIRD, dwell_s=4000.0, **SCHOOL)
    assert triage(facts, LIMITS).reasons == (
        (
            "90 天内此处第 3 次占道经营：红色，此前 SW-20261108-0001、SW-20261101-0001",
            f"case 3 of street vending here within 90 days: red, after {', '.join(THIRD.latest)}",
        ),
        ("按点位统计，未必是同一主体", "counted by place: those before may have been others"),
        ("已停留 67 分钟，不少于 60 分钟", "it has stood for 67 minutes, 60 or more"),
        ("重点点位 school-gate/a", "school-gate/a is a place of special care"),
    )


def test_reasons_of_a_subject_and_of_a_minor_offence_say_so() -> None:
    made = triage(replace(PLAIN, by_subject=True, is_minor=True), LIMITS)
    assert [one.en for one in made.reasons] == [
        "case 1 of street vending of this subject within 90 days: yellow",
        "it is on the list of minor offences, whose first is not fined",
    ]


@pytest.mark.parametrize("facts", [PLAIN, THIRD, replace(THIRD, **LONG, **LARGE)], ids=str)
def test_nothing_that_is_said_is_a_fine(facts: Facts) -> None:
    said = " ".join(text for one in triage(facts, LIMITS).reasons for text in one)
    assert "罚款" not in said
    assert "fine " not in said


def test_shares_are_told_with_their_intervals_beside_the_aims() -> None:
    decided = {Measure.SERVICE: 80, Measure.MANAGEMENT: 5, Measure.ENFORCEMENT: 0}
    shares = shares_of(decided, undecided=7)
    assert (shares.n, shares.undecided) == (85, 7)
    told = [(one.measure, one.n, one.aim, one.agrees) for one in shares.shares]
    assert told == [
        (Measure.SERVICE, 80, 0.7, False),
        (Measure.MANAGEMENT, 5, 0.2, False),
        (Measure.ENFORCEMENT, 0, 0.1, False),
    ]
    assert shares.shares[0].low == pytest.approx(0.870, abs=1e-3)
    assert shares.shares[0].high == pytest.approx(0.975, abs=1e-3)


def test_without_decisions_no_share_is_told_and_nothing_is_refuted() -> None:
    shares = shares_of({}, undecided=3)
    assert [(one.share, one.low, one.high, one.agrees) for one in shares.shares] == [
        (None, 0.0, 1.0, True)
    ] * 3
