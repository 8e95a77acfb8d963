"""Real cameras, coded here and served by a real RTSP server, and a case platform that listens."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
import sqlalchemy as sa

from platform_parts import Platform
from streetwatch.datasets.live import LiveProcess, start_live
from streetwatch.service.store.engine import open_engine

_BITS = 12
_CELL = 16  # pixels a bit: wide enough to survive coding


def _picture(number: int, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Grey, a white square that moves, and the picture's number in black and white cells on top."""
    image = np.full((height, width, 3), 90, np.uint8)
    left = (number * 3) % (width - 24)
    image[height // 2 : height // 2 + 24, left : left + 24] = 255
    for bit in range(_BITS):
        image[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 255 if number >> bit & 1 else 0
    return image


@pytest.fixture
def engine(new_database: Callable[..., str]) -> Iterator[sa.Engine]:
    """A database of each kind, with our tables."""
    engine = open_engine(new_database())
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def counter_of() -> Callable[[npt.NDArray[np.uint8]], int]:
    """Read the number that `counting_clip` has drawn into a picture."""

    def read(image: npt.NDArray[np.uint8]) -> int:
        middle = image[_CELL // 2, _CELL // 2 : _BITS * _CELL : _CELL, 1]
        return sum(1 << bit for bit, value in enumerate(middle) if value > 128)

    return read


@pytest.fixture
def counting_clip(tmp_path: Path) -> Callable[..., Path]:
    """Code a clip whose pictures are numbered from 0; by default 6 s, 10 fps, a key a second."""

    def make(  # noqa: PLR0913  -- each is a knob of one clip
        name: str = "clip.mp4",
        *,
        size: tuple[int, int] = (320, 240),
        pictures: int = 60,
        fps: int = 10,
        key_every: int = 10,
        b_frames: int = 0,
        codec: str = "libx264",
    ) -> Path:
        path = tmp_path / name
        options = {"g": str(key_every), "bf": str(b_frames), "sc_threshold": "0", "crf": "20"}
        if codec == "libx265":
            options = {"x265-params": f"keyint={key_every}:bframes=0:log-level=none"}
        with av.open(path, "w") as output:
            stream = output.add_stream(codec, rate=fps, options=options)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            for number in range(pictures):
                frame = av.VideoFrame.from_ndarray(_picture(number, *size), format="bgr24")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                output.mux(stream.encode(frame))
            output.mux(stream.encode())
        return path

    return make


@pytest.fixture
def live_camera() -> Iterator[Callable[..., LiveProcess]]:
    """Start live RTSP cameras; all are ended with the test."""
    started: list[LiveProcess] = []

    def start(clip: Path, **how: object) -> LiveProcess:
        camera = start_live(clip, **how)  # type: ignore[arg-type]
        started.append(camera)
        return camera

    yield start
    for camera in started:
        camera.kill()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Platform, str]]:
    """A case platform behind real HTTP, and its address."""
    platform = Platform()
    with platform.listening() as url:
        yield platform, url


@pytest.fixture
def platform(served: tuple[Platform, str]) -> Platform:
    """The same, with nothing taken yet."""
    served[0].clear()
    return served[0]
