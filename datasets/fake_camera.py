"""A camera that fails as told: real RTSP on the wire, whatever may go wrong in the field.

Built on `datasets.live`. Any number of them run in one thread; a test, a benchmark or a script
tells each what it suffers from, and when that is over.
"""

import asyncio
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile
from pathlib import Path
from typing import Any, Final, TypeVar

from aio_rtsp_toolkit.server_session import RtspServerSession  # type: ignore[import-untyped]
from aio_sockets import TCPSocket  # type: ignore[import-untyped]

from streetwatch.datasets.fake_trouble import (
    CORRUPT_SHARE,
    JUMP_S,
    LOST_SHARE,
    Calm,
    Clips,
    Trouble,
)
from streetwatch.datasets.live import ClipPacket, LiveCamera, LoopedClip, quiet_when_cancelled

T = TypeVar("T")

#: Nothing can be said on these connections any more.
_CUTS: Final = frozenset({Trouble.REFUSES, Trouble.SILENT, Trouble.UNAUTHORISED})

_TCP_REPAIR: Final = 19  # linux/tcp.h; Python has no name for it


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What a camera shows since some time.

    Attributes:
        path: Of the clip.
        clip: Its packets.
        track: What the toolkit has to know of them.
        since_s: On the camera's clock, when the clip began.
    """

    path: Path
    clip: LoopedClip
    track: Any
    since_s: float

    def after(self, latest_s: float, now_s: float) -> Iterator[tuple[float, ClipPacket]]:
        """Yield the packets from now on, later ones than the latest, a key frame first."""
        packets = self.clip.play_from(now_s - self.since_s)
        timed = ((self.since_s + at_s, packet) for at_s, packet in packets)
        return dropwhile(lambda one: one[0] <= latest_s or not one[1].is_key, timed)


@cache
def _loaded(path: Path, calm: Calm | None) -> LoopedClip:
    """Read a clip once, however many cameras show it."""
    clip = LoopedClip.load(path)
    if calm is None:
        return clip
    return clip.with_rest(since_s=calm.since_s, lasts_s=calm.lasts_s)


def lap_s(clips: Clips) -> float:
    """Return how long the street of some clips takes until it begins anew."""
    return _loaded(clips.street, clips.calm_of(clips.street)).length_s


class _Session(RtspServerSession):  # type: ignore[misc]  # the toolkit is untyped
    """One viewer of a camera that may fail."""

    server: "FakeCamera"

    async def _handle_describe(self, uri: str, req_headers: dict[str, str]) -> None:
        if self.server.trouble is Trouble.UNAUTHORISED:
            asks = {"WWW-Authenticate": 'Basic realm="camera"'}
            await self._send_response(req_headers, 401, "Unauthorized", asks)
            return
        await super()._handle_describe(uri, req_headers)

    async def _stream_media(self) -> None:
        state = next(s for s in self.track_states.values() if s.rtp_channel is not None)
        camera = self.server
        state.first_send_time = camera.zero
        last: ClipPacket | None = None
        async for at_s, packet in camera.play():
            state.info = camera.shown.track
            if packet.is_key and camera.trouble is not Trouble.FROZEN:
                last = packet
            shown = last if last and camera.trouble is Trouble.FROZEN else packet
            await self._send_video_packet(state, shown.payload, at_s, packet.lasts_s, shown.is_key)

    async def _send_rtp_packet(
        self,
        state: Any,  # noqa: ANN401
        payload: bytes,
        timestamp: int,
        marker: int,
    ) -> None:
        camera = self.server
        match camera.trouble:
            case Trouble.LOSES if camera.chance.random() < LOST_SHARE:
                state.sequence_number = (state.sequence_number + 1) & 0xFFFF
                return
            case Trouble.CORRUPTS if camera.chance.random() < CORRUPT_SHARE:
                payload = _corrupted(payload, camera.chance)
            case Trouble.EMPTY:
                payload = b""
            case Trouble.TIME_BACK:
                timestamp -= round(JUMP_S * state.info.clock_rate)
            case Trouble.TIME_FORWARD:
                timestamp += round(JUMP_S * state.info.clock_rate)
            case _:
                pass
        await super()._send_rtp_packet(state, payload, timestamp, marker)

    def vanish(self) -> None:
        """Be gone without a word, as after a power cut; where that isn't allowed, fall silent."""
        transport = self.sock.writer.transport
        with suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
            transport.abort()  # a socket under repair is closed without FIN or RST

    def cut(self) -> None:
        """Break the connection off."""
        self.sock.writer.transport.abort()


def _corrupted(payload: bytes, chance: random.Random) -> bytes:
    """Flip a bit in a hundredth of the bytes; the header stays, so that they are still decoded."""
    flipped = bytearray(payload)
    for _ in range(1 + len(payload) // 100):
        flipped[chance.randrange(len(payload))] ^= 1 << chance.randrange(8)
    return payload[:2] + bytes(flipped[2:])


class FakeCamera(LiveCamera):
    """One camera. Its methods are for its own thread; others go through `FakeCameras`."""

    def __init__(self, clips: Clips, *, seed: int, elapsed_s: float) -> None:
        street = _loaded(clips.street, clips.calm_of(clips.street))
        super().__init__(
            clips.street, street, host="127.0.0.1", port=0, path="live", elapsed_s=elapsed_s
        )
        self.trouble: Trouble | None = None
        self.chance = random.Random(seed)  # noqa: S311 -- fate, not secrets
        self._clips = clips
        self._street = self._showing(clips.street, 0.0)
        self.shown = self._street
        self._well = asyncio.Event()
        self._well.set()
        self._sessions: set[_Session] = set()

    @property
    def elapsed_s(self) -> float:
        """Return what time it is on this camera."""
        return time.perf_counter() - self.zero

    async def listen(self) -> None:
        """Take viewers, always at the same port."""
        await self.start()
        self.port = self._server.sockets[0].getsockname()[1]

    def suffer(self, trouble: Trouble) -> None:
        """Begin to fail."""
        self.trouble = trouble
        if trouble in _CUTS:
            self._end(_Session.cut)
        if trouble is Trouble.REFUSES:
            self._server.close()
        if trouble is Trouble.HALF_OPEN:
            self._end(_Session.vanish)
        if trouble in {Trouble.HANGS, Trouble.HALF_OPEN, Trouble.SILENT}:
            self._well.clear()
        self.shown = self._shown_in(trouble)

    async def recover(self) -> None:
        """Be well again."""
        before, self.trouble = self.trouble, None
        self.shown = self._street
        self._well.set()
        if before is Trouble.REFUSES:
            await self.start()

    def _shown_in(self, trouble: Trouble) -> _Shown:
        others = {
            Trouble.GREY: self._clips.grey,
            Trouble.RESIZED: self._clips.resized,
            Trouble.RECODED: self._clips.recoded,
            Trouble.LONG_GOP: self._clips.long_gop,
        }
        if trouble not in others:
            return self._street
        return self._showing(others[trouble], 0.0 if self._clips.are_aligned else self.elapsed_s)

    def _showing(self, path: Path, since_s: float) -> _Shown:
        clip = _loaded(path, self._clips.calm_of(path))
        return _Shown(path, clip, self.load_media_source(path).tracks[0], since_s)

    def resolve_request_path(self, uri: str) -> Path:
        """Return what is shown now: whoever connects is told of it as it is."""
        super().resolve_request_path(uri)
        return self.shown.path

    async def play(self) -> AsyncIterator[tuple[float, ClipPacket]]:
        """Yield what is shown from now on, with the camera's time; times always rise."""
        latest_s = -1.0
        while True:
            shown = self.shown
            await self._well.wait()
            for at_s, packet in shown.after(latest_s, self.elapsed_s):
                if shown is not self.shown or not (self._well.is_set() or packet.is_key):
                    break
                yield at_s, packet
                latest_s = at_s
            await asyncio.sleep(0)

    async def _handle_client(self, sock: TCPSocket) -> None:
        session = _Session(self, sock)
        self._sessions.add(session)
        try:
            if self.trouble in {Trouble.SILENT, Trouble.HALF_OPEN}:
                await self._well.wait()
            with suppress(ConnectionError):  # the viewer went away: nobody to tell
                await session.run()
        finally:
            self._sessions.discard(session)

    def end(self) -> None:
        """Take no more viewers and let go of those that are there."""
        self._server.close()
        self._end(_Session.cut)

    def _end(self, how: Callable[[_Session], None]) -> None:
        for session in tuple(self._sessions):
            how(session)


class FakeCameras:
    """Cameras in one thread of their own. Usable from any other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(quiet_when_cancelled)
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-cameras")
        self._cameras: dict[str, FakeCamera] = {}

    def add(self, name: str, clips: Clips, *, seed: int = 0, elapsed_s: float = 0.0) -> str:
        """Put a camera up; return its address."""
        for path in clips.paths:
            _loaded(path, clips.calm_of(path))  # here, not in the thread that serves the others

        async def made() -> str:
            camera = FakeCamera(clips, seed=seed, elapsed_s=elapsed_s)
            await camera.listen()
            self._cameras[name] = camera
            return camera.url

        return self._done(made())

    def suffer(self, name: str, trouble: Trouble) -> None:
        """Have a camera fail."""

        async def begun() -> None:
            self._cameras[name].suffer(trouble)

        self._done(begun())

    def recover(self, name: str) -> None:
        """Have a camera be well again."""
        self._done(self._cameras[name].recover())

    def _done(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @contextmanager
    def running(self) -> Iterator["FakeCameras"]:
        """Run for the length of a `with` block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._done(self._ended())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _ended(self) -> None:
        for camera in self._cameras.values():
            camera.end()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
