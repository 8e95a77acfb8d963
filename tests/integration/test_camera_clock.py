"""What a camera says of its own clock, by its RTCP sender reports."""

from collections.abc import Callable
from pathlib import Path

from live_service import wait_for
from streetwatch.datasets.live import LiveProcess
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.stream import Capture


def test_a_camera_that_says_its_time_is_compared_with_ours(
    live_camera: Callable[..., LiveProcess], counting_clip: Callable[..., Path]
) -> None:
    source = Source(SourceKind.RTSP, str(live_camera(counting_clip()).url))
    capture = Capture("kerb", source, on_frame=lambda _: None, on_state=lambda _: None)
    assert capture.clock_offset_s is None
    capture.start()
    try:
        offset_s = wait_for("its time", lambda: capture.clock_offset_s)
    finally:
        capture.stop()
    assert abs(offset_s) < 2, "it runs on this machine"


def test_a_file_says_no_time_of_its_own(counting_clip: Callable[..., Path]) -> None:
    source = Source(SourceKind.FILE, str(counting_clip(pictures=10)))
    frames: list[object] = []
    capture = Capture("clip", source, on_frame=frames.append, on_state=lambda _: None)
    capture.start()
    try:
        wait_for("a picture", lambda: frames or None)
    finally:
        capture.stop()
    assert capture.clock_offset_s is None
