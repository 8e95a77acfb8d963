"""Clips cut from the ring of packets."""

import resource
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.file import read_file
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind

Counter = Callable[[npt.NDArray[np.uint8]], int]


def _fill(ring: Ring, path: Path, *, start_at: float = 0.0) -> Ring:
    source = Source(SourceKind.FILE, str(path))
    for _ in read_file(source, camera_id="a", look_interval_s=60, start_at=start_at, ring=ring):
        pass
    return ring


def _shown(path: Path, counter_of: Counter) -> list[tuple[float, int]]:
    with av.open(path) as clip:
        return [
            (float(frame.pts * frame.time_base), counter_of(Decoded.of(frame, longest=640).image()))
            for frame in clip.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        ]


def _payloads(path: Path) -> list[bytes]:
    with av.open(path) as clip:
        return [bytes(packet) for packet in clip.demux(video=0) if packet.size]


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_clip_shows_the_asked_span_from_the_key_frame_before_it(
    counting_clip: Callable[..., Path], counter_of: Counter, tmp_path: Path, b_frames: int
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip(b_frames=b_frames), start_at=1000.0)
    span = ring.write_clip(tmp_path / "out.mp4", from_s=1002.5, to_s=1004.55)
    shown = _shown(tmp_path / "out.mp4", counter_of)
    assert span.from_s == pytest.approx(1002.0)
    assert span.to_s == pytest.approx(1004.5)
    numbers = [number for _, number in shown]
    assert numbers[0] == 20
    assert numbers[:24] == list(range(20, 44))
    assert [at for at, _ in shown] == pytest.approx([(n - 20) / 10 for n in numbers], abs=1e-3)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_no_coded_byte_is_changed(
    counting_clip: Callable[..., Path], tmp_path: Path, codec: str
) -> None:
    clip = counting_clip(codec=codec)
    ring = _fill(Ring(keep_s=60), clip)
    ring.write_clip(tmp_path / "out.mp4", from_s=2.0, to_s=100.0)
    assert _payloads(tmp_path / "out.mp4") == _payloads(clip)[20:]
    with av.open(clip) as before, av.open(tmp_path / "out.mp4") as after:
        old, new = before.streams.video[0].codec_context, after.streams.video[0].codec_context
        assert (new.name, new.width, new.height) == (old.name, old.width, old.height)
        assert new.extradata == old.extradata


def test_packets_outlive_the_file_they_came_from(
    counting_clip: Callable[..., Path], counter_of: Counter, tmp_path: Path
) -> None:
    clip = counting_clip()
    ring = _fill(Ring(keep_s=60), clip)
    clip.unlink()
    ring.write_clip(tmp_path / "out.mp4", from_s=0.0, to_s=5.95)
    assert [number for _, number in _shown(tmp_path / "out.mp4", counter_of)] == list(range(60))


def test_the_ring_forgets_whole_groups_of_pictures_and_begins_with_a_key_frame(
    counting_clip: Callable[..., Path], counter_of: Counter, tmp_path: Path
) -> None:
    ring = _fill(Ring(keep_s=2.5), counting_clip())
    assert ring.span == pytest.approx((3.0, 5.9))
    ring.write_clip(tmp_path / "out.mp4", from_s=0.0, to_s=9.0)
    assert _shown(tmp_path / "out.mp4", counter_of)[0] == (0.0, 30)


def test_a_ring_that_is_to_keep_less_forgets_and_one_that_is_to_keep_more_grows(
    counting_clip: Callable[..., Path],
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip(), start_at=0.0)
    ring.keep(2.5)
    _fill(ring, counting_clip(), start_at=6.0)
    assert ring.span == pytest.approx((9.0, 11.9))
    ring.keep(60)
    _fill(ring, counting_clip(), start_at=12.0)
    assert ring.span == pytest.approx((9.0, 17.9))


@pytest.mark.parametrize("keep_bytes", [100, 3000])
def test_the_ring_never_holds_more_bytes_than_allowed(
    counting_clip: Callable[..., Path], keep_bytes: int
) -> None:
    ring = Ring(keep_s=60, keep_bytes=keep_bytes)
    source = Source(SourceKind.FILE, str(counting_clip()))
    for _ in read_file(source, camera_id="a", look_interval_s=0.05, ring=ring):
        assert ring.size_bytes <= keep_bytes


@pytest.mark.parametrize(
    ("around_s", "size", "first_number"),
    [
        pytest.param(4.0, (320, 240), 30, id="before_the_change"),
        pytest.param(13.0, (480, 320), 0, id="after_the_change"),
        pytest.param(8.0, (320, 240), 30, id="in_the_outage_between"),
    ],
)
def test_where_the_format_changed_the_part_around_the_wanted_moment_is_kept(  # noqa: PLR0913, PLR0917
    counting_clip: Callable[..., Path],
    counter_of: Counter,
    tmp_path: Path,
    around_s: float,
    size: tuple[int, int],
    first_number: int,
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip("small.mp4"), start_at=0.0)
    _fill(ring, counting_clip("large.mp4", size=(480, 320)), start_at=10.0)
    ring.write_clip(tmp_path / "out.mp4", from_s=3.0, to_s=14.0, around_s=around_s)
    assert _shown(tmp_path / "out.mp4", counter_of)[0] == (0.0, first_number)
    with av.open(tmp_path / "out.mp4") as clip:
        context = clip.streams.video[0].codec_context
        assert (context.width, context.height) == size


def test_a_reconnect_without_a_change_is_one_clip_with_the_gap_as_long_as_it_was(
    counting_clip: Callable[..., Path], counter_of: Counter, tmp_path: Path
) -> None:
    clip = counting_clip()
    ring = _fill(Ring(keep_s=60), clip, start_at=0.0)
    _fill(ring, clip, start_at=10.0)
    ring.write_clip(tmp_path / "out.mp4", from_s=4.0, to_s=11.95)
    shown = _shown(tmp_path / "out.mp4", counter_of)
    assert [number for _, number in shown] == [*range(40, 60), *range(20)]
    assert shown[20][0] - shown[19][0] == pytest.approx(4.1, abs=0.01)


@pytest.mark.parametrize(
    ("from_s", "to_s"),
    [pytest.param(50.0, 60.0, id="later"), pytest.param(-20.0, -10.0, id="earlier")],
)
def test_what_the_ring_does_not_hold_is_refused(
    counting_clip: Callable[..., Path], tmp_path: Path, from_s: float, to_s: float
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip())
    with pytest.raises(ClipUnavailable, match="no video of"):
        ring.write_clip(tmp_path / "out.mp4", from_s=from_s, to_s=to_s)
    assert not (tmp_path / "out.mp4").exists()


def test_an_empty_ring_says_so(tmp_path: Path) -> None:
    with pytest.raises(ClipUnavailable, match="nothing"):
        Ring().write_clip(tmp_path / "out.mp4", from_s=0, to_s=1)


def test_nothing_is_left_behind_where_the_clip_cannot_be_written(
    counting_clip: Callable[..., Path], tmp_path: Path
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip())
    taken = tmp_path / "folder.mp4"
    taken.mkdir()
    with pytest.raises(ClipNotWritten, match="cannot write the clip"):
        ring.write_clip(taken, from_s=0, to_s=5)
    with pytest.raises(ClipNotWritten, match="cannot write the clip"):
        ring.write_clip(tmp_path / "absent" / "out.mp4", from_s=0, to_s=5)
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "folder.mp4"}


@pytest.mark.parametrize("room_bytes", [0, 1000, 5000])
def test_a_full_disk_leaves_nothing_half_written(
    counting_clip: Callable[..., Path], tmp_path: Path, room_bytes: int
) -> None:
    ring = _fill(Ring(keep_s=60), counting_clip())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, before[1]))
    try:
        with pytest.raises(ClipNotWritten, match="File too large"):
            ring.write_clip(tmp_path / "out.mp4", from_s=0, to_s=5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
