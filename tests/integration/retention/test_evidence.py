"""How long the evidence of a camera's cases is kept, and how it goes."""

import pytest

from filed import NOON, an_incident
from retained_world import CANDIDATE, CASE, World, candidate
from streetwatch.service.desk.report import Hold
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import DAY_S


def test_a_candidate_goes_with_its_pictures_and_row(world: World) -> None:
    world.add(candidate(), with_case=False)
    assert world.run(days=6) == []
    assert world.run(days=8) == [("candidate", CANDIDATE)]
    assert world.files(CANDIDATE) == []
    assert world.store.incidents() == ()


def test_the_evidence_of_a_case_goes_and_its_facts_stay(world: World) -> None:
    world.add(an_incident())
    world.end()
    assert world.run(days=179) == []
    assert world.run(days=181) == [("evidence", CASE)]
    assert (world.files(CASE), world.attachments(CASE)) == ([], 0)
    case = world.book.case(CASE)
    assert (case["state"], case["evidence"]) == ("closed", [])
    assert (case["history"][-1]["action"], case["history"][-1]["by"]) == (
        "evidence_deleted",
        "streetwatch",
    )
    assert len(world.store.incidents()) == 1
    assert world.run(days=182) == [], "once"


def test_what_was_deleted_is_written_down_with_its_hashes(world: World) -> None:
    world.add(candidate(), with_case=False)
    world.run(days=8)
    (row,) = world.written_down()
    assert (row["kind"], row["name"], row["reason"]) == (
        "candidate",
        CANDIDATE,
        "no case 7 d or more",
    )
    assert [(file["name"], len(file["sha256"])) for file in row["files"]] == [("threshold.jpg", 64)]
    assert row["begun_at"] == row["done_at"] == NOON + 8 * DAY_S


@pytest.mark.parametrize(
    ("days", "is_left"), [pytest.param(29, True, id="29 d"), pytest.param(31, False, id="31 d")]
)
def test_a_rejected_case_keeps_its_evidence_for_a_month(
    world: World,
    days: float,
    is_left: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    world.add(an_incident(state=State.CLOSED, closed_at=NOON, rejected_at=NOON))
    world.end(CaseState.REJECTED)
    world.run(days=days)
    assert bool(world.files(CASE)) == is_left


def test_a_case_that_is_not_ended_keeps_everything(world: World) -> None:
    world.add(an_incident())
    assert world.run(days=1000) == []
    assert world.files(CASE) == ["threshold.jpg"]


def test_a_case_of_another_platform_has_ended_when_its_place_was_cleared(world: World) -> None:
    world.add(an_incident(state=State.CLEARED, cleared_at=NOON), with_case=False)
    assert world.run(days=181) == [("evidence", CASE)]


def test_a_held_case_outlives_its_time_until_the_hold_is_lifted(world: World) -> None:
    world.add(an_incident())
    world.end()
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=1000) == []
    world.book.hold(CASE, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert world.run(days=1000) == [("evidence", CASE)]


def test_a_view_is_kept_with_the_case_whose_view_it_is(world: World) -> None:
    world.add(an_incident())
    view = an_incident(
        id="v" * 26, state=State.CLEARED, cleared_at=NOON, camera_id="b", duplicate_of=CASE
    )
    world.add(view, with_case=False)
    assert world.run(days=1000) == [], "its case has not ended"
    world.end()
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=1000) == []
    world.book.hold(CASE, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert {name for _, name in world.run(days=1000)} == {CASE, view.id}
    assert (world.files(CASE), world.files(view.id)) == ([], [])
