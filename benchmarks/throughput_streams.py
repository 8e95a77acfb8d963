"""Streams for the throughput benchmark: clips with known truth, coded once as cameras code."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from streetwatch.benchmarks.event_clips import TrueClip, read_truth
from streetwatch.benchmarks.events import Event
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.types import Seconds

#: What the issue of a hundred cameras is about: 1080p25 H.264, a key frame every 2 s.
WIDTH, HEIGHT, FPS, GOP = 1920, 1080, 25, 50

#: What is to stand there drives up for so long.
_APART_S: Seconds = 2.0

#: The empty street is the median of so many pictures of the clip's time without an event ...
_MEDIAN_OF = 41

#: ... with a sensor's noise (standard deviation, grey levels), so many different pictures of it.
_NOISE = 2.0
_NOISES = 24

#: A clip that is to be a camera lasts at least so long.
_LEAST_S: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class CameraStream:
    """One coded stream, and what happens in it.

    Attributes:
        path: Of the file.
        camera_id: Whose zones apply to it.
        events: With times from its start.
    """

    path: Path
    camera_id: str
    events: tuple[Event, ...]


def coded_streams(  # noqa: PLR0913 -- each is decided by who measures
    data: Path,
    work: Path,
    *,
    seconds: Seconds,
    quiet: int,
    camera_of: Callable[[Path], str | None],
    on_clip: Callable[[str], None],
) -> list[CameraStream]:
    """Code the clips of a folder with truth as 1080p25 H.264 with a key frame every 2 s.

    Args:
        data: Holds clips, `truth.json` and `cameras.yaml`.
        work: Where coded files are kept for the next run.
        seconds: Clips shorter than this are played again from their start.
        quiet: Beside each clip come so many streams of its empty street: what is always there, and
            the noise of a sensor.
        camera_of: Tells which camera a clip is of; clips of none are left out.
        on_clip: Progress.

    Raises:
        DatasetError: no clip there is long enough.
    """
    streams = []
    for clip in read_truth(data):
        camera_id = camera_of(clip.path)
        if camera_id is None or length_s(clip.path) < _LEAST_S:
            continue
        on_clip(clip.path.name)
        coded = work / f"{clip.path.stem}-{seconds:.0f}s.mp4"
        if not coded.is_file():
            _code(_pictures(clip.path, seconds), coded)
        still = work / f"{clip.path.stem}-empty-{seconds:.0f}s.mp4"
        if quiet and not still.is_file():
            _code(_empty_street(clip, seconds), still)
        # The truth's places are of the clip's own pictures, which are scaled here.
        events = tuple(replace(event, bbox=None) for event in clip.events)
        streams.append(CameraStream(coded, camera_id, events))
        streams += [CameraStream(still, camera_id, ())] * quiet
    if not streams:
        raise DatasetError(f"{data}: no clip of {_LEAST_S:.0f} s or longer with a camera")
    return streams


def length_s(path: Path) -> Seconds:
    """Return how long a film is."""
    with av.open(path) as container:
        return float((container.duration or 0) / av.time_base)


def _code(pictures: Iterable[VideoFrame], target: Path) -> None:
    """Scale and code pictures into a file, which appears whole or not at all."""
    unfinished = target.with_suffix(".part.mp4")
    options = {
        "preset": "superfast",
        "crf": "27",
        "g": str(GOP),
        "keyint_min": str(GOP),
        "sc_threshold": "0",
        "bf": "0",
    }
    with av.open(unfinished, "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, frame in enumerate(pictures):
            large = frame.reformat(WIDTH, HEIGHT, "yuv420p")
            large.pts, large.time_base = number, Fraction(1, FPS)
            output.mux(stream.encode(large))
        output.mux(stream.encode())
    unfinished.replace(target)


def _pictures(source: Path, seconds: Seconds) -> Iterator[VideoFrame]:
    """Yield a clip's pictures at FPS, again and again, for so many seconds."""
    given = 0
    while True:
        began = given
        with av.open(source) as container:
            stream = container.streams.video[0]
            for frame in container.decode(stream):
                due = began + round((frame.time or 0.0) * FPS)
                while given <= due:
                    if given >= seconds * FPS:
                        return
                    yield frame
                    given += 1


def _empty_street(clip: TrueClip, seconds: Seconds) -> Iterator[VideoFrame]:
    """Yield the median picture of a clip's time without an event, with fresh noise."""
    with av.open(clip.path) as container:
        shown = [
            frame.to_ndarray(format="bgr24")
            for frame in container.decode(video=0)
            if not any(
                one.start - _APART_S <= (frame.time or 0.0) <= one.end for one in clip.events
            )
        ]
    if not shown:
        raise DatasetError(f"{clip.path}: something stands there all the time: no street is empty")
    some = np.stack(shown[:: max(len(shown) // _MEDIAN_OF, 1)]).astype(np.float32)
    empty = np.median(some, axis=0)
    chance = np.random.default_rng(0)
    noisy = [
        VideoFrame.from_ndarray(
            np.clip(empty + chance.normal(0, _NOISE, empty.shape), 0, 255).astype(np.uint8),
            format="bgr24",
        )
        for _ in range(_NOISES)
    ]
    for number in range(round(seconds * FPS)):
        yield noisy[number % _NOISES]
