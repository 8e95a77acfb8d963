"""Capture time from a stream's own timestamps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.vision.capture.clock import DRIFT, JUMP_S, ClipClock, StreamClock

_START = 1_000_000.0


def _run(packets: list[tuple[float | None, float]]) -> list[float]:
    """Tick a clock through (stream seconds, seconds of arrival after the start)."""
    clock, times = StreamClock(), []
    for stream_s, after_s in packets:
        clock, at = clock.tick(stream_s, _START + after_s)
        times.append(at - _START)
    return times


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        pytest.param([(50.0, 0.0), (51.0, 1.0)], [0.0, 1.0], id="anchored_at_first_arrival"),
        pytest.param([(0.0, 0.0), (1.0, 1.3), (2.0, 2.0)], [0.0, 1.0, 2.0], id="jitter_is_ignored"),
        pytest.param(
            [(0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (2.0, 2.0)],
            [1.0, 1.0, 1.0, 2.0],
            id="a_burst_at_the_start_never_runs_ahead_of_arrival",
        ),
        pytest.param(
            [(None, 0.0), (0.1, 0.1), (1.1, 1.1)], [0.0, 0.1, 1.1], id="first_without_pts"
        ),
        pytest.param(
            [(0.0, 0.0), (None, 0.4), (None, 0.8), (1.0, 1.0)],
            [0.0, 0.4, 0.8, 1.0],
            id="without_pts_follows_arrival",
        ),
        pytest.param(
            [(95_443.0, 0.0), (95_444.0, 1.0), (0.5, 2.0), (1.5, 3.0)],
            [0.0, 1.0, 2.0, 3.0],
            id="wrap_of_the_counter_is_anchored_anew",
        ),
        pytest.param(
            [(0.0, 0.0), (1.0, 1.0), (9_000.0, 2.0), (9_001.0, 3.0)],
            [0.0, 1.0, 2.0, 3.0],
            id="jump_forward_is_anchored_anew",
        ),
        pytest.param(
            [(0.0, 0.0), (1.0, 9.0), (2.0, 10.0)],
            [0.0, 9.0, 10.0],
            id="later_than_the_limit_is_anchored_anew",
        ),
        pytest.param(
            [(0.0, 0.0), (0.2, 0.0), (0.1, 0.0), (0.3, 0.1)],
            [0.0, 0.0, 0.0, 0.1],
            id="reordered_pictures_do_not_go_back",
        ),
        pytest.param([(0.0, 5.0), (1.0, 3.0)], [5.0, 5.0], id="arrival_set_back_does_not_go_back"),
    ],
)
def test_capture_time_follows_the_stream(
    packets: list[tuple[float | None, float]], expected: list[float]
) -> None:
    assert _run(packets) == pytest.approx(expected, abs=2 * DRIFT)


_stream_s = st.one_of(st.none(), st.floats(0, 1e5))
_packets = st.lists(st.tuples(_stream_s, st.floats(0, 60)), min_size=1, max_size=60)


@given(_packets)
def test_whatever_a_camera_sends_time_never_falls_nor_passes_arrival(
    steps: list[tuple[float | None, float]],
) -> None:
    clock, arrival, before = StreamClock(), _START, -1.0
    for stream_s, step_s in steps:
        arrival += step_s
        clock, at = clock.tick(stream_s, arrival)
        assert before <= at <= arrival
        before = at


@given(
    st.lists(st.floats(0, JUMP_S / 2), min_size=3, max_size=50),
    st.floats(0.02, 2.0),
)
def test_intervals_are_the_streams_own_whatever_the_jitter(
    jitter: list[float], frame_s: float
) -> None:
    """After the least late packet has been seen, only the stream's distances count."""
    arrivals: list[float] = []
    for i, late_s in enumerate([0.0, *jitter]):
        arrivals.append(max(i * frame_s + late_s, arrivals[-1] if arrivals else 0.0))
    times = _run([(i * frame_s, arrival) for i, arrival in enumerate(arrivals)])
    for i, at in enumerate(times):
        assert at == pytest.approx(i * frame_s, abs=1e-6 + 2 * DRIFT * arrivals[i])


def test_a_slow_camera_clock_is_followed_without_a_jump() -> None:
    slow = 0.9995  # 43 s a day
    times = _run([(i * slow, float(i)) for i in range(20_000)])
    assert all(0 <= i - at < 0.01 for i, at in enumerate(times))
    steps = [b - a for a, b in pairwise(times)]
    assert max(steps) < 1.01


def test_a_new_connection_is_anchored_at_its_arrival_and_never_goes_back() -> None:
    clock, _ = StreamClock().tick(10.0, _START)
    clock, at = clock.untied().tick(10.5, _START + 8.0)
    assert at == _START + 8.0
    clock, at = clock.untied().tick(0.0, _START + 7.0)
    assert at == _START + 8.0


def test_lead_is_what_to_wait_to_play_as_filmed() -> None:
    clock, _ = StreamClock().tick(0.0, _START)
    assert clock.lead(0.5, _START) == 0.5
    assert clock.lead(0.5, _START + 2) == 0.0
    assert clock.lead(JUMP_S + 1, _START) == 0.0
    assert clock.lead(None, _START) == 0.0


def test_a_picture_is_timed_like_the_packets_it_came_from() -> None:
    clock, _ = StreamClock().tick(0.0, _START)
    clock, _ = clock.tick(2.0, _START + 2)
    assert clock.when(1.0) == pytest.approx(_START + 1)
    assert clock.when(9.0) == clock.at
    assert clock.when(None) == clock.at


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param([7.0, 7.1, 7.2], [0.0, 0.1, 0.2], id="from_the_first_picture"),
        pytest.param([None, None, None], [0.0, 0.1, 0.2], id="without_timestamps"),
        pytest.param([0.0, 0.1, 0.0, 0.1], [0.0, 0.1, 0.2, 0.3], id="clips_joined"),
        pytest.param([0.0, 3.0], [0.0, 3.0], id="a_gap_stays_a_gap"),
        pytest.param([5.0, None, 5.2], [0.0, 0.1, 0.2], id="one_missing"),
    ],
)
def test_clip_time_counts_from_its_first_picture(
    stream: list[float | None], expected: list[float]
) -> None:
    clock, times = ClipClock(start_at=_START, frame_s=0.1), []
    for stream_s in stream:
        clock, at = clock.tick(stream_s)
        times.append(at - _START)
    assert times == pytest.approx(expected)


def test_clip_time_counts_from_the_clips_start_where_its_first_pictures_are_damaged() -> None:
    _, at = ClipClock(start_at=_START).starting_at(7.0).tick(8.9)
    assert at == pytest.approx(_START + 1.9)
    _, earlier = ClipClock(start_at=_START).starting_at(7.0).tick(6.0)
    assert earlier == _START


@given(st.lists(_stream_s, min_size=1, max_size=50))
def test_clip_time_never_falls(stream: list[float | None]) -> None:
    clock, before = ClipClock(), -1.0
    for stream_s in stream:
        clock, at = clock.tick(stream_s)
        assert at >= before
        before = at
