"""Live capture from real servers that die, come back and change."""

import time
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from captured import QUICK, Clip, Counter, LiveCamera, watching, with_password
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.vision.capture.clip import StoredPacket
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.look import Decode
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import SourceKind
from streetwatch.vision.capture.state import Phase
from streetwatch.vision.capture.stream import CaptureOptions


@pytest.mark.parametrize(
    ("decode", "b_frames"),
    [
        pytest.param(Decode.KEYFRAMES, 0, id="key_frames"),
        pytest.param(Decode.KEYFRAMES, 2, id="key_frames_among_b_frames"),
        pytest.param(Decode.ALL, 2, id="all_reordered"),
    ],
)
def test_capture_time_advances_like_the_wall_clock_and_the_pictures_own_time(
    counting_clip: Clip,
    live_camera: LiveCamera,
    counter_of: Counter,
    decode: Decode,
    b_frames: int,
) -> None:
    camera = live_camera(counting_clip(key_every=5, b_frames=b_frames))
    options = CaptureOptions(look_interval_s=0.5, decode=decode)
    before = time.time()
    with watching(camera.url, options=options) as (watcher, capture):
        watcher.wait_frames(6)
        after = time.time()
        steady = watcher.frames[1:6]  # the first may come out of a burst
    assert capture.counts.connections == 1
    assert all(before <= at <= after + 0.01 for at in watcher.times[:6])
    assert after - steady[-1].at < 5.0
    shown = [counter_of(frame.image) for frame in steady]
    for earlier, later in zip(range(4), range(1, 5), strict=True):
        filmed_s = (shown[later] - shown[earlier]) % 60 / 10
        assert steady[later].at - steady[earlier].at == pytest.approx(filmed_s, abs=0.05)
        assert filmed_s == pytest.approx(0.5)
    assert [frame.seq for frame in watcher.frames] == list(range(len(watcher.frames)))


def test_time_goes_on_where_the_clip_begins_again(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter
) -> None:
    camera = live_camera(counting_clip(pictures=8, key_every=2))
    with watching(camera.url) as (watcher, capture):
        watcher.wait_frames(8)
    assert capture.counts.connections == 1
    numbers = [counter_of(frame.image) for frame in watcher.frames]
    assert numbers.count(0) >= 2
    steps = np.diff(watcher.times[1:])
    assert steps == pytest.approx([0.2] * len(steps), abs=0.05)


class _Arrivals(Ring):
    """A ring that knows when its packets came."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[float] = []

    def add(self, stored: StoredPacket) -> None:
        self.arrived.append(time.monotonic())
        super().add(stored)


def test_packets_are_read_by_the_handful(counting_clip: Clip, live_camera: LiveCamera) -> None:
    """A thread that wakes for each picture of a hundred cameras wakes 2,500 times a second."""
    arrivals = _Arrivals()
    url = live_camera(counting_clip(pictures=200, fps=25, key_every=25)).url
    streams = OutboundStreams(Outbound.of(Networks.of([]), [url]))
    options = replace(QUICK, look_interval_s=1.0, resolve=streams)
    with closing(streams), watching(url, options=options, ring=arrivals) as (watcher, _):
        watcher.wait_frames(6)
    gaps = [later - before for before, later in pairwise(arrivals.arrived)]
    assert np.median(gaps) < 0.02, "half the time from one picture to the next"
    steps = np.diff(watcher.times[1:])
    assert steps == pytest.approx([1.0] * len(steps), abs=0.05), "they keep their times"


def test_two_viewers_see_the_same_moment_of_a_live_camera(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter
) -> None:
    camera = live_camera(counting_clip(key_every=2))
    with watching(camera.url) as (early, _):
        early.wait_frames(4)
        with watching(camera.url) as (late, _):
            late.wait_frames(3)
            early.wait_frames(2)
    at, number = late.frames[2].at, counter_of(late.frames[2].image)
    seen = {counter_of(frame.image): frame.at for frame in early.frames}
    assert seen[number] == pytest.approx(at, abs=0.2)


def test_a_killed_server_comes_back_and_capture_resumes_by_itself(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter
) -> None:
    clip, since = counting_clip(key_every=2), time.time()
    camera = live_camera(clip, since=since)
    port = int(camera.url.rsplit(":", 1)[1].split("/")[0])
    with watching(with_password(camera.url)) as (watcher, capture):
        watcher.wait_frames(3)
        camera.kill()
        lost = watcher.wait_phase(Phase.RETRYING)
        watcher.wait_phase(Phase.RETRYING)
        known = len(watcher.frames)
        live_camera(clip, port=port, since=since)
        watcher.wait_phase(Phase.LIVE)
        watcher.wait_frames(3)
    assert capture.counts.connections == 2
    assert 0 < lost.next_try_in_s <= 0.3
    assert watcher.times == sorted(watcher.times)
    assert all("S3CRET" not in f"{state}" for state in watcher.states)
    # The camera went on where live time is: pictures and times have moved on alike.
    before, after = watcher.frames[known - 1], watcher.frames[-1]
    filmed_s = (counter_of(after.image) - counter_of(before.image)) % 60 / 10
    assert (after.at - before.at - filmed_s) % 6.0 == pytest.approx(0.0, abs=0.3) or (
        after.at - before.at - filmed_s
    ) % 6.0 == pytest.approx(6.0, abs=0.3)


def test_a_camera_that_comes_back_with_another_picture_size_goes_on_and_gives_clips(
    counting_clip: Clip, live_camera: LiveCamera, tmp_path: Path
) -> None:
    camera = live_camera(counting_clip("small.mp4", key_every=2))
    port = int(camera.url.rsplit(":", 1)[1].split("/")[0])
    ring = Ring(keep_s=60)
    with watching(camera.url, ring=ring) as (watcher, _):
        watcher.wait_frames(3)
        camera.kill()
        watcher.wait_phase(Phase.RETRYING)
        large = counting_clip("large.mp4", size=(480, 320), key_every=2)
        live_camera(large, port=port)
        watcher.wait_for(lambda: watcher.frames[-1].size == (480, 320))
        watcher.wait_frames(3)
    span = ring.span
    assert span is not None
    for around_s, size in [(span[0], (320, 240)), (span[1], (480, 320))]:
        out = tmp_path / "out.mp4"
        ring.write_clip(out, from_s=span[0], to_s=span[1], around_s=around_s)
        with av.open(out) as clip:
            assert {(f.width, f.height) for f in clip.decode(video=0)} == {size}


def test_a_clip_of_a_live_camera_shows_the_asked_seconds_in_the_cameras_own_bytes(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter, tmp_path: Path
) -> None:
    source = counting_clip(key_every=2)
    ring = Ring(keep_s=60)
    with watching(live_camera(source).url, ring=ring) as (watcher, _):
        watcher.wait_frames(7)
        wanted = watcher.frames[3]
    out = tmp_path / "out.mp4"
    span = ring.write_clip(out, from_s=wanted.at - 0.3, to_s=wanted.at + 0.3)
    assert wanted.at - 0.55 < span.from_s <= wanted.at - 0.3
    assert span.to_s == pytest.approx(wanted.at + 0.3, abs=0.15)
    numbers = _numbers(out, counter_of)
    assert counter_of(wanted.image) in numbers
    assert [(b - a) % 60 for a, b in pairwise(numbers)] == [1] * (len(numbers) - 1)
    coded = _pictures_nal(source)
    assert _pictures_nal(out) <= coded
    assert len(numbers) == span.pictures


def _numbers(path: Path, counter_of: Counter) -> list[int]:
    with av.open(path) as clip:
        return [
            counter_of(Decoded.of(frame, longest=640).image()) for frame in clip.decode(video=0)
        ]


def _pictures_nal(path: Path) -> set[bytes]:
    """The coded slices (types 1 and 5), which remuxing must not touch; the wrapping may differ."""
    found: set[bytes] = set()
    with av.open(path) as clip:
        for packet in clip.demux(video=0):
            data = bytes(packet)
            while len(data) > 4:
                size = int.from_bytes(data[:4], "big")
                nal, data = data[4 : 4 + size], data[4 + size :]
                if nal[0] & 0x1F in {1, 5}:
                    found.add(nal)
    return found


def test_rare_key_frames_make_it_decode_everything(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter
) -> None:
    camera = live_camera(counting_clip(pictures=25, key_every=25))
    options = CaptureOptions(look_interval_s=0.2, key_gap_limit_s=0.5)
    with watching(camera.url, options=options) as (watcher, _):
        watcher.wait_for(lambda: len(watcher.frames) > 1)  # the key frame at the clip's next lap
        watcher.wait_frames(4)
        frames = watcher.frames[-4:]
    steps = np.diff([frame.at for frame in frames])
    assert steps == pytest.approx([0.2] * 3, abs=0.1)
    numbers = [counter_of(frame.image) for frame in frames]
    assert [(b - a) % 25 for a, b in pairwise(numbers)] == pytest.approx([2] * 3, abs=1)


def test_a_file_is_played_as_it_was_filmed(counting_clip: Clip, counter_of: Counter) -> None:
    path = counting_clip(pictures=8, key_every=2)
    with watching(str(path), kind=SourceKind.FILE) as (watcher, _):
        ended = watcher.wait_phase(Phase.RETRYING)
    assert "the stream ended" in ended.reason
    assert [counter_of(frame.image) for frame in watcher.frames[:4]] == [0, 2, 4, 6]
    assert np.diff(watcher.times[:4]) == pytest.approx(0.2, abs=0.05)
