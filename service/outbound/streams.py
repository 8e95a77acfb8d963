"""Cameras' addresses, as FFmpeg is given them: what it connects to is what was looked at."""

import os
import threading
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from streetwatch.service.outbound.airlock import Airlock
from streetwatch.service.outbound.outbound import (
    Outbound,
    OutOfReachError,
    UnknownHostError,
    endpoint_of,
)
from streetwatch.service.outbound.rtsp_airlock import way_through
from streetwatch.vision.capture.errors import CannotOpen, Fault
from streetwatch.vision.capture.resolver import Way
from streetwatch.vision.capture.source import Source, SourceKind


class OutboundStreams:
    """Finds the way to a camera, as a `Resolver`.

    An RTSP camera is connected to by its address. HTTP leads on: to a playlist's pieces, or by a
    redirect. So FFmpeg goes through an airlock, which looks at each. An RTSP camera may redirect
    too: each is talked to through an airlock of its own, which ends there.
    """

    def __init__(self, outbound: Outbound) -> None:
        self.outbound = outbound
        self._airlock: Airlock | None = None
        self._opening = threading.Lock()

    def __call__(self, source: Source) -> Way:
        """Return the way to a camera. Blocks.

        Raises:
            CannotOpen: it is not in reach, or nobody knows its host.
        """
        if source.kind is SourceKind.FILE:
            return Way(source.url)
        host, port = endpoint_of(source.url) or ("", 0)
        try:
            address = self.outbound.address(host, port)
        except UnknownHostError as error:
            raise CannotOpen(
                f"cannot open {source.redacted}: {error}", Fault.UNKNOWN_HOST
            ) from None
        except OutOfReachError as error:
            raise CannotOpen(
                f"cannot open {source.redacted}: {error}", Fault.OUT_OF_REACH
            ) from None
        if source.kind is SourceKind.HTTP:
            return Way(source.url, address, self._proxy())
        enter = partial(_through, source, address, port)
        return Way(with_host(source.url, address), address, enter=enter)

    def close(self) -> None:
        """Let nobody through any more. May be called again."""
        with self._opening:
            if self._airlock is not None:
                self._airlock.close()
                self._airlock = None

    def _proxy(self) -> str:
        with self._opening:
            if self._airlock is None:
                # FFmpeg would go around it for every host that this names.
                os.environ.pop("no_proxy", None)
                self._airlock = Airlock(self.outbound)
            return self._airlock.url


def _through(source: Source, address: str, port: int) -> str:
    """Connect to a camera through an airlock; return where FFmpeg finds it, without TLS."""
    parts = urlsplit(source.url)
    tls_name = parts.hostname if parts.scheme == "rtsps" else None
    try:
        there = way_through(address, port, tls_name=tls_name)
        return with_host(parts._replace(scheme="rtsp").geturl(), "127.0.0.1", there)
    except CannotOpen as error:
        raise CannotOpen(f"cannot open {source.redacted}: {error}", error.fault) from None


def with_host(url: str, host: str, port: int | None = None) -> str:
    """Return an address with another host in it, account kept, and the port if it is not given.

    >>> with_host("rtsp://me:p@cam.example:8554/a?b", "fd00::5")
    'rtsp://me:p@[fd00::5]:8554/a?b'
    """
    parts = urlsplit(url)
    account, at, _ = parts.netloc.rpartition("@")
    shown = f"[{host}]" if ":" in host else host
    number = parts.port if port is None else port
    end = "" if number is None else f":{number}"
    return urlunsplit(parts._replace(netloc=f"{account}{at}{shown}{end}"))
