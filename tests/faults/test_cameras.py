"""Cameras that fail in every way, all at once, beside two that are well: a real chain."""

import os
import threading

import pytest

from streetwatch.benchmarks.faults import QUICK, FaultOutcome, FaultRun, run_faults
from streetwatch.datasets.fake_trouble import Clips, Trouble

#: So many looks of the two cameras that are well, of some two dozen, may be late on a machine that
#: does much else. Held up by the others they would go without half of them.
MOST_LOST = 6


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, clips: Clips) -> FaultRun:
    folder = tmp_path_factory.mktemp("city")
    return run_faults(folder, clips, pace=QUICK, lasting_s=6.0, seed=3)


@pytest.fixture
def outcome(run: FaultRun, trouble: Trouble) -> FaultOutcome:
    return next(one for one in run.outcomes if one.trouble is trouble)


@pytest.mark.parametrize("trouble", Trouble)
def test_what_stands_there_is_filed_once_and_from_when_it_was_first_seen(
    outcome: FaultOutcome,
) -> None:
    assert outcome.recovery_s is not None, "it was looked at again"
    assert (outcome.cases, outcome.elsewhere, outcome.kept) == (1, 0, True)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.REFUSES, "connection refused"),
        (Trouble.SILENT, "no answer within 1 s"),
        (Trouble.UNAUTHORISED, "user name or password refused (401)"),
        (Trouble.HANGS, "no picture"),
        (Trouble.HALF_OPEN, "no answer within 1 s"),
        (Trouble.EMPTY, ""),
    ],
)
def test_a_camera_without_pictures_says_why(outcome: FaultOutcome, words: str) -> None:
    assert outcome.phase in {"retrying", "connecting"}
    assert words in outcome.reason
    assert outcome.connections > 1


@pytest.mark.parametrize("trouble", [Trouble.TIME_BACK, Trouble.TIME_FORWARD, Trouble.RESIZED])
def test_a_camera_whose_clock_or_size_changes_is_watched_on_without_connecting_again(
    outcome: FaultOutcome,
) -> None:
    assert (outcome.phase, outcome.connections) == ("live", 1)


@pytest.mark.parametrize("trouble", [Trouble.GREY])
def test_pictures_with_nothing_in_them_are_not_judged(outcome: FaultOutcome) -> None:
    assert outcome.blind > 0


@pytest.mark.parametrize("trouble", [Trouble.LOSES, Trouble.CORRUPTS])
def test_damaged_pictures_are_counted_and_left_out(outcome: FaultOutcome) -> None:
    assert outcome.corrupt > 0


def test_cameras_that_are_well_keep_their_looks(run: FaultRun) -> None:
    assert run.lost_by_others <= MOST_LOST


def test_no_thread_and_no_handle_is_left_when_all_is_over(run: FaultRun) -> None:
    assert run.outcomes
    left = [one.name for one in threading.enumerate() if one.name.startswith("capture-")]
    assert left == []
    assert len(os.listdir("/proc/self/fd")) < 100  # noqa: PTH208 -- as cheap as it gets
