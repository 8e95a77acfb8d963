"""The committed demo clip is what the service can stream and what its truth says."""

import json
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from streetwatch.datasets.demo import timeline

_DEMO = files("streetwatch.datasets.demo")


@pytest.fixture(scope="module")
def clip_path() -> Iterator[Path]:
    with as_file(_DEMO.joinpath("street.mp4")) as path:
        yield path


def _frame(path: Path, clip_s: float) -> NDArray[np.uint8]:
    with av.open(str(path)) as clip:
        stream = clip.streams.video[0]
        assert stream.time_base is not None
        clip.seek(int(clip_s / stream.time_base), stream=stream)
        return next(clip.decode(stream)).to_ndarray(format="bgr24").astype(np.uint8)


def test_the_clip_is_small_enough_to_commit(clip_path: Path) -> None:
    assert clip_path.stat().st_size <= 5_000_000


def test_every_second_starts_with_a_key_frame_and_no_frame_waits_for_a_later_one(
    clip_path: Path,
) -> None:
    with av.open(str(clip_path)) as clip:
        stream = clip.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (1280, 720)
        packets = [p for p in clip.demux(stream) if p.size]
        assert stream.time_base is not None
        keys = [
            float(p.pts * stream.time_base) for p in packets if p.is_keyframe and p.pts is not None
        ]

    assert keys == pytest.approx(range(timeline.DURATION_S))
    assert [p.pts for p in packets] == sorted(p.pts for p in packets if p.pts is not None)
    assert len(packets) == timeline.DURATION_S * timeline.FPS


def _coarse(frame: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Means over 16 x 16 pixels: objects show, the coder's noise does not."""
    return np.asarray(cv2.resize(frame, (80, 45), interpolation=cv2.INTER_AREA), np.int64)


def test_the_loop_has_no_jump(clip_path: Path) -> None:
    first, last = _frame(clip_path, 0), _frame(clip_path, timeline.DURATION_S - 1)
    busy = _frame(clip_path, timeline.EVENTS[0].end - 1)

    assert np.abs(_coarse(first) - _coarse(last)).max() < 20
    assert np.abs(_coarse(first) - _coarse(busy)).max() > 60


def test_truth_is_the_script_s_and_ends_within_the_clip() -> None:
    truth = json.loads(_DEMO.joinpath("truth.json").read_text("utf-8"))

    assert truth == {"street.mp4": timeline.truth()}
    assert all(event["end"] < timeline.DURATION_S for event in truth["street.mp4"])


@pytest.mark.parametrize("event", timeline.EVENTS, ids=lambda event: event.type)
def test_what_violates_is_seen_while_it_lasts_and_not_before(
    clip_path: Path, event: timeline.Event
) -> None:
    spots = {
        "carriageway": (timeline.CAR_SPOT, 0.5),
        "pavement": (timeline.STALL_SPOT, 0.7),
        "pavement-garbage": (timeline.HEAP_SPOT, 0.4),
    }
    spot, height_m = spots[event.zone]
    x, y, _ = timeline.VIEW.project(np.array([(*spot, height_m)]))[0].astype(int)
    empty, during = (
        _frame(clip_path, clip_s)[y - 12 : y + 12, x - 12 : x + 12].astype(int)
        for clip_s in (0.0, (event.start + event.end) // 2)
    )

    assert np.abs(during - empty).mean() > 15
