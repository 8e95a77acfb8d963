"""What becomes of a picture: it is judged at once, or it waits for the model.

A frame is first made small and compared. Where that shows that nothing changed, what was seen
before is seen again and the look is judged at once; else it waits for the detector, which takes
what is latest by its own patience.
"""

from collections.abc import Callable, Mapping

import structlog

from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.attention import Intervals, Promise, promised
from streetwatch.service.runtime.look_queue import LookQueue, Wanted
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.overload import Overload
from streetwatch.service.runtime.watching import Watching
from streetwatch.vision.health import Seeing
from streetwatch.vision.types import Detections, Frame, Seconds, SeesMany
from streetwatch.vision.view import Glance, glance_at

log = structlog.get_logger(__name__)

#: Between two pictures of a camera none of whose rules applies now: enough to know that it is there
#: (`runtime.condition.LATE_S`); the packets between are read and kept, not decoded.
REST_S: Seconds = 8.0


class Judging:
    """Folds pictures into their cameras' chains. Used by the loop's thread only.

    Attributes:
        overload: Whether the machine keeps its promise. Readable from any thread.
    """

    def __init__(  # noqa: PLR0913 -- the loop's own, and what it was handed
        self,
        *,
        cameras: Mapping[str, Watching],
        queue: LookQueue,
        dropped: Callable[[str], int],
        detector: SeesMany,
        by_areas: bool,
        metrics: RuntimeMetrics,
        intervals: Intervals,
        is_hot: Callable[[str, Seconds], bool],
        clock: Callable[[], Seconds],
        on_change: Callable[[tuple[Incident, ...]], None],
    ) -> None:
        """Prepare it.

        Args:
            cameras: Those that are watched, which may change between two pictures.
            queue: Where pictures wait for the model.
            dropped: Tells how many of a camera's frames newer ones have replaced.
            detector: The model that looks at them.
            by_areas: Look at a camera's areas, not at whole pictures.
            metrics: What is counted.
            intervals: How long a camera may go without a detection.
            is_hot: Tells whether a camera finds most at this time.
            clock: Seconds since the epoch.
            on_change: Told of incidents whose state a look changed.
        """
        self._cameras = cameras
        self._queue = queue
        self._dropped = dropped
        self._detector = detector
        self._by_areas = by_areas
        self._metrics = metrics
        self._intervals = intervals
        self._is_hot = is_hot
        self._clock = clock
        self._on_change = on_change
        self.overload = Overload()

    def glance(self, frame: Frame) -> None:
        """Judge a frame that shows no change; let any other wait for the detector."""
        watching = self._cameras.get(frame.camera_id)
        if watching is None:  # it came before its camera was taken away
            return
        with self._metrics.working("gate"):
            glance = glance_at(
                frame,
                longest=self._detector.longest_side,
                masks=watching.masks,
                areas=watching.looked_at if self._by_areas else (),
            )
            watching.seen(glance.view, frame)
        if watching.health.worth is not Seeing.CLEAR:  # nobody looked: nothing stands, none left
            watching.watch.show(glance.frame)
            self._metrics.blind.labels(frame.camera_id, watching.health.worth).inc()
            return
        if watching.rests(frame.at):
            watching.watch.show(glance.frame)
            watching.look_every(REST_S)
        else:
            self._attend(glance, watching)

    def _attend(self, glance: Glance, watching: Watching) -> None:
        """Let a picture wait for the detector, or judge it by what was seen before."""
        frame, attention, stays = glance.frame, watching.attention, watching.watch.presence.stays
        with self._metrics.working("gate"):
            change = attention.gate.change(glance.view)
            waits_for = self._queue.why(frame.camera_id)
            intervals = self._intervals_of(frame.camera_id, frame.at)
            why = waits_for or attention.wants(change, frame.at, stays, frame.size, intervals)
        watching.attention = attention.shown(change)
        if why is not None:
            patience_s = intervals.patience_s(why, stays)
            self._queue.put(glance, change, why, patience_s=patience_s)
            # More pictures than can be detected in are decoded in vain.
            if waits_for is not None and self.overload.is_on:
                watching.look_every(self._intervals.quiet_s)
        else:
            self._say_again(glance, attention.again(change, stays, frame.size), watching)

    def _say_again(self, glance: Glance, detections: Detections | None, watching: Watching) -> None:
        """Judge a picture by what was detected before, where that still holds."""
        if detections is None:
            self._metrics.unjudged.labels(glance.frame.camera_id).inc()
            watching.watch.show(glance.frame)
            self._pace(glance.frame, watching)
            return
        self._metrics.unchanged.labels(glance.frame.camera_id).inc()
        self._judge(glance, detections, watching, is_detected=False)

    def detected(self, wanted: Wanted, detections: Detections) -> None:
        """Judge what the model saw in a picture that has waited for it."""
        glance = wanted.glance
        watching = self._cameras.get(glance.frame.camera_id)
        if watching is None:
            return
        self._metrics.detections.labels(glance.frame.camera_id, wanted.why).inc()
        self._heed(wanted.lateness(self._clock()))
        if watching.attention.detected_at is not None:
            self._metrics.covered(Promise.IDLE, glance.frame.at - watching.attention.detected_at)
        watching.attention = watching.attention.detected(
            wanted.change, glance.frame.at, detections, wanted.why
        )
        self._judge(glance, detections, watching, is_detected=True)

    def _heed(self, lateness: float) -> None:
        """Say when the machine no longer keeps its promise, and when it does again."""
        self._metrics.lateness.observe(max(lateness, 0.0))
        before, self.overload = self.overload, self.overload.after(lateness, self._clock())
        if self.overload.is_on == before.is_on:
            return
        self._metrics.overloaded.set(self.overload.is_on)
        if self.overload.is_on:
            share = round(self.overload.late_share, 2)
            log.warning("detector.overloaded", late_share=share, waiting=len(self._queue))
        else:
            log.info("detector.keeps_up")

    def _judge(
        self, glance: Glance, detections: Detections, watching: Watching, *, is_detected: bool
    ) -> None:
        presence = watching.watch.presence
        if presence.last_look is not None and (promise := promised(presence.stays)):
            self._metrics.covered(promise, glance.frame.at - presence.last_look)
        with self._metrics.working("track"):
            look = glance.look(detections, is_detected=is_detected)
            changed = watching.watch.look(look, glance.frame)
        watching.judged()
        self._pace(glance.frame, watching)
        self._count(glance.frame, changed)
        if changed:
            self._on_change(changed)

    def _pace(self, frame: Frame, watching: Watching) -> None:
        stays, keeps_up = watching.watch.presence.stays, not self.overload.is_on
        intervals = self._intervals_of(frame.camera_id, frame.at)
        pace_s = watching.attention.pace_s(frame.at, stays, intervals, keeps_up=keeps_up)
        watching.look_every(pace_s)

    def _intervals_of(self, camera_id: str, at: Seconds) -> Intervals:
        """Return how long a camera may go without: in an overload all fall behind alike."""
        is_hot = not self.overload.is_on and self._is_hot(camera_id, at)
        return self._intervals.hot if is_hot else self._intervals

    def _count(self, frame: Frame, changed: tuple[Incident, ...]) -> None:
        self._metrics.looks.labels(frame.camera_id).inc()
        replaced = self._queue.replaced(frame.camera_id) + self._dropped(frame.camera_id)
        self._metrics.dropped.labels(frame.camera_id).set(replaced)
        self._metrics.age_s.observe(max(self._clock() - frame.at, 0.0))
        for one in changed:
            self._metrics.incidents.labels(one.camera_id, one.type, one.state).inc()
            log.info(
                "incident.changed",
                incident=one.id,
                camera=one.camera_id,
                zone=one.zone_id,
                type=one.type,
                state=one.state.value,
            )
