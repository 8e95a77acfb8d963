"""How little is decoded of a stream, by how far apart its key frames are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.vision.capture.clock import StreamClock
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.look import Decode, Looker, stream_seconds
from streetwatch.vision.capture.pace import LookPace
from streetwatch.vision.capture.template import StreamTemplate

Counter = Callable[[npt.NDArray[np.uint8]], int]
Clip = Callable[..., Path]


def _looked_at(
    path: Path, looker_of: Callable[[StreamTemplate], Looker], *, lag_s: float = 0.0
) -> Iterator[tuple[float, Looker, list[tuple[float, Decoded]]]]:
    """Yield each packet's time, the looker after it, and the pictures that came of it."""
    with av.open(path) as container:
        looker, clock = looker_of(StreamTemplate.of(container.streams.video[0])), StreamClock()
        for packet in container.demux(video=0):
            if packet.size:
                stream_s = stream_seconds(packet)
                assert stream_s is not None
                clock, at = clock.tick(stream_s, 1000.0 + stream_s * (1 + lag_s))
            yield at, looker, list(looker.take(packet, clock, at))


def _watching(interval_s: float, *, limit_s: float = 4.0) -> Callable[[StreamTemplate], Looker]:
    return lambda template: Looker(
        template, LookPace(interval_s), Decode.KEYFRAMES, limit_s, longest=640
    )


def test_where_key_frames_come_in_time_nothing_else_is_decoded(
    counting_clip: Clip, counter_of: Counter
) -> None:
    clip = counting_clip(pictures=120, key_every=20)
    seen = list(_looked_at(clip, _watching(4.0)))
    shown = [counter_of(picture.image()) for _, _, some in seen for _, picture in some]
    assert shown == [0, 40, 80]
    assert not any(looker.follows for _, looker, _ in seen)
    assert seen[-1][1].gaps.gap_s == pytest.approx(2.0)


def test_between_rare_key_frames_only_as_much_is_decoded_as_leads_to_the_last_look(
    counting_clip: Clip, counter_of: Counter
) -> None:
    clip = counting_clip(pictures=300, key_every=100)  # a key frame every 10 s
    shown, followed = [], 0
    for at, looker, pictures in _looked_at(clip, _watching(4.0)):
        shown += [counter_of(picture.image()) for _, picture in pictures]
        followed += looker.follows and at > 1020.0
    third = [number for number in shown if number >= 200]
    assert np.diff(third).tolist() == pytest.approx([40] * (len(third) - 1), abs=2)
    assert 50 < followed < 70, "the rest of the group leads to nothing"


def test_a_machine_that_lags_does_not_take_late_packets_for_rare_key_frames(
    counting_clip: Clip,
) -> None:
    clip = counting_clip(pictures=200, key_every=20)
    seen = _looked_at(clip, _watching(1.0), lag_s=5.0)
    assert not any(looker.follows for _, looker, _ in seen)


def test_a_picture_that_is_kept_takes_its_coded_bytes_and_is_made_again(
    counting_clip: Clip, counter_of: Counter
) -> None:
    clip = counting_clip(size=(640, 480), pictures=20, key_every=20)
    pictures = [one for _, _, some in _looked_at(clip, _watching(4.0)) for _, one in some]
    kept = pictures[0].kept()
    assert kept.small is None
    assert np.array_equal(kept.image(), pictures[0].image())
    assert counter_of(kept.within(640)) == 0


@pytest.mark.parametrize("codec", ["libx265", "mpeg4"])
def test_key_frames_of_other_codecs_are_decoded_by_themselves(
    counting_clip: Clip, counter_of: Counter, codec: str
) -> None:
    clip = counting_clip(codec=codec, pictures=60, key_every=10)
    shown = [
        counter_of(picture.image())
        for _, _, some in _looked_at(clip, _watching(1.0))
        for _, picture in some
    ]
    assert shown == [0, 10, 20, 30, 40, 50]
