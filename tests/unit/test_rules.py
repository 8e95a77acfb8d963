"""Rules: judging a stay is one sentence; the defaults are those of the docs."""

from dataclasses import replace
from math import isnan
from pathlib import Path

import pytest

from streetwatch.models.labels import LABELS
from streetwatch.zones.rules import DEFAULTS, OBJECTS, Rule, ViolationType
from streetwatch.zones.schedule import Schedule, Window
from streetwatch.zones.stay import Stay
from streetwatch.zones.stays import Stays

BOX = (0.0, 0.0, 100.0, 100.0)
RULE = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0, presence_ratio=0.8)
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"


def stay(observed_s: float, missed_s: float = 0.0, idle_s: float = 0.0) -> Stay:
    """A stay since second 100."""
    last_seen = 100.0 + observed_s + missed_s + idle_s
    return Stay("road", RULE.type, BOX, BOX, 0.9, 5, 100.0, last_seen, observed_s, missed_s, idle_s)


def violated_at(before: Stay, after: Stay) -> float | None:
    """Judge one stay."""
    rows = [Stays.of("road", RULE.type, (one,)) for one in (before, after)]
    moment = float(RULE.violated_at(*rows)[0])
    return None if isnan(moment) else moment


@pytest.mark.parametrize(
    ("found", "moment"),
    [
        pytest.param(stay(59.9), None, id="just short of the dwell"),
        pytest.param(stay(60.0), 160.0, id="exactly the dwell"),
        pytest.param(stay(64.0), 160.0, id="the look came late"),
        pytest.param(stay(48.0, missed_s=12.0), 160.0, id="seen for just the share wanted"),
        pytest.param(stay(47.0, missed_s=13.0), None, id="seen for too little of it"),
        pytest.param(stay(50.0, idle_s=500.0), None, id="idle time is no dwell"),
        pytest.param(stay(60.0, idle_s=500.0), 660.0, id="and puts the moment off"),
        pytest.param(stay(70.0, idle_s=500.0), 660.0, id="late and put off"),
    ],
)
def test_a_stay_is_a_violation_from_the_moment_its_dwell_is_full(
    found: Stay, moment: float | None
) -> None:
    ten_seconds_ago = replace(found, last_seen=found.last_seen - 10.5)
    assert violated_at(ten_seconds_ago, found) == moment


def test_a_dwell_that_was_full_before_counts_from_when_it_was_seen_often_enough() -> None:
    seen_too_little = stay(47.0, missed_s=13.0)
    seen_again = replace(seen_too_little, observed_s=60.0, last_seen=173.0)
    assert violated_at(seen_too_little, seen_again) == 173.0


def test_a_moment_once_decided_stands() -> None:
    decided = replace(stay(500.0), violation_at=160.0)
    assert violated_at(decided, replace(decided, observed_s=1.0, missed_s=80.0)) == 160.0


@pytest.mark.parametrize("kind", ViolationType)
def test_every_type_has_a_default_rule_and_labels_that_models_know(kind: ViolationType) -> None:
    assert DEFAULTS[kind].type is kind
    assert OBJECTS[kind]
    assert OBJECTS[kind] <= set(LABELS)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(RULE, dwell_s=61.0), id="dwell"),
        pytest.param(replace(RULE, grace_s=1.0), id="grace"),
        pytest.param(
            replace(RULE, schedule=Schedule((Window(frozenset({0}), 0, 60),))), id="hours"
        ),
        pytest.param(DEFAULTS[ViolationType.STREET_VENDING], id="type"),
    ],
)
def test_a_rule_that_judges_otherwise_has_another_version(other: Rule) -> None:
    assert RULE.version == replace(RULE).version
    assert other.version != RULE.version


@pytest.mark.parametrize("kind", ViolationType)
def test_the_defaults_stand_in_the_docs(kind: ViolationType) -> None:
    rule = DEFAULTS[kind]
    (row,) = [line for line in REFERENCE.read_text().splitlines() if line.startswith(f"| `{kind}`")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert {label.strip(" `") for label in cells[1].split(",")} == OBJECTS[kind]
    assert [float(cell) for cell in cells[2:8]] == [
        rule.dwell_s,
        rule.gap_s,
        rule.clear_s,
        rule.presence_ratio,
        rule.match_iou,
        rule.drift_limit,
    ]


def test_a_soft_start_changes_the_version_of_the_rule_that_has_one_and_of_no_other() -> None:
    rule = DEFAULTS[ViolationType.STREET_VENDING]
    gentle = replace(rule, soft_start_s=600.0)
    assert rule.version == replace(gentle, soft_start_s=0.0).version
    assert len({rule.version, gentle.version, replace(gentle, soft_start_s=300.0).version}) == 3
    assert "soft_start_s" not in repr(rule)  # the versions of before stay what they were
