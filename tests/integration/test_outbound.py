"""What hostile hosts try: names that change, redirects, playlists and scripts that lead elsewhere.

The forbidden host is real: it listens at 127.0.0.2, and keeps who came.
"""

import http.server
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from filed import NOON, a_message, an_incident
from rtsp_door import over_tls
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.config.target_schema import MqttEntry, WebhookEntry
from streetwatch.service.delivery.mqtt_sink import MqttSink
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.outbound.http import OutboundTransport
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.vision.capture.errors import CannotOpen, Fault
from streetwatch.vision.capture.opening import TimeOuts, open_feed
from streetwatch.vision.capture.source import Source, SourceKind
from tls_parts import Certificate, certified, closed

QUICK = TimeOuts(open_s=5.0, read_s=5.0)

#: Hosts may stand at 127.0.0.1 and nowhere else.
ALLOWED = Outbound(Networks.of(["127.0.0.1/32"]))


@dataclass
class Host:
    """A web server that answers as it is told, and keeps what it was asked."""

    url: str
    says: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def host(address: str, port: int = 0) -> Iterator[Host]:
    class Handler(http.server.BaseHTTPRequestHandler):
        told: ClassVar[Host]

        def setup(self) -> None:
            self.told.connections += 1
            super().setup()

        def _answer(self) -> None:
            self.told.asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = self.told.says.get(self.path, (404, {}, b""))
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 -- as the base class looks for them

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            """Say nothing."""

    with http.server.ThreadingHTTPServer((address, port), Handler) as server:
        Handler.told = Host(f"http://{address}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Handler.told
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def camera() -> Iterator[Host]:
    with host("127.0.0.1") as made:
        yield made


@pytest.fixture
def forbidden() -> Iterator[Host]:
    with host("127.0.0.2") as made:
        yield made


@pytest.fixture
def streams() -> Iterator[OutboundStreams]:
    made = OutboundStreams(ALLOWED)
    yield made
    made.close()


def opened(streams: OutboundStreams, url: str, kind: SourceKind = SourceKind.HTTP) -> int:
    """Open a source and return the width of its video."""
    source = Source(kind, url)
    with open_feed(source, streams(source), QUICK) as feed:
        return feed.stream.codec_context.width


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


@pytest.fixture
def fickle_name(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name that stands for 127.0.0.1 when it is first asked for, and for 127.0.0.2 ever after."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(name: Any, *more: Any, **how: Any) -> Any:  # noqa: ANN401 -- as it is called
        if name != "fickle.example":
            return real(name, *more, **how)
        asked.append(name)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


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


def bucket_at(url: str) -> Bucket:
    return Bucket(Address.of(f"s3://evidence?endpoint={url}"), "one", "two", ALLOWED)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_evidence_store_whose_name_changes_after_it_was_looked_at_is_not_connected_to(
    camera: Host, fickle_name: list[str], scheme: str
) -> None:
    bucket = bucket_at(f"{scheme}://fickle.example:{camera.port}")
    with host("127.0.0.2", camera.port) as forbidden, pytest.raises(StorageError):
        bucket.put("still.jpg", b"picture")
    assert forbidden.connections == 0
    assert camera.connections == 0, "looked at again where it is connected to"
    assert len(fickle_name) >= 2


def test_an_evidence_store_is_reached_by_the_address_that_was_looked_at(
    camera: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def lookup(name: Any, *more: Any, **how: Any) -> Any:  # noqa: ANN401 -- as it is called
        return real("127.0.0.1" if name == "store.example" else name, *more, **how)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    camera.says["/evidence/still.jpg"] = (200, {"ETag": "1"}, b"")
    bucket_at(f"http://store.example:{camera.port}").put("still.jpg", b"picture")
    assert camera.asked == ["/evidence/still.jpg"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_an_evidence_store_that_redirects_leads_to_nothing_out_of_reach(
    camera: Host, forbidden: Host, status: int
) -> None:
    there = {"Location": f"{forbidden.url}/latest/meta-data"}
    camera.says["/evidence/still.jpg"] = (status, there, b"")
    bucket = bucket_at(camera.url)
    with pytest.raises(StorageError):
        bucket.put("still.jpg", b"picture")
    with pytest.raises(StorageError):
        bucket.get("still.jpg")
    assert camera.asked
    assert forbidden.connections == 0


def webhook(url: str) -> WebhookSink:
    keys = {"id": "city", "kind": "webhook", "url": url, "secret": "s" * 16}
    networks = Networks.of(["127.0.0.1/32"])
    return WebhookSink(WebhookEntry.model_validate(keys), clock=lambda: NOON, networks=networks)


def refusal(url: str) -> str:
    sink = webhook(url)
    with pytest.raises(DeliveryFailedError) as failed:
        sink.deliver(a_message(an_incident()), known=None)
    sink.close()
    return failed.value.failure.reason


def test_a_target_out_of_reach_is_not_connected_to() -> None:
    assert "10.1.2.3 is in no network that may be connected to" in refusal("http://10.1.2.3/in")


def test_no_target_stands_where_a_cloud_tells_its_secrets() -> None:
    assert "no platform can stand at 169.254.169.254" in refusal("http://169.254.169.254/latest/")


def test_a_target_that_redirects_is_not_followed(camera: Host, forbidden: Host) -> None:
    camera.says["/in"] = (307, {"Location": f"{forbidden.url}/in"}, b"")
    assert "307" in refusal(f"{camera.url}/in")
    assert forbidden.asked == []


def test_no_broker_stands_where_a_cloud_tells_its_secrets() -> None:
    keys = {"id": "bus", "kind": "mqtt", "url": "mqtt://169.254.169.254:80"}
    sink = MqttSink(MqttEntry.model_validate(keys))
    with pytest.raises(DeliveryFailedError, match=r"no platform can stand at 169\.254\.169\.254"):
        sink.deliver(a_message(an_incident()), known=None)
    sink.close()


@contextmanager
def talking(
    address: str, says: Callable[[bytes], bytes], tls: Certificate | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """A server of one connection that answers each piece it gets, and what it got."""
    got: list[bytes] = []

    def serve() -> None:
        plain = server.accept()[0]
        with suppress(OSError), plain if tls is None else closed(plain, tls) as client:
            while piece := client.recv(4096):
                got.append(piece)
                client.sendall(says(piece))

    with socket.create_server((address, 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], got


REDIRECTS = [
    pytest.param(b"RTSP/1.0 301 Moved", b"", id="moved for ever"),
    pytest.param(b"RTSP/1.0 302 Found", b"", id="moved"),
    pytest.param(b"RTSP/1.0 305 Use Proxy", b"", id="by a proxy"),
    pytest.param(b"rtsp/1.0  302 x", b"", id="written otherwise"),
    pytest.param(b"RTSP/1.0 302 Found", b"$\0\0\4four", id="behind a packet"),
    pytest.param(b"RTSP/1.0 302 Found", b"\r\n", id="behind an empty line"),
]


def redirecting(line: bytes, before: bytes, elsewhere: int) -> Callable[[bytes], bytes]:
    """Return what a camera says that leads to another host."""

    def moved(asked: bytes) -> bytes:
        number = next(row for row in asked.split(b"\r\n") if row.startswith(b"CSeq"))
        if asked.startswith(b"OPTIONS"):
            return b"RTSP/1.0 200 OK\r\n" + number + b"\r\n\r\n"
        place = f"rtsp://127.0.0.2:{elsewhere}/x".encode()
        return before + line + b"\r\n" + number + b"\r\nLocation: " + place + b"\r\n\r\n"

    return moved


@pytest.mark.parametrize(("line", "before"), REDIRECTS)
def test_an_rtsp_camera_leads_nowhere_else(
    streams: OutboundStreams, line: bytes, before: bytes
) -> None:
    with talking("127.0.0.2", lambda _: b"RTSP/1.0 404 No\r\nCSeq: 1\r\n\r\n") as (elsewhere, got):
        says = redirecting(line, before, elsewhere)
        with talking("127.0.0.1", says) as (port, asked), pytest.raises(CannotOpen) as failed:
            opened(streams, f"rtsp://me:s3cret@127.0.0.1:{port}/a", SourceKind.RTSP)
    assert len(asked) == 2
    assert got == []
    assert failed.value.fault is Fault.ADDRESS


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps"])
def test_nor_does_one_that_the_operator_has_written_into_a_file(
    tmp_path: Path, scheme: str
) -> None:
    tls = certified(tmp_path) if scheme == "rtsps" else None
    with talking("127.0.0.2", lambda _: b"RTSP/1.0 404 No\r\nCSeq: 1\r\n\r\n") as (elsewhere, got):
        says = redirecting(b"RTSP/1.0 302 Found", b"", elsewhere)
        with talking("127.0.0.1", says, tls) as (port, asked):
            url = f"{scheme}://me:s3cret@127.0.0.1:{port}/a"
            streams = OutboundStreams(Outbound.of(Networks.of([]), [url]))
            with pytest.raises(CannotOpen) as failed:
                opened(streams, url, SourceKind.RTSP)
    assert len(asked) == 2
    assert got == []
    assert failed.value.fault is Fault.ADDRESS


def test_a_camera_in_reach_is_opened_over_rtsps(
    streams: OutboundStreams,
    live_camera: Callable[..., LiveProcess],
    counting_clip: Callable[..., Path],
    tmp_path: Path,
) -> None:
    live = live_camera(counting_clip())
    with over_tls(str(live.url), certified(tmp_path)) as url:
        source = Source(SourceKind.RTSP, url)
        with open_feed(source, streams(source), QUICK) as feed:
            got = [len(bytes(packet)) for packet in islice(feed.packets(), 20)]
    assert len(got) == 20
    assert all(got)


def test_a_camera_that_speaks_no_tls_says_so(streams: OutboundStreams) -> None:
    says_no = b"RTSP/1.0 400 Bad Request\r\n\r\n"
    with (
        talking("127.0.0.1", lambda _: says_no) as (port, _),
        pytest.raises(CannotOpen, match=r"speaks no TLS of 1\.2 or later") as failed,
    ):
        opened(streams, f"rtsps://127.0.0.1:{port}/a", SourceKind.RTSP)
    assert failed.value.fault is Fault.ADDRESS


def test_an_rtsp_camera_that_is_not_there_says_so_through_the_airlock(
    streams: OutboundStreams,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(CannotOpen, match="connection refused") as failed:
        opened(streams, f"rtsp://me:s3cret@127.0.0.1:{port}/a", SourceKind.RTSP)
    assert failed.value.fault is Fault.REFUSED
    assert "s3cret" not in str(failed.value)
