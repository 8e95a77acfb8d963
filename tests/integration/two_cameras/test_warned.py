"""What two cameras see is warned of once and filed once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corner import CAR, START, Corner
from streetwatch.service.incidents.incident import State

SOFT_S = 20.0


@pytest.fixture
def warned(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Corner]:
    """The same corner where people are warned first: the car is, by both, at the 10th second."""
    built = Corner(tmp_path, new_database(), SOFT_S)
    yield built
    built.store.close()


def only(corner: Corner, *occasions: str) -> list[tuple[str, str]]:
    return [one for one in corner.told() if one[0] in occasions]


def test_what_two_cameras_warn_of_and_see_is_filed_once(warned: Corner) -> None:
    warned.looks(0, 50, south=[CAR], north=[CAR])
    assert only(warned, "warned", "opened") == [("warned", "south"), ("opened", "south")]
    roles = {one["role"] for one in warned.last_told()["evidence"] if "north" in one["name"]}
    assert roles == {"first_seen", "warned", "threshold", "close_up", "zone_overlay"}


def test_pictures_of_a_view_are_told_of_when_it_is_warned_and_when_it_stands_on(
    warned: Corner,
) -> None:
    warned.looks(0, 32, south=[CAR], north=[CAR])
    told = {one["name"] for one in warned.last_told()["evidence"]}
    case_id = warned.of("south").id
    assert told == {one.name for one in warned.store.evidence(case_id)}


@pytest.mark.parametrize("restarts", [(), (25,), (35,), (25, 35)], ids=str)
@pytest.mark.parametrize("lost_at", [15, 27], ids=["long before", "just before"])
def test_a_camera_that_still_sees_what_was_warned_of_files_it_for_the_one_that_lost_it(
    warned: Corner, lost_at: int, restarts: tuple[int, ...]
) -> None:
    warned.looks(0, lost_at, south=[CAR], north=[CAR])
    for until in (*restarts, 60):
        start = lost_at
        lost_at = until
        warned.looks(start, until, south=[], north=[CAR])
        if until != 60:
            warned.restart()
    case = warned.of("south")
    assert only(warned, "warned", "opened", "cleared") == [("warned", "south"), ("opened", "south")]
    assert (case.state, case.duplicate_of) == (State.OPEN, None)
    assert case.last_seen >= (case.opened_at or 0) > START + 30 - 1
    sealed = [one.role for one in warned.store.evidence(case.id)]
    assert sealed.count("manifest") == 1
    warned.looks(60, 80, south=[], north=[])
    assert only(warned, "cleared") == [("cleared", "south")]
    assert warned.last_told()["last_seen"] > warned.last_told()["opened_at"]


def test_a_camera_that_stood_on_first_files_when_the_others_sight_is_lost(warned: Corner) -> None:
    warned.soft_start_s = SOFT_S / 4
    warned.watches["north"] = warned.started(warned.sites[1])
    warned.looks(0, 22, south=[CAR], north=[CAR])
    assert warned.of("north").state is State.OPEN
    assert warned.of("south").state is State.WARNED, "those concerned have their time still"
    warned.looks(22, 40, south=[], north=[CAR])
    assert only(warned, "opened") == [("opened", "south")]


def test_a_camera_that_fails_leaves_no_warning_unfiled(warned: Corner) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 50, north=[CAR])
    assert only(warned, "opened") == [("opened", "south")]
    warned.looks(50, 70, south=[CAR], north=[CAR])
    assert only(warned, "opened", "disputed") == [("opened", "south")], "once"


@pytest.mark.parametrize("rejected", [False, True], ids=["closed", "rejected"])
def test_what_was_closed_while_it_was_warned_of_is_filed_by_whoever_still_sees_it(
    warned: Corner,
    rejected: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 22, south=[], north=[CAR])
    warned.end(22, rejected=rejected)
    warned.looks(23, 60, south=[], north=[CAR])
    assert only(warned, "opened", "disputed") == ([] if rejected else [("opened", "south")])


def test_what_goes_before_both_cameras_while_it_is_warned_of_files_nothing(warned: Corner) -> None:
    warned.looks(0, 15, south=[CAR], north=[CAR])
    warned.looks(15, 20, south=[], north=[CAR])
    warned.looks(20, 60, south=[], north=[])
    assert only(warned, "warned", "opened", "cleared") == [
        ("warned", "south"),
        ("cleared", "south"),
    ]
    assert "manifest" not in {one.role for one in warned.store.evidence(warned.of("south").id)}
