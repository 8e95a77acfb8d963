"""Live capture over HTTP: files and HLS from a real server, and what it refuses."""

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from captured import Clip, Counter, watching
from streetwatch.vision.capture.source import SourceKind
from streetwatch.vision.capture.state import Phase


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
        watching(f"{url}/{name}?token=S3CRET", kind=SourceKind.HTTP) as (watcher, _),
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
        with watching(f"{secret}/{status}/a.m3u8", kind=SourceKind.HTTP) as (watcher, _):
            state = watcher.wait_phase(Phase.RETRYING)
    assert reason in state.reason
    assert "S3CRET" not in state.reason


def test_a_page_that_is_no_video_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "login.html").write_text("<html>please log in</html>" * 100)
    with (
        _web_server(_files_of(tmp_path)) as url,
        watching(f"{url}/login.html", kind=SourceKind.HTTP) as (watcher, _),
    ):
        state = watcher.wait_phase(Phase.RETRYING)
    assert "no video this program can read" in state.reason
