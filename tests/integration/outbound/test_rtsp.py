"""No camera leads it there over RTSP, with TLS or without."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest

from outbound_parts import QUICK, opened
from rtsp_door import over_tls
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.vision.capture.errors import CannotOpen, Fault
from streetwatch.vision.capture.opening import open_feed
from streetwatch.vision.capture.source import Source, SourceKind
from tls_parts import Certificate, certified, closed


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
