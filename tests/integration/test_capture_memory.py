"""What a camera holds: bounded by bytes, no more after a thousand connections than after ten."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.state import CaptureState, Phase
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.types import Frame
from waiting import PATIENCE_S

_MIB = 1024 * 1024
_WARM, _MORE = 200, 1_000


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


def test_a_thousand_connections_leave_nothing_behind(counting_clip: Callable[..., Path]) -> None:
    clip = counting_clip(size=(640, 480), pictures=2, key_every=1, fps=25)
    ring, connected = Ring(keep_s=30.0, keep_bytes=_MIB), threading.Semaphore(0)

    def on_state(state: CaptureState) -> None:
        if state.phase is Phase.RETRYING:
            connected.release()

    capture = Capture(
        "kerb",
        Source(SourceKind.FILE, str(clip)),
        on_frame=lambda _: None,
        on_state=on_state,
        ring=ring,
        options=CaptureOptions(back_off=BackOff(first_s=1e-4, longest_s=1e-4)),
        clock=iter_clock(),
    )
    capture.start()
    try:
        for _ in range(_WARM):
            assert connected.acquire(timeout=PATIENCE_S)
        before = _resident_bytes()
        for _ in range(_MORE):
            assert connected.acquire(timeout=PATIENCE_S)
        grown = _resident_bytes() - before
    finally:
        assert capture.stop()
    assert capture.counts.connections >= _WARM + _MORE
    assert ring.size_bytes <= _MIB
    assert (
        grown < 16 * _MIB
    )  # the heap settles: a decoder left behind each time would be a gigabyte


def iter_clock() -> Callable[[], float]:
    """Return a clock that runs so fast that no picture of a file is ever waited for."""
    now = [1e9]

    def tell() -> float:
        now[0] += 0.2
        return now[0]

    return tell


def test_a_camera_of_many_bits_keeps_no_more_bytes_than_it_may(
    counting_clip: Callable[..., Path],
) -> None:
    clip = counting_clip(size=(480, 320), pictures=40, key_every=2)
    size, pictures = clip.stat().st_size, list[Frame]()
    done = threading.Event()
    ring = Ring(keep_s=60.0, keep_bytes=size // 4)
    most = 0

    def on_frame(frame: Frame) -> None:
        nonlocal most
        pictures.append(frame)
        most = max(most, ring.size_bytes)

    capture = Capture(
        "kerb",
        Source(SourceKind.FILE, str(clip)),
        on_frame=on_frame,
        on_state=lambda state: done.set() if state.phase is Phase.RETRYING else None,
        ring=ring,
        options=CaptureOptions(look_interval_s=0.2),
        clock=iter_clock(),
    )
    capture.start()
    try:
        assert done.wait(PATIENCE_S)
    finally:
        assert capture.stop()
    assert len(pictures) > 5
    assert size // 8 < most <= size // 4


def test_a_picture_that_is_kept_keeps_no_threads() -> None:
    grey = np.zeros((360, 640, 3), np.uint8)
    frames = [VideoFrame.from_ndarray(grey, format="bgr24") for _ in range(8)]
    before = _threads()
    kept = [
        Decoded.of(frame.reformat(640, 360, "yuv420p", threads=1), longest=320) for frame in frames
    ]
    assert len(kept) == 8
    assert _threads() <= before  # what another test had begun may end meanwhile


def _threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))
