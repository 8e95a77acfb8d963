"""A camera that is looked at in its smaller stream: two real RTSP streams of one street."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from live_service import wait_for
from rtsp_door import at_one_address
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.app import Service
from streetwatch.service.cameras import load_cameras
from streetwatch.service.config.network_schema import NetworkSettings
from streetwatch.service.settings import Settings
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.errors import SourceError
from streetwatch.vision.capture.resolver import Way
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.steady import SteadyClock
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.capture.two_streams import Paired, TwoStreams
from streetwatch.vision.picture import Masked
from streetwatch.vision.types import Frame
from waiting import PATIENCE_S

MAIN = Source(SourceKind.RTSP, "rtsp://u:p@camera/stream1")
LARGE, SMALL = (1280, 720), (640, 480)

Clip = Callable[..., Path]
Live = Callable[..., LiveProcess]


class Camera:
    """Two streams at two addresses; both are found where the camera's own are looked for."""

    def __init__(self, main: LiveProcess, sub: LiveProcess | None) -> None:
        self.streams = {"stream1": main, "stream2": sub}
        self.frames: list[Frame] = []
        self._came = threading.Condition()
        self.ring = Ring(keep_s=30.0)
        options = CaptureOptions(look_interval_s=1.0)
        self.capture = TwoStreams(
            "kerb",
            MAIN,
            on_frame=self._take,
            on_state=lambda _: None,
            ring=self.ring,
            options=replace(options, resolve=self._way),
            clock=SteadyClock(),
        )

    def _way(self, source: Source) -> Way:
        stream = self.streams[source.url.rpartition("/")[2]]
        return Way(stream.url if stream else "rtsp://127.0.0.1:1/nothing")

    def _take(self, frame: Frame) -> None:
        with self._came:
            self.frames.append(frame)
            self._came.notify_all()

    def next_where(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Return the next frame of a kind."""
        seen = len(self.frames)

        def found() -> Frame | None:
            return next((one for one in self.frames[seen:] if wanted(one)), None)

        with self._came:
            assert self._came.wait_for(lambda: found() is not None, PATIENCE_S)
        frame = found()
        assert frame is not None
        return frame


@pytest.fixture
def camera(counting_clip: Clip, live_camera: Live) -> Callable[..., Camera]:
    def made(sub_size: tuple[int, int] | None = SMALL) -> Camera:
        main = counting_clip("main.mp4", size=LARGE)
        sub = None if sub_size is None else counting_clip("sub.mp4", size=sub_size)
        return Camera(live_camera(main), None if sub is None else live_camera(sub))

    return made


def is_paired(frame: Frame) -> bool:
    return isinstance(frame.picture, Paired)


def is_of_the_larger(frame: Frame) -> bool:
    return isinstance(frame.picture, Decoded)


def test_looks_are_taken_in_the_smaller_stream_and_evidence_in_the_larger_one(
    camera: Callable[..., Camera],
    counter_of: Callable[[npt.NDArray[np.uint8]], int],
    tmp_path: Path,
) -> None:
    one = camera()
    one.capture.start()
    try:
        frame = one.next_where(is_paired)
        before = one.capture.counts.decode_s
        assert isinstance(frame.picture, Paired)
        assert frame.size == LARGE
        assert frame.picture.within(640).shape == (360, 640, 3)  # as the street is, not squeezed
        image = frame.image
        assert image.shape == (720, 1280, 3)
        assert counter_of(image) % 10 == 0  # a key frame of the larger stream
        assert frame.kept().picture.within(320).shape == (180, 320, 3)
        assert Masked(frame.picture, ()).within(640).shape == (360, 640, 3)
        later = one.next_where(is_paired)
        assert later.at > frame.at
        assert one.capture.counts.decode_s >= before
        clip = one.ring.write_clip(tmp_path / "clip.mp4", from_s=frame.at - 1, to_s=later.at)
        assert clip.pictures > 1
    finally:
        one.capture.stop()
    assert one.capture.is_over
    assert [one.at for one in one.frames] == sorted(one.at for one in one.frames)


def test_where_the_smaller_stream_ends_looks_go_on_in_the_larger_one(
    camera: Callable[..., Camera],
) -> None:
    one = camera()
    one.capture.start()
    try:
        last = one.next_where(is_paired)
        stream = one.streams["stream2"]
        assert stream is not None
        stream.process.kill()
        first = one.next_where(is_of_the_larger)
        assert first.size == LARGE
        assert first.at > last.at
        assert not one.capture.looks_in_sub
        one.next_where(is_of_the_larger)  # sooner than it is decoded beside a smaller one
    finally:
        one.capture.stop()


@pytest.mark.parametrize(
    "sub_size", [pytest.param(None, id="does not answer"), pytest.param((320, 180), id="tiny")]
)
def test_without_a_smaller_stream_of_use_the_larger_one_is_looked_at(
    camera: Callable[..., Camera], sub_size: tuple[int, int] | None
) -> None:
    one = camera(sub_size)
    one.capture.start()
    try:
        assert one.next_where(lambda _: True).size == LARGE
        assert all(map(is_of_the_larger, one.frames))
        assert one.next_where(is_of_the_larger).at > one.frames[0].at
    finally:
        one.capture.stop()


def test_an_address_that_tells_no_smaller_stream_is_refused() -> None:
    with pytest.raises(SourceError):
        TwoStreams(
            "kerb",
            Source(SourceKind.RTSP, "rtsp://camera/live"),
            on_frame=lambda _: None,
            on_state=lambda _: None,
            ring=None,
            options=CaptureOptions(),
            clock=SteadyClock(),
        )


def test_a_camera_whose_file_says_so_is_judged_in_the_size_of_its_larger_stream(
    counting_clip: Clip, live_camera: Live, tmp_path: Path
) -> None:
    main = live_camera(counting_clip("main.mp4", size=LARGE), path="stream1")
    sub = live_camera(counting_clip("sub.mp4", size=SMALL), path="stream2")
    with at_one_address(main.url, sub.url) as url:
        source = {"kind": "rtsp", "url": url, "sub_stream": True}
        file = tmp_path / "cameras.yaml"
        file.write_text(json.dumps({"cameras": [{"id": "kerb", "source": source}]}), "utf-8")
        settings = Settings(
            data_dir=tmp_path / "data",
            detector_threads=1,
            networks=NetworkSettings(cameras=["127.0.0.0/8"]),
        )
        service = Service(settings, load_cameras(file, environ={}))
        with service.running():
            kerb = service.watched["kerb"]

            def judged() -> Frame | None:
                frame = kerb.recorder.pictures.latest
                return frame if frame is not None and is_paired(frame) else None

            frame = wait_for("look at the smaller stream", judged)
            assert frame.size == LARGE
            assert frame.image.shape == (720, 1280, 3)
            assert kerb.capture.ring is not None
            assert kerb.capture.ring.size_bytes > 0
