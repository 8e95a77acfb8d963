"""From a script and a stage to pictures, and from pictures to an H.264 clip."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from streetwatch.datasets.compose.cutting import moved, scaled
from streetwatch.datasets.compose.disturb import effects
from streetwatch.datasets.compose.kinds import Disturbance
from streetwatch.datasets.compose.script import Act, Passing, Script
from streetwatch.datasets.compose.stage import Stage, Street
from streetwatch.datasets.demo.cutouts import Cutout, lay
from streetwatch.vision.types import Image, Seconds, Size
from streetwatch.zones import footprint

_COMES_S: Seconds = 1.5  # a vehicle drives up and away so fast, a heap appears
_HIDES = 0.2  # share of a place
_KEY_FRAME_EVERY_S = 10
_CRF, _LOW_BIT_RATE_CRF = 27, 41
_DROPPED_SHARE = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """One clip in the making.

    Attributes:
        stage: Where.
        script: What happens.
        people: Who may walk through it.
        disturbance: What makes it hard to see.
        rolls: Things come rolling and go so; else they are put down and taken up.
        fps: Pictures a second.
    """

    stage: Stage
    script: Script
    people: Sequence[Cutout]
    disturbance: Disturbance
    rolls: bool
    fps: float

    def pictures(self, chance: np.random.Generator) -> Iterator[tuple[int, Image]]:
        """Yield every picture of the clip with its number; none in an outage."""
        count = round(self.script.length_s * self.fps)
        streets = self.stage.streets(count, self.fps, chance)
        height, width = streets[0].image.shape[:2]
        changes = effects(self.disturbance, (width, height), chance)
        hiding = self._hiding((width, height))
        outage = self.script.outage
        for number, street in enumerate(streets):
            at = number / self.fps
            if outage and outage[0] <= at < outage[1]:
                continue
            picture = self._shown(street, at, hiding)
            for change in changes:
                picture = change(picture, at)
            yield number, picture

    def _shown(self, street: Street, at: Seconds, hiding: Sequence[tuple[Act, Cutout]]) -> Image:
        picture = street.image.copy()
        height, width = picture.shape[:2]
        there = [(act, self.stage.things[act.thing]) for act in self.script.acts]
        for act, thing in sorted(there, key=lambda one: one[1].box[3]):
            placed = self._placed(act, thing, at, width)
            if placed is None:
                continue
            lay(picture, *placed)
            _lay_nearer(picture, street, placed[0])
        for act, front in hiding:
            if self.script.hides(act, at) and not self._hides_what_comes(front, at):
                lay(picture, front)
        for one in self.script.passing:
            if one.start <= at <= one.end:
                lay(picture, self._walking(one, at, (width, height)))
        return picture

    def _placed(
        self, act: Act, thing: Cutout, at: Seconds, width: int
    ) -> tuple[Cutout, float] | None:
        """Return a thing where it is now, and how opaque; None while it is not there."""
        coming, going = (act.start - at) / _COMES_S, (at - act.end) / _COMES_S
        if self.rolls:
            away = max(coming if act.start else 0.0, going, 0.0)
            side = 1 if thing.box[0] + thing.box[2] > width else -1
            by = round(side * away * 1.5 * (thing.box[2] - thing.box[0]))
            return (moved(thing, by), 1.0) if away < 1 else None
        opacity = min(1 - going, 1 - coming if act.start else 1.0, 1.0)
        return (thing, opacity) if opacity > 0 else None

    def _hides_what_comes(self, front: Cutout, at: Seconds) -> bool:
        """Tell whether what stands before one thing would hide that another comes."""
        places = [self.stage.things[act.thing].box for act in self.script.coming(at)]
        if not places:
            return False
        boxes, before = np.array(places, np.float32), np.array([front.box], np.float32)
        return bool((footprint.covered(boxes, before) > _HIDES).any())

    def _hiding(self, size: Size) -> list[tuple[Act, Cutout]]:
        """Return what stands before each act when it is hidden: somebody, or another vehicle."""
        if not self.script.hidden:
            return []
        found: list[tuple[Act, Cutout]] = []
        for act in self.script.acts:
            thing = self.stage.things[act.thing]
            x1, y1, x2, y2 = thing.box
            if self.rolls:
                larger = scaled(self.stage.things[(act.thing + 1) % len(self.stage.things)], 1.4)
            elif self.people:
                person = self.people[act.thing % len(self.people)]
                tall = max(1.6 * (y2 - y1), 0.3 * size[1])
                larger = scaled(person, tall / (person.box[3] - person.box[1]))
            else:
                continue
            a1, _, a2, a2y = larger.box
            right = round((x1 + x2) / 2 - (a1 + a2) / 2)
            found.append((act, moved(larger, right, round(y2 + 0.2 * (y2 - y1)) - a2y)))
        return found

    def _walking(self, one: Passing, at: Seconds, size: Size) -> Cutout:
        person = self.people[one.person]
        tall = scaled(person, one.height * size[1] / (person.box[3] - person.box[1]))
        share = (at - one.start) / (one.end - one.start)
        x = one.stands_at if one.stands_at is not None else 1.2 * share - 0.1
        x1, _, x2, y2 = tall.box
        return moved(tall, round(x * size[0] - (x1 + x2) / 2), round(one.ground * size[1]) - y2)


def _lay_nearer(picture: Image, street: Street, thing: Cutout) -> None:
    """Put back what passes in front of a thing: it touches the ground lower in the picture."""
    x1, y1, x2, y2 = thing.box
    for blob in street.blobs:
        height, width = blob.shown.shape
        left, top = blob.left, blob.top
        if blob.bottom <= y2 or left >= x2 or left + width <= x1 or top >= y2 or blob.bottom <= y1:
            continue
        part = slice(top, top + height), slice(left, left + width)
        cv2.copyTo(street.image[part], blob.shown, picture[part])


def write_clip(
    path: Path,
    pictures: Iterable[tuple[int, Image]],
    *,
    fps: float,
    disturbance: Disturbance,
    chance: np.random.Generator,
) -> None:
    """Encode pictures as H.264; the file is there only once it is whole."""
    low = disturbance.has(Disturbance.LOW_BIT_RATE)
    lossy = disturbance.has(Disturbance.DROPPED)
    part = path.with_suffix(".part.mp4")
    with av.open(str(part), "w", options={"movflags": "+faststart"}) as clip:
        rate = Fraction(fps).limit_denominator(100)
        between_keys = max(round(_KEY_FRAME_EVERY_S * fps), 1)
        stream = clip.add_stream("libx264", rate=rate)
        stream.pix_fmt, stream.time_base = "yuv420p", 1 / rate
        stream.options = {
            "crf": str(_LOW_BIT_RATE_CRF if low else _CRF),
            "preset": "veryfast",
            "x264-params": f"keyint={between_keys}:scenecut=0:bframes=0:threads=1",
        }
        for number, picture in pictures:
            if not stream.codec_context.is_open:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts = number
            for packet in stream.encode(frame):
                if packet.is_keyframe or not lossy or chance.random() >= _DROPPED_SHARE:
                    clip.mux(packet)
        clip.mux(stream.encode(None))
    part.rename(path)
