"""One camera's live capture: connect, read, look, and when it breaks, begin again for ever."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import av
import structlog
from av.video.stream import VideoStream

from streetwatch.vision.capture.clock import StreamClock
from streetwatch.vision.capture.errors import CaptureError, StreamLost
from streetwatch.vision.capture.look import Decode, Looker
from streetwatch.vision.capture.opening import Feed, TimeOuts, default_time_outs, open_feed
from streetwatch.vision.capture.pace import LookPace
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.resolver import Resolver, itself
from streetwatch.vision.capture.ring import Ring, stored
from streetwatch.vision.capture.signs import SignsOfLife
from streetwatch.vision.capture.source import Source, SourceKind, redact
from streetwatch.vision.capture.state import CaptureCounts, CaptureState, Phase
from streetwatch.vision.capture.steady import SteadyClock
from streetwatch.vision.picture import SMALL_SIDE
from streetwatch.vision.types import Frame, Seconds

_log = structlog.get_logger()

#: How long a camera's packets gather before they are read. Waking for each costs 0.2 core-seconds a
#: camera-minute (docs/explanation/performance.md); a fifth of a look's interval delays no decision.
_GATHER_S: Seconds = 0.2
_GATHER_SHARE = 0.2

#: A packet that was waited for so long was the last one there was.
_WAITED_S: Seconds = 0.002


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """How to watch a camera.

    Attributes:
        look_interval_s: Hand on a picture at least this often, where the stream has one.
        longest: Side of the small picture that comes with each, pixels.
        decode: Which packets to decode.
        key_gap_limit_s: Key frames further apart than this, and than looks: follow the pictures
            between them.
        blind_limit_s: Packets but no picture for this long: connect again.
        time_outs: Left out: what suits the kind of source.
        back_off: When to try again.
        resolve: Finds the way to the source, at each connection.
    """

    look_interval_s: Seconds = 1.0
    longest: int = SMALL_SIDE
    decode: Decode = Decode.KEYFRAMES
    key_gap_limit_s: Seconds = 4.0
    blind_limit_s: Seconds = 30.0
    time_outs: TimeOuts | None = None
    back_off: BackOff = field(default_factory=BackOff)
    resolve: Resolver = itself


class Capture:
    """Watches one source in a thread of its own until stopped; raises nothing, tells everything.

    Callbacks run in that thread: they must be quick, and what they raise ends the connection (it
    is logged, and the capture begins again).
    """

    def __init__(  # noqa: PLR0913  -- each is a separate thing the owner decides
        self,
        camera_id: str,
        source: Source,
        *,
        on_frame: Callable[[Frame], None],
        on_state: Callable[[CaptureState], None],
        ring: Ring | None = None,
        options: CaptureOptions | None = None,
        clock: Callable[[], Seconds] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare a capture; nothing is opened before `start`.

        Args:
            camera_id: Written into frames and logs.
            source: What to watch.
            on_frame: Takes each picture that is due.
            on_state: Takes each change of state.
            ring: Takes every packet, for clips.
            options: How to watch.
            clock: Tells arrival: seconds since the epoch, never going back.
            chance: Random 0..1 for the jitter of the back-off.
        """
        self._camera_id = camera_id
        self._source = source
        self._on_frame = on_frame
        self._on_state = on_state
        self._ring = ring
        self._options = options or CaptureOptions()
        self._resolve = self._options.resolve
        self._now = clock or SteadyClock()
        self._chance = chance
        self._stop = threading.Event()
        self._after_s: Seconds = 0.0
        self._thread = threading.Thread(target=self._run, name=f"capture-{camera_id}", daemon=True)
        self._interval_s = self._options.look_interval_s
        self._clock = StreamClock()
        self._said_at_zero_s: Seconds | None = None
        self._packets = self._frames = self._corrupt = self._connections = 0
        self._decode_s: Seconds = 0.0
        self._key_gap_s: Seconds | None = None
        self._follows = False
        self._state = CaptureState(Phase.STOPPED, self._now())
        self._live_since: Seconds | None = None
        self._signs = SignsOfLife()
        self._time_outs = self._options.time_outs or default_time_outs(source.kind)
        self._log = _log.bind(camera=camera_id, source=source.redacted)

    def start(self, *, after_s: Seconds = 0.0) -> None:
        """Begin to watch, after a while; once in a capture's life."""
        self._after_s = after_s
        self._signs.next_within(after_s)
        self._thread.start()

    def stop(self, timeout_s: Seconds = 6.0) -> bool:
        """End the watching; safe to call twice and before `start`.

        Returns:
            Whether the thread has ended. A read in progress ends with its time-out; a thread still
            in it hands on nothing more and does not keep the process alive.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def follows(self) -> bool:
        """Whether its key frames alone are not enough: the pictures between are decoded too."""
        return self._follows

    @property
    def ring(self) -> Ring | None:
        """Where its packets are kept for clips."""
        return self._ring

    @property
    def is_dead(self) -> bool:
        """Whether it was begun, nobody ended it, and its thread is gone all the same."""
        begun = self._signs.is_awaited
        return begun and not self._thread.is_alive() and not self._stop.is_set()

    @property
    def is_over(self) -> bool:
        """Whether its thread has ended."""
        return not self._thread.is_alive()

    @property
    def overdue_s(self) -> Seconds:
        """For how long its thread has been silent beyond what its time-outs allow."""
        return 0.0 if self._stop.is_set() else self._signs.overdue_s

    def look_every(self, interval_s: Seconds) -> None:
        """Hand on pictures so often from now on. Callable from any thread."""
        self._interval_s = interval_s

    @property
    def state(self) -> CaptureState:
        """The latest state."""
        return self._state

    @property
    def clock_offset_s(self) -> Seconds | None:
        """How far the camera's clock is ahead of ours; None while it has not said.

        RTSP cameras say what time they have with RTCP sender reports.
        """
        said, offset_s = self._said_at_zero_s, self._clock.offset_s
        return None if said is None or offset_s is None else said - offset_s

    @property
    def counts(self) -> CaptureCounts:
        """What was done so far."""
        return CaptureCounts(
            packets=self._packets,
            frames=self._frames,
            corrupt=self._corrupt,
            connections=self._connections,
            decode_s=self._decode_s,
            key_gap_s=self._key_gap_s,
        )

    def _run(self) -> None:
        back_off = self._options.back_off
        self._stop.wait(self._after_s)
        while not self._stop.is_set():
            reason = self._watch_until_it_breaks()
            if self._stop.is_set():
                break
            back_off, wait_s = back_off.after_failure(
                lived_s=self._lived_s(), chance=self._chance()
            )
            self._log.warning("capture.retrying", reason=reason, next_try_in_s=round(wait_s, 1))
            self._tell(Phase.RETRYING, reason, wait_s)
            self._stop.wait(wait_s)
        self._tell(Phase.STOPPED)

    def _lived_s(self) -> Seconds:
        return 0.0 if self._live_since is None else self._now() - self._live_since

    def _watch_until_it_breaks(self) -> str:
        """Watch over one connection; return in plain words why it ended."""
        try:
            self._live_since = None
            # Until it is live, why it was not is what people want to know.
            self._tell(Phase.CONNECTING, self._state.reason)
            self._watch()
        except CaptureError as error:
            return redact(str(error))
        except Exception:  # noqa: BLE001  -- logged on the next line
            # The thread's last resort: a fault of ours must not end the watching of a camera.
            self._log.exception("capture.failed")
            return "an error inside the program; its log tells more"
        return f"{self._source.redacted}: the stream ended"

    def _watch(self) -> None:
        # The address is never a variable here: a log of a fault may show those.
        with open_feed(self._source, self._resolve(self._source), self._time_outs) as feed:
            self._clock = self._clock.untied()
            self._said_at_zero_s = None
            self._connections += 1
            feed.refuse_the_unknown()
            looker = self._looker(feed)
            corrupt_before = self._corrupt
            blind_since = self._now()
            for packet in feed.packets():
                self._signs.next_within(self._time_outs.read_s)
                if self._stop.is_set():
                    return
                if self._take(packet, feed, looker):
                    blind_since = self._now()
                self._corrupt = corrupt_before + looker.corrupt + feed.bad_packets
                self._refuse_blindness(self._now() - blind_since)
                self._gather(feed.waited_s)

    def _gather(self, waited_s: Seconds) -> None:
        """Let packets come together where all that had come are read."""
        if self._source.kind is SourceKind.RTSP and waited_s >= _WAITED_S:
            self._stop.wait(min(_GATHER_S, _GATHER_SHARE * self._interval_s))

    def _looker(self, feed: Feed) -> Looker:
        options = self._options
        return Looker(
            feed.template,
            LookPace(self._interval_s),
            options.decode,
            options.key_gap_limit_s,
            options.longest,
        )

    def _take(self, packet: "av.Packet[VideoStream]", feed: Feed, looker: Looker) -> bool:
        """Time, keep and look at one packet; return whether a picture came of it."""
        at, payload = self._clock.at or self._now(), None
        if packet.size:
            at = self._timed(packet, feed)
            self._packets += 1
            payload = self._kept(packet, feed, at)
        if looker.pace.interval_s != self._interval_s:
            looker.pace = looker.pace.every(self._interval_s)
        followed, saw = looker.follows, False
        before_s = time.thread_time()
        pictures = list(looker.take(packet, self._clock, at, payload))
        self._decode_s += time.thread_time() - before_s
        for taken_at, picture in pictures:
            saw = self._hand_on(Frame(self._camera_id, self._frames, taken_at, picture))
        self._key_gap_s, self._follows = looker.gaps.gap_s, looker.follows
        if looker.follows and not followed:
            self._log.info("capture.key_frames_rare", gap_s=looker.gaps.gap_s)
        return saw

    def _kept(self, packet: "av.Packet[VideoStream]", feed: Feed, at: Seconds) -> bytes | None:
        """Keep a packet for clips where clips are wanted; return its bytes if so."""
        if self._ring is None or packet.is_corrupt:
            return None
        one = stored(packet, feed.template, at=at)
        self._ring.add(one)
        return one.payload

    def _timed(self, packet: "av.Packet[VideoStream]", feed: Feed) -> Seconds:
        stream_s = None if packet.pts is None else packet.pts * feed.template.unit_s
        if self._source.kind is not SourceKind.RTSP:
            # Files come as fast as the disk, HLS by the segment: played as they were filmed.
            lead_s = self._clock.lead(stream_s, self._now())
            if lead_s:
                self._stop.wait(lead_s)
        self._clock, at = self._clock.tick(stream_s, self._now())
        if self._said_at_zero_s is None:
            self._said_at_zero_s = feed.said_at_zero_s
        return at

    def _hand_on(self, frame: Frame) -> bool:
        if self._stop.is_set():
            return False
        self._frames += 1
        self._on_frame(frame)
        if self._live_since is None:
            self._live_since = self._now()
            self._log.info("capture.live", width=frame.size[0], height=frame.size[1])
            self._tell(Phase.LIVE)
        return True

    def _refuse_blindness(self, blind_s: Seconds) -> None:
        if blind_s > self._options.blind_limit_s:
            raise StreamLost(
                f"{self._source.redacted}: data arrives, but no picture could be decoded for "
                f"{self._options.blind_limit_s:g} s"
            )

    def _tell(self, phase: Phase, reason: str = "", next_try_in_s: Seconds = 0.0) -> None:
        self._state = CaptureState(phase, self._now(), reason, next_try_in_s)
        time_outs = self._time_outs
        self._signs.next_within(next_try_in_s + 2 * time_outs.open_s + time_outs.read_s)
        try:
            self._on_state(self._state)
        except Exception:  # noqa: BLE001  -- logged on the next line
            # Also told outside the loop's own guard: whoever listens must not end the watching.
            self._log.exception("capture.listener_failed")
