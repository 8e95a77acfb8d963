"""No camera leads the service to a host or a file out of its reach."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from outbound_parts import ALLOWED, Host, host, opened
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.outbound.http import OutboundTransport
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.vision.capture.errors import CannotOpen, Fault
from streetwatch.vision.capture.source import Source, SourceKind


def segment(clip: Path) -> bytes:
    return clip.read_bytes()


def test_a_camera_in_reach_is_opened_over_http(
    streams: OutboundStreams, camera: Host, counting_clip: Callable[..., Path]
) -> None:
    camera.says["/a.ts"] = (200, {"Content-Type": "video/mp2t"}, segment(counting_clip("a.ts")))
    assert opened(streams, f"{camera.url}/a.ts") == 320


def test_a_camera_in_reach_is_opened_over_rtsp(
    streams: OutboundStreams,
    live_camera: Callable[..., LiveProcess],
    counting_clip: Callable[..., Path],
) -> None:
    live = live_camera(counting_clip())
    assert opened(streams, str(live.url), SourceKind.RTSP) == 320


def test_a_redirect_out_of_reach_is_not_followed(
    streams: OutboundStreams, camera: Host, forbidden: Host, counting_clip: Callable[..., Path]
) -> None:
    forbidden.says["/a.ts"] = (200, {}, segment(counting_clip("a.ts")))
    camera.says["/a.ts"] = (302, {"Location": f"{forbidden.url}/a.ts"}, b"")
    with pytest.raises(CannotOpen):
        opened(streams, f"{camera.url}/a.ts")
    assert (camera.asked, forbidden.asked) == (["/a.ts"], [])


def test_no_variable_of_the_environment_leads_around_the_airlock(
    camera: Host, forbidden: Host, streams: OutboundStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.2,localhost")
    camera.says["/a.ts"] = (302, {"Location": f"{forbidden.url}/a.ts"}, b"")
    with pytest.raises(CannotOpen):
        opened(streams, f"{camera.url}/a.ts")
    assert forbidden.asked == []


def test_a_redirect_within_reach_is_followed(
    streams: OutboundStreams, camera: Host, counting_clip: Callable[..., Path]
) -> None:
    camera.says["/new.ts"] = (200, {}, segment(counting_clip("a.ts")))
    camera.says["/a.ts"] = (302, {"Location": f"{camera.url}/new.ts"}, b"")
    assert opened(streams, f"{camera.url}/a.ts") == 320


def playlist(*pieces: str) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:6"]
    for piece in pieces:
        lines += ["#EXTINF:6.0,", piece]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""]).encode()


def test_a_playlist_leads_to_nothing_out_of_reach(
    streams: OutboundStreams, camera: Host, forbidden: Host, counting_clip: Callable[..., Path]
) -> None:
    forbidden.says["/a.ts"] = (200, {}, segment(counting_clip("a.ts")))
    camera.says["/live.m3u8"] = (200, {}, playlist(f"{forbidden.url}/a.ts"))
    with pytest.raises(CannotOpen):
        opened(streams, f"{camera.url}/live.m3u8")
    assert forbidden.asked == []


def sdp() -> bytes:
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.2", "s=x", "c=IN IP4 127.0.0.2", "t=0 0"]
    return "\r\n".join([*lines, "m=video 5004 RTP/AVP 96", "a=rtpmap:96 H264/90000", ""]).encode()


@pytest.mark.parametrize("name", ["live.m3u8", "list.ffconcat", "live.sdp", "dash.mpd"])
@pytest.mark.parametrize(
    "leads",
    ["file://{}", "{}", "subfile,,start,0,end,9999999,,:{}", "concat:{}", "crypto:{}", "cache:{}"],
    ids=["file", "a path", "subfile", "concat", "crypto", "cache"],
)
def test_nothing_that_a_camera_sends_leads_to_files_of_this_machine(
    streams: OutboundStreams,
    camera: Host,
    counting_clip: Callable[..., Path],
    leads: str,
    name: str,
) -> None:
    where = leads.format(counting_clip("secret.ts"))
    says = {
        "live.m3u8": playlist(where),
        "list.ffconcat": f"ffconcat version 1.0\nfile '{where}'\n".encode(),
        "live.sdp": sdp(),
        "dash.mpd": f'<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>{where}</BaseURL></Representation></AdaptationSet>'
        f"</Period></MPD>".encode(),
    }
    camera.says[f"/{name}"] = (200, {}, says[name])
    with pytest.raises(CannotOpen):
        opened(streams, f"{camera.url}/{name}")


@pytest.mark.parametrize("url", ["rtsp://127.0.0.2:{}/s", "http://127.0.0.2:{}/s"])
def test_a_camera_out_of_reach_is_not_connected_to_and_says_what_to_change(
    streams: OutboundStreams, forbidden: Host, url: str
) -> None:
    kind = SourceKind(url.partition(":")[0])
    with pytest.raises(CannotOpen, match="add the network under `networks`") as refused:
        opened(streams, url.format(forbidden.port), kind)
    assert refused.value.fault is Fault.OUT_OF_REACH
    assert forbidden.asked == []


def test_a_name_that_changes_after_it_was_looked_at_leads_nowhere_else(
    camera: Host, fickle_name: list[str]
) -> None:
    camera.says["/"] = (200, {}, b"mine")
    with host("127.0.0.2", camera.port) as forbidden:
        transport = OutboundTransport(ALLOWED)
        with httpx.Client(transport=transport) as client:
            url = f"http://fickle.example:{camera.port}/"
            assert client.get(url).content == b"mine"
            with pytest.raises(httpx.ConnectError, match=r"127\.0\.0\.2 is in no network"):
                client.get(url)
        assert forbidden.asked == []
    assert len(fickle_name) == 2


def test_a_camera_whose_name_changes_is_connected_to_where_it_was_looked_at(
    streams: OutboundStreams, camera: Host, fickle_name: list[str]
) -> None:
    way = streams(Source(SourceKind.RTSP, f"rtsp://me:pw@fickle.example:{camera.port}/s"))
    assert way.url == f"rtsp://me:pw@127.0.0.1:{camera.port}/s"
    assert len(fickle_name) == 1
