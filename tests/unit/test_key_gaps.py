"""How far apart key frames are, from the packets' times alone."""

import pytest

from streetwatch.vision.capture.key_gaps import KeyGaps


def _seen(*packets: tuple[float, bool]) -> KeyGaps:
    gaps = KeyGaps()
    for at, is_key in packets:
        gaps = gaps.seen(at, is_key=is_key)
    return gaps


def test_the_latest_distance_between_two_key_frames_is_measured() -> None:
    gaps = _seen((0.0, True), (1.0, False), (2.0, True), (5.0, False), (12.0, True))
    assert (gaps.key_s, gaps.gap_s) == (12.0, 10.0)


@pytest.mark.parametrize(
    ("gaps", "at", "is_rarer"),
    [
        pytest.param(_seen((0.0, True), (2.0, True)), 3.0, False, id="every 2 s"),
        pytest.param(_seen((0.0, True), (10.0, True)), 10.1, True, id="every 10 s"),
        pytest.param(_seen((0.0, True)), 3.9, False, id="the second may still come"),
        pytest.param(_seen((0.0, True)), 4.5, True, id="the second is late"),
        pytest.param(_seen((0.0, False)), 4.5, True, id="there never was one"),
        pytest.param(_seen((0.0, True), (2.0, True)), 7.0, True, id="they have stopped"),
    ],
)
def test_rare_key_frames_are_told(gaps: KeyGaps, at: float, is_rarer: bool) -> None:  # noqa: FBT001
    assert gaps.are_rarer_than(4.0, at) is is_rarer


def test_where_the_next_key_frame_is_known_to_come_in_time_it_is_waited_for() -> None:
    gaps = _seen((0.0, True), (10.0, True))
    assert gaps.next_comes_within(4.0, 16.0)
    assert not gaps.next_comes_within(4.0, 14.0)
    assert not _seen((0.0, True)).next_comes_within(100.0, 1.0)


def test_one_is_overdue_only_beyond_the_latest_distance() -> None:
    gaps = _seen((0.0, True), (10.0, True))
    assert not gaps.is_overdue(19.0, 4.0)
    assert gaps.is_overdue(21.0, 4.0)


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0, 1.7e9])
def test_a_jump_of_the_cameras_clock_is_no_distance(jump_s: float) -> None:
    gaps = KeyGaps()
    for at in (0.0, 2.0, 4.0):
        gaps = gaps.seen(at, is_key=True)
    gaps = gaps.seen(5.0 + jump_s, is_key=False)
    assert gaps.gap_s == 2.0
    assert not gaps.are_rarer_than(3.0, 5.5 + jump_s)
    assert gaps.seen(7.0 + jump_s, is_key=True).gap_s == 2.0
