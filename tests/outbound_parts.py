"""Hosts in reach and out of reach, and the way to them."""

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.vision.capture.opening import TimeOuts, open_feed
from streetwatch.vision.capture.source import Source, SourceKind

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


def opened(streams: OutboundStreams, url: str, kind: SourceKind = SourceKind.HTTP) -> int:
    """Open a source and return the width of its video."""
    source = Source(kind, url)
    with open_feed(source, streams(source), QUICK) as feed:
        return feed.stream.codec_context.width
