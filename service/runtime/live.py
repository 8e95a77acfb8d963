"""What a camera shows now: its latest picture, its zones, and what stands there. Reads memory only.

Usable from any thread: what is read are values that the detector's thread replaces, never changes.
"""

import threading
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Protocol

import cv2

from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.errors import NoSuchCameraError, WatchedElsewhereError
from streetwatch.service.cameras.merging import Listed, Origin
from streetwatch.service.incidents.incident import incident_id
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.runtime.attention import Attention
from streetwatch.service.runtime.condition import Condition
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.watched_camera import WatchedCamera
from streetwatch.vision.masking import people_covered
from streetwatch.vision.shift import Shift
from streetwatch.vision.types import Box, Frame, Image, Seconds, Size
from streetwatch.zones.place import Place
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone, ZoneKind

#: Side of a live picture, pixels: as large as the detector's own, which is there already.
LIVE_SIDE = 640

_QUALITY = 80


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A camera's latest picture, privacy masks and people painted over.

    Attributes:
        jpeg: At most 640 pixels a side.
        at: When it was taken.
        size: Of the stream's own pictures.
    """

    jpeg: bytes
    at: Seconds
    size: Size


@dataclass(frozen=True, slots=True)
class LiveZone:
    """A zone as it is drawn over a picture; corners in 0..1."""

    id: str
    kind: ZoneKind
    polygon: Polygon
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveStay:
    """Something that stands in a zone.

    Attributes:
        box: x1 y1 x2 y2 in 0..1 of width and height.
        dwell_s: How long it has counted so far.
        of_s: How long makes a violation.
        is_violation: Whether it is one.
        incident_id: Of its incident, if it has one.
    """

    zone_id: str
    type: str
    box: Box
    dwell_s: Seconds
    of_s: Seconds
    is_violation: bool
    incident_id: str


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """A camera as a wall shows it.

    Attributes:
        reason: Why it gives no pictures, without passwords.
        at: When its latest picture was taken; None before the first.
        age_s: How old that is.
        size: Of its pictures.
    """

    id: str
    name: str
    condition: Condition
    reason: str
    at: Seconds | None
    age_s: Seconds | None
    size: Size | None
    origin: Origin
    place: Place | None
    zones: tuple[LiveZone, ...]
    stays: tuple[LiveStay, ...]


class Elsewhere(Protocol):
    """The cameras that other processes watch."""

    def cameras(self) -> Mapping[str, LiveCamera]:
        """Return them as they are, by id."""

    def picture(self, camera_id: str) -> LivePicture | None:
        """Return a camera's latest picture, as `LiveView.picture`."""


class LiveView:
    """The cameras as they are now.

    Args:
        catalogue: All cameras, in their order.
        fleet: Those that run.
        clock: Seconds since the epoch.
        masks: Whether the people that the latest look saw are covered.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        fleet: Fleet,
        clock: Callable[[], Seconds],
        *,
        masks: bool = True,
    ) -> None:
        self._elsewhere: Elsewhere | None = None
        self._catalogue = catalogue
        self._fleet = fleet
        self._clock = clock
        self._masks = masks
        self._reach = EVERYWHERE
        self._made: dict[str, tuple[tuple[Frame, Attention], LivePicture]] = {}
        self._making = threading.Lock()

    def within(self, reach: Reach) -> "LiveView":
        """Return the view of somebody who is limited to a part of the city."""
        view = copy(self)
        view._reach = reach  # noqa: SLF001 -- our own
        return view

    def beside(self, elsewhere: Elsewhere | None) -> "LiveView":
        """Return the view that has the cameras of other processes, too."""
        view = copy(self)
        view._elsewhere = elsewhere  # noqa: SLF001 -- our own
        return view

    def cameras(self) -> tuple[LiveCamera, ...]:
        """Return all cameras, the file's first."""
        watched, now, others = self._fleet.watched, self._clock(), self._others()
        theirs = (one for one in self._catalogue.listed if one.camera.lies_in(self._reach))
        found = (
            _camera(one, watched[one.camera.id], now)
            if one.camera.id in watched
            else others.get(one.camera.id)
            for one in theirs
        )
        return tuple(one for one in found if one is not None)

    def _others(self) -> Mapping[str, LiveCamera]:
        return {} if self._elsewhere is None else self._elsewhere.cameras()

    def camera(self, camera_id: str) -> LiveCamera:
        """Return one camera.

        Raises:
            NoSuchCameraError: there is none of this id, or nobody who answers watches it.
        """
        listed = self._catalogue.find(camera_id)
        if not listed.camera.lies_in(self._reach):
            raise NoSuchCameraError(camera_id)
        running = self._fleet.watched.get(camera_id)
        shown = _camera(listed, running, self._clock()) if running else None
        shown = shown or self._others().get(camera_id)
        if shown is None:
            raise WatchedElsewhereError(camera_id)
        return shown

    def picture(self, camera_id: str) -> LivePicture | None:
        """Return a camera's latest picture; None before the first.

        While somebody asks, the camera is looked at so often that it is at most 2 s old, where the
        stream has key frames as close.

        Raises:
            NoSuchCameraError: there is none of this id, or nobody who answers watches it.
        """
        self._catalogue.find(camera_id)
        if self._elsewhere is not None and camera_id not in self._fleet.watched:
            return self._elsewhere.picture(camera_id)
        running = self._running(camera_id)
        running.viewing.touch()
        frame = running.recorder.pictures.latest
        if frame is None:
            return None
        of = frame, running.watching.attention
        with self._making:
            known = self._made.get(camera_id)
        if known is not None and known[0][0] is of[0] and known[0][1] is of[1]:
            return known[1]
        made = LivePicture(_jpeg(self._shown(*of)), frame.at, frame.size)
        with self._making:
            # Only of cameras that are there: those taken away leave nothing behind.
            self._made = {name: one for name, one in self._made.items() if name in self._ids()}
            self._made[camera_id] = (of, made)
        return made

    def _running(self, camera_id: str) -> WatchedCamera:
        running = self._fleet.watched.get(camera_id)
        if running is None:
            raise WatchedElsewhereError(camera_id)
        return running

    def _shown(self, frame: Frame, attention: Attention) -> Image:
        image, seen = frame.picture.within(LIVE_SIDE), attention.detections
        if not self._masks or seen is None or attention.detected_at is None:
            return image
        apart_s = abs(frame.at - attention.detected_at)
        return people_covered(image, seen, frame.size, apart_s=apart_s)

    def _ids(self) -> frozenset[str]:
        return frozenset(self._fleet.watched)


def _camera(listed: Listed, running: WatchedCamera, now: Seconds) -> LiveCamera:
    camera, latest = listed.camera, running.recorder.pictures.latest
    shift = running.watching.health.shift
    size = None if latest is None else latest.size
    stays = running.watching.watch.presence.stays
    return LiveCamera(
        id=camera.id,
        name=camera.name,
        condition=running.condition(now),
        reason=running.capture.state.reason,
        at=running.last_frame_at,
        age_s=running.age_s(now),
        size=size,
        origin=listed.origin,
        place=camera.place,
        zones=tuple(_zone(zone, shift) for zone in camera.zones),
        stays=() if size is None else _stays(camera.id, camera.zones, stays, size, shift),
    )


def _zone(zone: Zone, shift: Shift) -> LiveZone:
    types = tuple(rule.type.value for rule in zone.rules)
    return LiveZone(zone.id, zone.kind, shift.outline(zone.polygon), types)


def _stays(
    camera_id: str, zones: tuple[Zone, ...], stays: tuple[Stay, ...], size: Size, shift: Shift
) -> tuple[LiveStay, ...]:
    of_s = {(zone.id, rule.type.value): rule.dwell_s for zone in zones for rule in zone.rules}
    return tuple(
        LiveStay(
            zone_id=stay.zone_id,
            type=stay.type,
            box=in_shares(shift.box(stay.box, size), size),
            dwell_s=stay.dwell_s,
            of_s=of_s[stay.zone_id, stay.type],
            is_violation=stay.violation_at is not None,
            incident_id=incident_id(camera_id, stay.key),
        )
        for stay in stays
        if (stay.zone_id, stay.type) in of_s
    )


def in_shares(box: Box, size: Size) -> Box:
    """Return a box in 0..1 of a picture's width and height."""
    x1, y1, x2, y2 = box
    width, height = size
    return (x1 / width, y1 / height, x2 / width, y2 / height)


def _jpeg(image: Image) -> bytes:
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return content.tobytes()
