"""Live capture from servers that are silent, wrong or not there, and its end."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from captured import QUICK, Clip, LiveCamera, Watcher, watching, with_password
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.state import Phase
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.types import Frame


@contextmanager
def _silent_server() -> Iterator[int]:
    """Accepts every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    taken.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in taken:
                connection.close()


def test_a_server_that_says_nothing_is_given_up_in_time_and_tried_again() -> None:
    with (
        _silent_server() as port,
        watching(f"rtsp://guard:S3CRET@127.0.0.1:{port}/live") as (watcher, _),
    ):
        state = watcher.wait_phase(Phase.RETRYING)
        watcher.wait_phase(Phase.RETRYING)
    assert "no answer within 1 s" in state.reason
    assert "S3CRET" not in state.reason


def test_a_camera_that_falls_silent_is_noticed_and_watched_again_when_it_speaks(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    camera = live_camera(counting_clip(key_every=2))
    with watching(camera.url) as (watcher, _):
        watcher.wait_frames(2)
        camera.process.send_signal(signal.SIGSTOP)
        state = watcher.wait_phase(Phase.RETRYING)
        camera.process.send_signal(signal.SIGCONT)
        watcher.wait_phase(Phase.LIVE)
        watcher.wait_frames(2)
    assert "no picture for 1 s" in state.reason
    assert watcher.times == sorted(watcher.times)


def test_stop_is_prompt_while_blocked_in_a_read(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    camera = live_camera(counting_clip())
    with watching(camera.url) as (watcher, capture):
        watcher.wait_frames(1)
        camera.process.send_signal(signal.SIGSTOP)
        assert capture.stop(), "within the seconds that it has"
        camera.process.send_signal(signal.SIGCONT)
    assert watcher.states[-1].phase is Phase.STOPPED


def test_stop_is_prompt_while_waiting_to_try_again() -> None:
    patient = CaptureOptions(back_off=BackOff(first_s=50.0))
    with watching("rtsp://127.0.0.1:1/live", options=patient) as (watcher, capture):
        # It is refused at once and then waits: the state may have been told before we look.
        watcher.wait_for(
            lambda: watcher.states[-1:] != [] and capture.state.phase is Phase.RETRYING
        )
        assert capture.stop(), "within the seconds that it has"


def _nothing_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"rtsp://guard:S3CRET@127.0.0.1:{listening.getsockname()[1]}/live"


def test_a_wrong_port_is_told_in_plain_words() -> None:
    with watching(_nothing_listens()) as (watcher, _):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "rtsp://guard:***@127.0.0.1" in state.reason
    assert "connection refused" in state.reason


def test_a_wrong_path_is_told_in_plain_words(counting_clip: Clip, live_camera: LiveCamera) -> None:
    url = with_password(live_camera(counting_clip()).url) + "/elsewhere?token=S3CRET"
    with watching(url) as (watcher, capture):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "no such stream there (404)" in state.reason
    assert "S3CRET" not in state.reason
    assert capture.state.phase is Phase.STOPPED


def test_a_dead_camera_does_not_hold_up_a_live_one(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    url = live_camera(counting_clip(key_every=2)).url
    with (
        _silent_server() as port,
        watching(f"rtsp://127.0.0.1:{port}/live") as (dead, _),
        watching(url) as (alive, _),
    ):
        alive.wait_frames(6)
        assert not dead.frames
    assert np.diff(alive.times[1:]) == pytest.approx(0.2, abs=0.05)


def test_a_fault_in_the_receiver_is_told_and_does_not_end_the_capture(
    counting_clip: Clip, live_camera: LiveCamera, capfd: pytest.CaptureFixture[str]
) -> None:
    watcher, calls = Watcher(), iter(range(100))

    def fails_once(frame: Frame) -> None:
        if next(calls) == 0:
            raise RuntimeError("a fault of ours")
        watcher.on_frame(frame)

    url = with_password(live_camera(counting_clip(key_every=2)).url)
    source = Source(SourceKind.RTSP, url)
    capture = Capture("kerb", source, on_frame=fails_once, on_state=watcher.on_state, options=QUICK)
    capture.start()
    try:
        watcher.wait_frames(2)
    finally:
        assert capture.stop()
    assert "an error inside the program" in watcher.states[1].reason
    told = "".join(capfd.readouterr())
    assert "a fault of ours" in told  # with its traceback, and all that a traceback shows
    assert "S3CRET" not in told
