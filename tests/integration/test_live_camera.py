"""The clip served as a live camera."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import pytest

from streetwatch.datasets.live import ClipError, LiveProcess, LoopedClip, start_live
from waiting import PATIENCE_S

Clip = Callable[..., Path]


@pytest.mark.parametrize(
    ("elapsed_s", "first_at"),
    [
        pytest.param(0.0, 0.0, id="start"),
        pytest.param(-3.0, 0.0, id="before_the_start"),
        pytest.param(1.25, 1.0, id="the_key_frame_before"),
        pytest.param(2.5, 2.0, id="second_lap"),
        pytest.param(2001.7, 2001.0, id="thousandth_lap"),
    ],
)
def test_whoever_connects_gets_the_picture_of_now(
    counting_clip: Clip, elapsed_s: float, first_at: float
) -> None:
    clip = LoopedClip.load(counting_clip(pictures=20))
    played = list(islice(clip.play_from(elapsed_s), 45))
    assert clip.length_s == pytest.approx(2.0)
    assert [at for at, _ in played] == pytest.approx([first_at + i / 10 for i in range(45)])
    assert played[0][1].is_key


def test_a_calm_end_is_shown_again_and_again_before_the_clip_begins_anew(
    counting_clip: Clip,
) -> None:
    clip = LoopedClip.load(counting_clip(pictures=40)).with_rest(since_s=3.0, lasts_s=4.5)
    assert clip.length_s == pytest.approx(3.0 + 5 * 1.0)
    played = list(islice(clip.play_from(0.0), 90))
    assert [at for at, _ in played] == pytest.approx([i / 10 for i in range(90)])
    payloads = [packet.payload for _, packet in played]
    assert payloads[30:40] == payloads[40:50] == payloads[70:80]
    assert payloads[80:90] == payloads[:10]
    assert played[40][1].is_key


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_common_player_can_watch_it(
    counting_clip: Clip, live_camera: Callable[..., LiveProcess], codec: str
) -> None:
    camera = live_camera(counting_clip(codec=codec, key_every=5), path="street/north")
    assert camera.url.endswith("/street/north")
    with av.open(camera.url, options={"rtsp_transport": "tcp"}, timeout=PATIENCE_S) as stream:
        shown = list(islice(stream.decode(video=0), 12))
    assert all((frame.width, frame.height) == (320, 240) for frame in shown)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_with_a_viewer_connected(
    counting_clip: Clip, live_camera: Callable[..., LiveProcess], told: signal.Signals
) -> None:
    camera = live_camera(counting_clip())
    with av.open(camera.url, options={"rtsp_transport": "tcp"}, timeout=PATIENCE_S):
        camera.process.send_signal(told)
        assert camera.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("content", [b"", b"no video\n" * 99])
def test_what_is_no_clip_is_refused_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(ClipError, match="ended with 2"):
        start_live(path)
    told = capfd.readouterr().err.strip()
    assert str(path) in told
    assert "\n" not in told


def test_it_ends_with_whoever_started_it_even_if_that_was_killed(counting_clip: Clip) -> None:
    starter = (
        "import sys, pathlib, threading; from streetwatch.datasets.live import start_live; "
        "live = start_live(pathlib.Path(sys.argv[1])); "
        "print(live.process.pid, live.url, flush=True); threading.Event().wait()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", starter, counting_clip()], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    port = int(url.split(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S):
        parent.kill()
        parent.communicate()
    try:
        child = os.pidfd_open(int(pid))
    except ProcessLookupError:
        return
    ended, _, _ = select.select([child], [], [], 10.0)
    os.close(child)
    assert ended
