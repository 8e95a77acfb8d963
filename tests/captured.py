"""A capture that is watched: what it tells is collected, and waited for."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.live import LiveProcess
from streetwatch.vision.capture.opening import TimeOuts
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.state import CaptureState, Phase
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.types import Frame
from waiting import PATIENCE_S

Counter = Callable[[npt.NDArray[np.uint8]], int]


LiveCamera = Callable[..., LiveProcess]


Clip = Callable[..., Path]


QUICK = CaptureOptions(  # looks as often as the clips' key frames come: every second picture
    look_interval_s=0.2,
    time_outs=TimeOuts(open_s=1.0, read_s=1.0),
    back_off=BackOff(first_s=0.1, longest_s=0.3),
)


@dataclass
class Watcher:
    """Collects what a capture tells and lets a test wait for it."""

    frames: list[Frame] = field(default_factory=list)
    states: list[CaptureState] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def on_frame(self, frame: Frame) -> None:
        with self.news:
            self.frames.append(frame)
            self.news.notify_all()

    def on_state(self, state: CaptureState) -> None:
        with self.news:
            self.states.append(state)
            self.news.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(what, PATIENCE_S), (self.states[-5:], len(self.frames))

    def wait_frames(self, count: int) -> None:
        wanted = len(self.frames) + count
        self.wait_for(lambda: len(self.frames) >= wanted)

    def wait_phase(self, phase: Phase) -> CaptureState:
        known = len(self.states)
        self.wait_for(lambda: any(state.phase is phase for state in self.states[known:]))
        return next(state for state in self.states[known:] if state.phase is phase)

    @property
    def times(self) -> list[float]:
        return [frame.at for frame in self.frames]


@contextmanager
def watching(
    url: str,
    *,
    kind: SourceKind = SourceKind.RTSP,
    options: CaptureOptions = QUICK,
    ring: Ring | None = None,
) -> Iterator[tuple[Watcher, Capture]]:
    watcher = Watcher()
    capture = Capture(
        "kerb",
        Source(kind, url),
        on_frame=watcher.on_frame,
        on_state=watcher.on_state,
        ring=ring,
        options=options,
    )
    capture.start()
    try:
        yield watcher, capture
    finally:
        assert capture.stop(), "the capture thread did not end"


def with_password(url: str) -> str:
    return url.replace("rtsp://", "rtsp://guard:S3CRET@")
