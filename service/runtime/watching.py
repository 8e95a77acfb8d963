"""One camera as the detector's loop knows it between two pictures. Used by one thread."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import structlog

from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.attention import Attention
from streetwatch.vision.gate import Gate
from streetwatch.vision.health import Health, Reference, Seeing
from streetwatch.vision.privacy import Outline
from streetwatch.vision.shift import NONE, Shift
from streetwatch.vision.types import Frame, Look, Seconds, Size, View
from streetwatch.zones.presence import Presence

log = structlog.get_logger(__name__)


class Judge(Protocol):
    """What becomes of one camera's looks. Used by the loop's thread only."""

    @property
    def presence(self) -> Presence:
        """What is at its place, after the latest look."""

    def look(self, look: Look, frame: Frame | None = None) -> tuple[Incident, ...]:
        """Fold one look; return the incidents whose state it changed."""

    def show(self, frame: Frame) -> None:
        """Take a frame for the latest picture that says nothing of the street."""

    def seal(self, at: Seconds) -> None:
        """Complete what is due by now."""

    @property
    def size(self) -> Size | None:
        """Of the pictures in whose pixels what stands there is kept; None before the first."""

    def go_along(self, shift: Shift) -> None:
        """Judge by zones that have moved with the picture."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a camera's picture, and how far that has moved since.

    Attributes:
        areas: Watched.
        masks: Nobody may see.
    """

    areas: tuple[Outline, ...]
    masks: tuple[Outline, ...]
    shift: Shift = NONE

    def by(self, shift: Shift) -> Self:
        """Return the same after another move."""
        return replace(self, shift=shift)

    @property
    def areas_now(self) -> tuple[Outline, ...]:
        """Where the areas lie now."""
        return tuple(map(self.shift.outline, self.areas))

    @property
    def masks_now(self) -> tuple[Outline, ...]:
        """Where nobody may see: where the masks lie now, and where they were drawn."""
        return (*self.masks, *map(self.shift.outline, self.masks)) if self.shift else self.masks


@dataclass(slots=True)
class Watching:
    """One camera's chain, and what the loop remembers of it.

    Attributes:
        watch: Judges its looks.
        attention: When the detector is asked.
        look_every: Tells the capture how far apart its pictures may be.
        masks: Areas that nobody may see.
        health: What its pictures are worth.
        is_on_duty: Tells whether any of its rules applies at a time.
        remember: Keeps what it showed when its zones were drawn, and the size of its pictures.
        beside: Areas that are looked at too, though nothing is filed in them.
    """

    watch: Judge
    attention: Attention
    look_every: Callable[[Seconds], None]
    masks: tuple[Outline, ...] = ()
    health: Health = field(default_factory=Health)
    is_on_duty: Callable[[Seconds], bool] = lambda _: True
    remember: Callable[[Reference, Size], None] = lambda *_: None
    beside: tuple[Outline, ...] = ()
    _drawn: Drawn | None = field(default=None, init=False)
    _size: Size | None = field(default=None, init=False)
    _kept: tuple[object, ...] = field(default=(), init=False)

    def seen(self, view: View, frame: Frame) -> None:
        """Take in what a picture is worth, before it is judged."""
        before, self.health = self.health.seeing, self.health.seen(view, frame.at)
        if self.health.seeing is not before:
            say = log.info if self.health.seeing is Seeing.CLEAR else log.warning
            say("camera.seeing", camera=frame.camera_id, seeing=self.health.seeing.value)
        if self._size not in {None, frame.size}:  # nothing was detected in pictures of this size
            self.attention = Attention(self.attention.gate)
            log.warning("camera.resized", camera=frame.camera_id, size=frame.size)
        self._size = frame.size
        drawn = self._drawn or Drawn(self.attention.gate.areas, self.masks)
        if self.health.shift != drawn.shift:
            self._go_along(drawn.by(self.health.shift), frame.camera_id)

    @property
    def looked_at(self) -> tuple[Outline, ...]:
        """Where the detector looks now; none: at the whole picture."""
        areas = self.attention.gate.areas
        return (*areas, *map(self.health.shift.outline, self.beside)) if areas else ()

    def redrawn(self, attention: Attention) -> None:
        """Go on with other zones: they are drawn on what it shows now."""
        if self._drawn is not None:
            self.masks = self._drawn.masks
        self.attention, self.health, self._drawn = attention, Health(), None
        self.watch.go_along(NONE)

    def judged(self) -> None:
        """Keep what the next process has to know, where it has changed."""
        reference, size = self.health.reference, self.watch.size
        if (
            reference is None
            or size is None
            or self._kept == (id(self.health.framing.anchor), size)
        ):
            return
        self.remember(reference, size)
        self._kept = (id(self.health.framing.anchor), size)

    def _go_along(self, drawn: Drawn, camera_id: str) -> None:
        self._drawn = drawn
        self.watch.go_along(drawn.shift)
        self.attention = Attention(Gate(drawn.areas_now))
        self.masks = drawn.masks_now
        log.warning("camera.shifted", camera=camera_id, dx=drawn.shift.dx, dy=drawn.shift.dy)

    def rests(self, at: Seconds) -> bool:
        """Tell whether nothing can come of a picture: no rule applies, and nothing stands."""
        return not self.is_on_duty(at) and not self.watch.presence.stays
