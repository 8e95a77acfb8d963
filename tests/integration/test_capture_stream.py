"""Live capture from real servers that hang, die and come back."""

import functools
import http.server
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.datasets.live import LiveProcess
from streetwatch.vision.capture.clip import StoredPacket
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.look import Decode
from streetwatch.vision.capture.opening import TimeOuts
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.state import CaptureState, Phase
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.types import Frame

Counter = Callable[[npt.NDArray[np.uint8]], int]
LiveCamera = Callable[..., LiveProcess]
Clip = Callable[..., Path]

_QUICK = CaptureOptions(  # looks as often as the clips' key frames come: every second picture
    look_interval_s=0.2,
    time_outs=TimeOuts(open_s=1.0, read_s=1.0),
    back_off=BackOff(first_s=0.1, longest_s=0.3),
)
_DEADLINE_S = 60.0


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
            assert self.news.wait_for(what, _DEADLINE_S), (self.states[-5:], len(self.frames))

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
def _watching(
    url: str,
    *,
    kind: SourceKind = SourceKind.RTSP,
    options: CaptureOptions = _QUICK,
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


def _with_password(url: str) -> str:
    return url.replace("rtsp://", "rtsp://guard:S3CRET@")


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
    with _watching(camera.url, options=options) as (watcher, capture):
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
    with _watching(camera.url) as (watcher, capture):
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
    clip = counting_clip(pictures=200, fps=25, key_every=25)
    options = replace(_QUICK, look_interval_s=1.0)
    with _watching(live_camera(clip).url, options=options, ring=arrivals) as (watcher, _):
        watcher.wait_frames(6)
    gaps = [later - before for before, later in pairwise(arrivals.arrived)]
    assert np.median(gaps) < 0.02, "half the time from one picture to the next"


def test_two_viewers_see_the_same_moment_of_a_live_camera(
    counting_clip: Clip, live_camera: LiveCamera, counter_of: Counter
) -> None:
    camera = live_camera(counting_clip(key_every=2))
    with _watching(camera.url) as (early, _):
        early.wait_frames(4)
        with _watching(camera.url) as (late, _):
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
    with _watching(_with_password(camera.url)) as (watcher, capture):
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
    with _watching(camera.url, ring=ring) as (watcher, _):
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
    with _watching(live_camera(source).url, ring=ring) as (watcher, _):
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
    with _watching(camera.url, options=options) as (watcher, _):
        watcher.wait_for(lambda: len(watcher.frames) > 1)  # the key frame at the clip's next lap
        watcher.wait_frames(4)
        frames = watcher.frames[-4:]
    steps = np.diff([frame.at for frame in frames])
    assert steps == pytest.approx([0.2] * 3, abs=0.1)
    numbers = [counter_of(frame.image) for frame in frames]
    assert [(b - a) % 25 for a, b in pairwise(numbers)] == pytest.approx([2] * 3, abs=1)


@contextmanager
def _silent_server() -> Iterator[int]:
    """Accepts every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    taken.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in taken:
                connection.close()


def test_a_server_that_says_nothing_is_given_up_in_time_and_tried_again() -> None:
    with (
        _silent_server() as port,
        _watching(f"rtsp://guard:S3CRET@127.0.0.1:{port}/live") as (watcher, _),
    ):
        state = watcher.wait_phase(Phase.RETRYING)
        watcher.wait_phase(Phase.RETRYING)
    assert "no answer within 1 s" in state.reason
    assert "S3CRET" not in state.reason


def test_a_camera_that_falls_silent_is_noticed_and_watched_again_when_it_speaks(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    camera = live_camera(counting_clip(key_every=2))
    with _watching(camera.url) as (watcher, _):
        watcher.wait_frames(2)
        camera.process.send_signal(signal.SIGSTOP)
        state = watcher.wait_phase(Phase.RETRYING)
        camera.process.send_signal(signal.SIGCONT)
        watcher.wait_phase(Phase.LIVE)
        watcher.wait_frames(2)
    assert "no picture for 1 s" in state.reason
    assert watcher.times == sorted(watcher.times)


def test_stop_is_prompt_while_blocked_in_a_read(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    camera = live_camera(counting_clip())
    with _watching(camera.url) as (watcher, capture):
        watcher.wait_frames(1)
        camera.process.send_signal(signal.SIGSTOP)
        assert capture.stop(), "within the seconds that it has"
        camera.process.send_signal(signal.SIGCONT)
    assert watcher.states[-1].phase is Phase.STOPPED


def test_stop_is_prompt_while_waiting_to_try_again() -> None:
    patient = CaptureOptions(back_off=BackOff(first_s=50.0))
    with _watching("rtsp://127.0.0.1:1/live", options=patient) as (watcher, capture):
        # It is refused at once and then waits: the state may have been told before we look.
        watcher.wait_for(
            lambda: watcher.states[-1:] != [] and capture.state.phase is Phase.RETRYING
        )
        assert capture.stop(), "within the seconds that it has"


def _nothing_listens() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"rtsp://guard:S3CRET@127.0.0.1:{listening.getsockname()[1]}/live"


def test_a_wrong_port_is_told_in_plain_words() -> None:
    with _watching(_nothing_listens()) as (watcher, _):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "rtsp://guard:***@127.0.0.1" in state.reason
    assert "connection refused" in state.reason


def test_a_wrong_path_is_told_in_plain_words(counting_clip: Clip, live_camera: LiveCamera) -> None:
    url = _with_password(live_camera(counting_clip()).url) + "/elsewhere?token=S3CRET"
    with _watching(url) as (watcher, capture):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "no such stream there (404)" in state.reason
    assert "S3CRET" not in state.reason
    assert capture.state.phase is Phase.STOPPED


def test_a_dead_camera_does_not_hold_up_a_live_one(
    counting_clip: Clip, live_camera: LiveCamera
) -> None:
    url = live_camera(counting_clip(key_every=2)).url
    with (
        _silent_server() as port,
        _watching(f"rtsp://127.0.0.1:{port}/live") as (dead, _),
        _watching(url) as (alive, _),
    ):
        alive.wait_frames(6)
        assert not dead.frames
    assert np.diff(alive.times[1:]) == pytest.approx(0.2, abs=0.05)


def test_a_fault_in_the_receiver_is_told_and_does_not_end_the_capture(
    counting_clip: Clip, live_camera: LiveCamera, capfd: pytest.CaptureFixture[str]
) -> None:
    watcher, calls = Watcher(), iter(range(100))

    def fails_once(frame: Frame) -> None:
        if next(calls) == 0:
            raise RuntimeError("a fault of ours")
        watcher.on_frame(frame)

    url = _with_password(live_camera(counting_clip(key_every=2)).url)
    source = Source(SourceKind.RTSP, url)
    capture = Capture(
        "kerb", source, on_frame=fails_once, on_state=watcher.on_state, options=_QUICK
    )
    capture.start()
    try:
        watcher.wait_frames(2)
    finally:
        assert capture.stop()
    assert "an error inside the program" in watcher.states[1].reason
    told = "".join(capfd.readouterr())
    assert "a fault of ours" in told  # with its traceback, and all that a traceback shows
    assert "S3CRET" not in told


def test_a_file_is_played_as_it_was_filmed(counting_clip: Clip, counter_of: Counter) -> None:
    path = counting_clip(pictures=8, key_every=2)
    with _watching(str(path), kind=SourceKind.FILE) as (watcher, _):
        ended = watcher.wait_phase(Phase.RETRYING)
    assert "the stream ended" in ended.reason
    assert [counter_of(frame.image) for frame in watcher.frames[:4]] == [0, 2, 4, 6]
    assert np.diff(watcher.times[:4]) == pytest.approx(0.2, abs=0.05)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _files_of(folder: Path) -> Callable[..., _Quiet]:
    return functools.partial(_Quiet, directory=str(folder))


@contextmanager
def _web_server(handler: Callable[..., _Quiet]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _as_hls(clip: Path, folder: Path) -> None:
    folder.mkdir()
    in_short_pieces = {"hls_time": "0.4", "hls_list_size": "0"}
    with (
        av.open(clip) as source,
        av.open(folder / "live.m3u8", "w", format="hls", options=in_short_pieces) as output,
    ):
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream, opaque=True)
        for packet in source.demux(stream):
            if packet.size:
                packet.stream = copy
                output.mux(packet)


@pytest.mark.parametrize("name", ["live.m3u8", "clip.mp4"])
def test_pictures_come_over_http_as_they_were_filmed(
    counting_clip: Clip, counter_of: Counter, tmp_path: Path, name: str
) -> None:
    clip = counting_clip(pictures=12, key_every=2)
    _as_hls(clip, tmp_path / "web")
    (tmp_path / "web" / "clip.mp4").write_bytes(clip.read_bytes())
    with (
        _web_server(_files_of(tmp_path / "web")) as url,
        _watching(f"{url}/{name}?token=S3CRET", kind=SourceKind.HTTP) as (watcher, _),
    ):
        ended = watcher.wait_phase(Phase.RETRYING)
    assert [counter_of(frame.image) for frame in watcher.frames[:6]] == [0, 2, 4, 6, 8, 10]
    assert np.diff(watcher.times[:6]) == pytest.approx(0.2, abs=0.1)
    assert "S3CRET" not in ended.reason


class _Refusing(_Quiet):
    """Answers with the status that stands in the path."""

    def do_GET(self) -> None:
        self.send_error(int(self.path.split("/")[1]))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param(401, "user name or password refused", id="wrong_password"),
        pytest.param(403, "access denied", id="no_rights"),
        pytest.param(404, "no such stream there", id="wrong_path"),
        pytest.param(410, "the request is refused", id="gone"),
        pytest.param(503, "an error of its own", id="camera_in_trouble"),
    ],
)
def test_each_refusal_is_told_in_plain_words(status: int, reason: str) -> None:
    with _web_server(_Refusing) as url:
        secret = url.replace("//", "//guard:S3CRET@")
        with _watching(f"{secret}/{status}/a.m3u8", kind=SourceKind.HTTP) as (watcher, _):
            state = watcher.wait_phase(Phase.RETRYING)
    assert reason in state.reason
    assert "S3CRET" not in state.reason


def test_a_page_that_is_no_video_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "login.html").write_text("<html>please log in</html>" * 100)
    with (
        _web_server(_files_of(tmp_path)) as url,
        _watching(f"{url}/login.html", kind=SourceKind.HTTP) as (watcher, _),
    ):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "no video this program can read" in state.reason
