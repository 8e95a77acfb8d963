"""Recorded clips."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.vision.capture.errors import CannotOpen
from streetwatch.vision.capture.file import read_file
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Frame

Counter = Callable[[npt.NDArray[np.uint8]], int]


def _read(path: Path, look_interval_s: float = 1.0, **how: object) -> list[Frame]:
    source = Source(SourceKind.FILE, str(path))
    return list(read_file(source, camera_id="kerb", look_interval_s=look_interval_s, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_pictures_come_one_a_look_interval_on_the_clips_own_clock(
    counting_clip: Callable[..., Path], counter_of: Counter, b_frames: int
) -> None:
    frames = _read(counting_clip(b_frames=b_frames), start_at=100.0)
    assert [frame.at for frame in frames] == pytest.approx([100, 101, 102, 103, 104, 105])
    assert [counter_of(frame.image) for frame in frames] == [0, 10, 20, 30, 40, 50]
    assert frames[0].size == (320, 240)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_a_short_interval_gives_every_picture(
    counting_clip: Callable[..., Path], counter_of: Counter, codec: str
) -> None:
    frames = _read(counting_clip(codec=codec, pictures=25), look_interval_s=0.05)
    assert [counter_of(frame.image) for frame in frames] == list(range(25))


def test_a_changed_picture_size_goes_through_and_time_goes_on(
    counting_clip: Callable[..., Path], tmp_path: Path
) -> None:
    joined = tmp_path / "joined.ts"
    small = counting_clip("small.ts", pictures=20)
    large = counting_clip("large.ts", pictures=20, size=(480, 320))
    joined.write_bytes(small.read_bytes() + large.read_bytes())
    frames = _read(joined, look_interval_s=0.5)
    assert {frame.size for frame in frames} == {(320, 240), (480, 320)}
    assert all(a.at < b.at for a, b in pairwise(frames))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "no such file", id="absent"),
        pytest.param(b"", "no video this program can read", id="empty"),
        pytest.param(b"not a video at all\n" * 500, "no video this program can read", id="text"),
        pytest.param(bytes(range(256)) * 64, "no video this program can read", id="noise"),
    ],
)
def test_a_file_that_is_no_clip_is_refused_in_plain_words(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotOpen, match=reason) as caught:
        _read(path)
    assert str(path) in str(caught.value)


def test_an_mp4_cut_off_before_its_index_is_refused(counting_clip: Callable[..., Path]) -> None:
    path = counting_clip()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CannotOpen, match="damaged"):
        _read(path)


def test_a_truncated_stream_gives_what_is_there(
    counting_clip: Callable[..., Path], counter_of: Counter
) -> None:
    path = counting_clip("cut.ts")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    numbers = [counter_of(frame.image) for frame in _read(path)]
    assert numbers[:2] == [0, 10]
    assert numbers[-1] < 59


def test_damaged_pictures_and_what_builds_on_them_are_left_out_and_the_clip_goes_on(
    counting_clip: Callable[..., Path], counter_of: Counter
) -> None:
    path = counting_clip()
    damaged = bytearray(path.read_bytes())
    with av.open(path) as clip:
        places = [(p.pos, p.size) for p in clip.demux(video=0) if p.pos is not None and p.size]
    for pos, size in places[12:18]:
        damaged[pos : pos + size] = b"\xff" * size
    path.write_bytes(damaged)
    frames = _read(path, look_interval_s=0.05)
    numbers = [counter_of(frame.image) for frame in frames]
    assert numbers == [*range(12), *range(20, 60)]
    assert [frame.at for frame in frames] == pytest.approx([n / 10 for n in numbers])


def test_a_playlist_cannot_be_smuggled_in_as_a_file(tmp_path: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(CannotOpen):
        _read(playlist)


def test_time_counts_from_the_clips_start_where_its_first_pictures_are_damaged(
    counting_clip: Callable[..., Path], counter_of: Counter
) -> None:
    path = counting_clip()
    damaged = bytearray(path.read_bytes())
    with av.open(path) as clip:
        first = next(clip.demux(video=0))
    assert first.pos is not None
    damaged[first.pos : first.pos + first.size] = b"\xff" * first.size
    path.write_bytes(damaged)
    frames = _read(path)
    assert counter_of(frames[0].image) == 10
    assert frames[0].at == pytest.approx(1.0)


def test_the_ring_is_fed_while_a_file_is_read(counting_clip: Callable[..., Path]) -> None:
    ring = Ring(keep_s=60)
    _read(counting_clip(), start_at=100.0, ring=ring)
    assert ring.span == pytest.approx((100.0, 105.9))
