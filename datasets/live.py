"""Serves a clip as a live RTSP camera: for the demonstration and for tests against a real server.

Like a camera, it is at one point of its time for all who look: the clip loops for ever on a clock
that runs from `since`, timestamps rise across the loop, and whoever connects (again) gets the
picture of now, from the key frame before it. One file, RTP over TCP, H.264 or H.265, no sound.
"""

import argparse
import asyncio
import logging
import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain, count, dropwhile
from pathlib import Path
from typing import Self

import av
from aio_rtsp_toolkit.server import RtspServer  # type: ignore[import-untyped]
from aio_rtsp_toolkit.server_session import RtspServerSession  # type: ignore[import-untyped]
from aio_sockets import TCPSocket  # type: ignore[import-untyped]

# The toolkit prints each request to standard output, where our address stands: only its errors.
_log = logging.getLogger(__name__)
_log.setLevel(logging.ERROR)


#: Two times of pictures that are nearer than this are one.
_TINY_S = 1e-3


class ClipError(ValueError):
    """The clip cannot be served as a camera."""


@dataclass(frozen=True, slots=True)
class ClipPacket:
    """One coded picture.

    Attributes:
        shown_s: When it is shown, seconds from the clip's start.
        lasts_s: How long, seconds.
        is_key: Whether decoding can start here.
        payload: The coded bytes.
    """

    shown_s: float
    lasts_s: float
    is_key: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class LoopedClip:
    """A clip's packets in coded order, repeated for ever on one rising clock."""

    packets: tuple[ClipPacket, ...]
    length_s: float

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a whole clip into memory.

        Raises:
            ClipError: not a video file, or nothing in it can be decoded.
        """
        try:
            packets = _read_packets(path)
        except (OSError, av.error.FFmpegError) as error:
            raise ClipError(f"cannot read {path}: {error}") from error
        if not packets:
            raise ClipError(f"{path} holds no video, or none with a key frame")
        return cls(packets, max(packet.shown_s + packet.lasts_s for packet in packets))

    def with_rest(self, *, since_s: float, lasts_s: float) -> Self:
        """Return it with its calm end again and again before it begins anew.

        Args:
            since_s: Where that end begins: with the first key frame from there on.
            lasts_s: For how long it is shown at least, in whole repetitions.
        """
        first = next(
            number
            for number, one in enumerate(self.packets)
            if one.is_key and one.shown_s > since_s - _TINY_S
        )
        street, end = self.packets[:first], self.packets[first:]
        begins_s, lap_s = end[0].shown_s, self.length_s - end[0].shown_s
        laps = math.ceil(lasts_s / lap_s)
        rest = (replace(one, shown_s=one.shown_s + lap_s * n) for n in range(laps) for one in end)
        return replace(self, packets=(*street, *rest), length_s=begins_s + lap_s * laps)

    def play_from(self, elapsed_s: float) -> Iterator[tuple[float, ClipPacket]]:
        """Yield (seconds since the clock's zero, packet), from the last key frame due by now."""
        lap, within_s = divmod(max(0.0, elapsed_s), self.length_s)
        begun = (i for i, p in enumerate(self.packets) if p.is_key and p.shown_s <= within_s)
        first = max(begun, default=0)
        laps = (self.packets for _ in count())
        for number, packets in enumerate(chain([self.packets[first:]], laps), start=int(lap)):
            for packet in packets:
                yield number * self.length_s + packet.shown_s, packet


def _read_packets(path: Path) -> tuple[ClipPacket, ...]:
    with av.open(path) as container:
        if not container.streams.video:
            return ()
        stream = container.streams.video[0]
        frame_s = float(1 / stream.average_rate) if stream.average_rate else 0.04
        found = [
            ClipPacket(
                float(packet.pts * packet.time_base),
                float(packet.duration * packet.time_base) if packet.duration else frame_s,
                packet.is_keyframe,
                bytes(packet),
            )
            for packet in container.demux(stream)
            if packet.pts is not None and packet.size
        ]
    start_s = min((packet.shown_s for packet in found), default=0.0)
    decodable = dropwhile(lambda packet: not packet.is_key, found)
    return tuple(replace(packet, shown_s=packet.shown_s - start_s) for packet in decodable)


class _LiveSession(RtspServerSession):  # type: ignore[misc]  # the toolkit is untyped
    """One viewer. The toolkit speaks the protocol; only what is played, and when, is ours."""

    server: "LiveCamera"

    async def _stream_media(self) -> None:
        state = next(
            s
            for s in self.track_states.values()
            if s.info.media_type == "video" and s.rtp_channel is not None
        )
        camera = self.server
        state.first_send_time = camera.zero  # the toolkit paces by it: all viewers share one clock
        for at_s, packet in camera.clip.play_from(time.perf_counter() - camera.zero):
            await self._send_video_packet(
                state, packet.payload, at_s, packet.lasts_s, packet.is_key
            )


class LiveCamera(RtspServer):  # type: ignore[misc]  # the toolkit is untyped
    """An RTSP server with one address, at which one clip runs for ever."""

    def __init__(  # noqa: PLR0913  -- what is shown, and where
        self, clip: Path, looped: LoopedClip, *, host: str, port: int, path: str, elapsed_s: float
    ) -> None:
        super().__init__(directory=str(clip.parent), host=host, port=port)
        self.logger = _log
        self.clip = looped
        self.zero = time.perf_counter() - elapsed_s
        self._file = clip
        self._path = path.strip("/")

    @property
    def url(self) -> str:
        """Where it can be watched, once started."""
        port = self._server.sockets[0].getsockname()[1]
        return f"rtsp://{self.host}:{port}/{self._path}"

    def resolve_request_path(self, uri: str) -> Path:
        """Return the clip for our one address."""
        if uri.split("://", 1)[-1].partition("/")[2].strip("/") != self._path:
            raise FileNotFoundError(uri)
        return self._file

    async def _handle_client(self, sock: TCPSocket) -> None:
        try:
            await _LiveSession(self, sock).run()
        except ConnectionError:  # the viewer went away: nothing to do, and nobody to tell
            return


def quiet_when_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Say nothing of viewers that are dropped at the end; asyncio 3.11 takes them for errors."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


async def _serve_until_told(camera: LiveCamera, *, held: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(quiet_when_cancelled)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if held:
        loop.add_reader(sys.stdin, stop.set)  # nobody writes: it is readable when it is closed
    await camera.start()
    sys.stdout.write(f"{camera.url}\n")
    sys.stdout.flush()
    await stop.wait()


def serve_live(  # noqa: PLR0913  -- one for each option of the command
    clip: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8554,
    path: str = "live",
    since: float | None = None,
    rest: tuple[float, float] | None = None,
    held: bool = False,
) -> None:
    """Serve a clip until SIGTERM or SIGINT; prints its address on one line once it listens.

    Args:
        clip: MP4 or MKV with H.264 or H.265.
        host: Address to listen at.
        port: TCP port; 0 takes a free one.
        path: The last part of the address.
        since: When the clip's time was zero, seconds since the epoch; left out: now. A server that
            is started again with the same `since` goes on where live time is.
        rest: From where on the clip's end is shown again and again before it begins anew, and for
            how long at least, seconds.
        held: End too when standard input is closed: when whoever holds its other end is gone.

    Raises:
        ClipError: the clip cannot be served.
        OSError: the address is taken.
    """
    elapsed_s = 0.0 if since is None else time.time() - since
    looped = LoopedClip.load(clip)
    if rest is not None:
        looped = looped.with_rest(since_s=rest[0], lasts_s=rest[1])
    camera = LiveCamera(clip, looped, host=host, port=port, path=path, elapsed_s=elapsed_s)
    # Viewers are dropped, not waited for: a stopped camera says nothing.
    asyncio.run(_serve_until_told(camera, held=held))


@dataclass(frozen=True, slots=True)
class LiveProcess:
    """A live camera in a process of its own: it can die without taking anyone along.

    Attributes:
        url: Where it can be watched.
        process: The child; `kill` it to play a power cut.
    """

    url: str
    process: "subprocess.Popen[str]"

    def stop(self, timeout_s: float = 5.0) -> None:
        """End it and wait for its end; safe to call twice."""
        self.process.terminate()
        try:
            _ended(self.process, timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it without a word to its viewers."""
        self.process.kill()
        _ended(self.process)


def _ended(process: "subprocess.Popen[str]", timeout_s: float | None = None) -> int:
    """Wait for the end of a child and let go of what holds it; return its exit status."""
    status = process.wait(timeout_s)
    if process.stdin:
        process.stdin.close()
    return status


def start_live(  # noqa: PLR0913  -- as `serve_live`
    clip: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    path: str = "live",
    since: float | None = None,
    rest: tuple[float, float] | None = None,
) -> LiveProcess:
    """Start `serve_live` in a child process and return once it listens.

    Raises:
        ClipError: it ended at once; it has said why on standard error.
    """
    told = [str(clip), "--held", f"--host={host}", f"--port={port}", f"--path={path}"]
    told += [] if since is None else [f"--since={since}"]
    told += [] if rest is None else ["--rest", *map(str, rest)]
    process = subprocess.Popen(  # noqa: S603  -- our own module, no shell
        [sys.executable, "-P", "-m", "streetwatch.datasets.live", *told],
        stdin=subprocess.PIPE,  # closed by the system when we die, however we die
        stdout=subprocess.PIPE,
        text=True,
    )
    with process.stdout or nullcontext([""]) as lines:
        url = next(iter(lines), "").strip()
    if not url:
        raise ClipError(f"no live camera of {clip}: its process ended with {_ended(process)}")
    return LiveProcess(url, process)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as `python -m streetwatch.datasets.live CLIP [--port P] [--since EPOCH_S]`."""
    parser = argparse.ArgumentParser(prog="streetwatch.datasets.live", description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8554, help="0 takes a free one")
    parser.add_argument("--path", default="live")
    parser.add_argument("--since", type=float, help="seconds since the epoch at the clip's start")
    parser.add_argument(
        "--rest", type=float, nargs=2, help="from where on the end repeats, and how long, seconds"
    )
    parser.add_argument("--held", action="store_true", help="end when standard input is closed")
    given = parser.parse_args(arguments)
    try:
        serve_live(
            given.clip,
            host=given.host,
            port=given.port,
            path=given.path,
            since=given.since,
            rest=None if given.rest is None else tuple(given.rest),
            held=given.held,
        )
    except (ClipError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
