"""A dry run: what other zones would have filed in the last hours, against those of now.

The looks that were kept go through the chain of a replay twice at once. Both runs know boxes only
and begin with an empty street: what differs between them is the zones' doing.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import Camera, CameraDocument
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.stepping import Turns, stepping
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.live import in_shares
from streetwatch.service.runtime.recorded import recorded_looks
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.types import Box, Look, Seconds, Size
from streetwatch.zones.footprint import iou

#: What judges a dry run's looks: none looked.
_MODEL = "dry run"

#: Two incidents of one type whose boxes overlap by so much are of one thing.
_SAME_IOU = 0.3

#: How often progress is told, looks.
_TOLD_EVERY = 200

_HOUR_S: Seconds = 3600.0

#: Pictures of an incident, the most telling first.
_STILLS = ("threshold", "warned", "first_seen", "latest")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a dry run is.

    Attributes:
        done: 0..1.
        looks: Replayed so far.
    """

    done: float
    looks: int


@dataclass(frozen=True, slots=True)
class Found:
    """Something that one of the two runs would have filed and the other not.

    Attributes:
        at: When it became a violation, seconds since the epoch.
        box: In 0..1 of width and height.
        incident_id: Of the incident that was really filed there, if one was.
        still: Where a picture of that is.
    """

    type: str
    zone_id: str
    at: Seconds
    box: Box
    incident_id: str | None
    still: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What the new zones change.

    Attributes:
        more: Filed with the new zones only.
        less: Filed with the zones of now only.
        same: How many both file.
        looks: How many were replayed; 0: nothing was kept, so nothing is known.
        from_at: Of the first look.
        to_at: Of the last.
    """

    more: tuple[Found, ...]
    less: tuple[Found, ...]
    same: int
    looks: int
    from_at: Seconds | None
    to_at: Seconds | None


Told: TypeAlias = Progress | Difference


class Kept(Protocol):
    """What was seen and kept: `LooksLog` is what this process saw."""

    def lines(self, camera_id: str, *, since: Seconds) -> Iterator[str]:
        """Yield what was seen on a camera since then, a line a look, oldest first."""


class DryRuns:
    """Tries zones on what was seen, one at a time for each person.

    Args:
        catalogue: The cameras as they are.
        looks: What was seen.
        store: Has what was really filed, for pictures.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        looks: Kept,
        store: SqlStore,
        clock: Callable[[], Seconds],
    ) -> None:
        self._catalogue = catalogue
        self._looks = looks
        self._store = store
        self._clock = clock
        self._turns = Turns("a dry run", most=2)

    async def run(
        self,
        document: CameraDocument,
        hours: float,
        *,
        who: str,
        account: Account | None = None,
        seen: Iterable[Look] | None = None,
    ) -> AsyncGenerator[Told, None]:
        """Yield progress, and the difference at last. Closing it gives up.

        Args:
            document: The camera as it would be, as `Catalogue.put` takes it.
            hours: How far back.
            who: Asks.
            account: As for `Catalogue.check`.
            seen: What was seen, where that is not kept (`Gathering.looks`), in order.

        Raises:
            BusyError: another dry run of theirs is under way, or too many are.
            CameraRefusedError: the document is wrong.
        """
        after = self._catalogue.check(document, account=account)
        before = next((one for one in self._catalogue.cameras if one.id == after.id), None)
        looks = self._kept(after.id, hours) if seen is None else _Looks.of(seen)
        with self._turns.taken(who):
            steps = stepping(lambda stopped: self._told(before, after, looks, stopped))
            async with aclosing(steps):
                async for told in steps:
                    yield told

    def _kept(self, camera_id: str, hours: float) -> "_Looks":
        now = self._clock()
        since = now - hours * _HOUR_S

        def read() -> Iterator[Look]:
            lines = self._looks.lines(camera_id, since=since)
            for step in recorded_looks(lines, name=f"looks of {camera_id}"):
                if isinstance(step, Look) and since <= step.at <= now:
                    yield step

        return _Looks(read, since, now)

    def _told(
        self, before: Camera | None, after: Camera, looks: "_Looks", stopped: Callable[[], bool]
    ) -> Iterator[Told]:
        with closing(_Run(before)) as of_now, closing(_Run(after)) as of_new:
            seen = _Seen()
            for look in looks.read():
                if stopped():
                    return
                of_now.look(look)
                of_new.look(look)
                seen.take(look)
                if seen.looks % _TOLD_EVERY == 0:
                    yield Progress(looks.done(look.at), seen.looks)
            yield self._difference(after.id, of_now.filed(), of_new.filed(), seen)

    def _difference(
        self,
        camera_id: str,
        of_now: tuple[Incident, ...],
        of_new: tuple[Incident, ...],
        seen: "_Seen",
    ) -> Difference:
        pairs = dict(_pairs(of_new, of_now))
        more = [one for row, one in enumerate(of_new) if row not in pairs]
        taken = set(pairs.values())
        less = [one for row, one in enumerate(of_now) if row not in taken]
        real = self._store.incidents(camera_id=camera_id) if more or less else ()
        return Difference(
            more=tuple(self._found(one, real, seen.size) for one in more),
            less=tuple(self._found(one, real, seen.size) for one in less),
            same=len(pairs),
            looks=seen.looks,
            from_at=seen.from_at,
            to_at=seen.to_at,
        )

    def _found(self, one: Incident, real: tuple[Incident, ...], size: Size) -> Found:
        same = next((other for other in real if is_of_one_thing(one, other)), None)
        return Found(
            type=one.type,
            zone_id=one.zone_id,
            at=one.violation_at or one.first_seen,
            box=in_shares(one.bbox, size),
            incident_id=None if same is None else same.id,
            still=None if same is None else self._still(same),
        )

    def _still(self, incident: Incident) -> str | None:
        files = {one.role: one.name for one in self._store.evidence(incident.id)}
        name = next((files[role] for role in _STILLS if role in files), None)
        return None if name is None else f"/evidence/{incident.id}/{name}"


@dataclass(frozen=True, slots=True)
class _Looks:
    """What is replayed, and the time it spans."""

    read: Callable[[], Iterable[Look]]
    since: Seconds
    until: Seconds

    @classmethod
    def of(cls, seen: Iterable[Look]) -> "_Looks":
        looks = tuple(seen)
        moments = [one.at for one in looks] or [0.0]
        return cls(lambda: looks, moments[0], moments[-1])

    def done(self, at: Seconds) -> float:
        return (at - self.since) / max(self.until - self.since, 1.0)


class _Run:
    """One chain over the looks, in a store of its own; None: nothing is watched."""

    def __init__(self, camera: Camera | None) -> None:
        self._store = open_store("sqlite://")
        self._watch = (
            CameraWatch(watched=camera.watched(model=_MODEL), store=self._store, recorder=None)
            if camera is not None
            else None
        )

    def look(self, look: Look) -> None:
        if self._watch is not None:
            self._watch.look(look)

    def filed(self) -> tuple[Incident, ...]:
        return tuple(one for one in self._store.incidents() if one.opened_at is not None)

    def close(self) -> None:
        self._store.close()


@dataclass(slots=True)
class _Seen:
    """What was replayed."""

    looks: int = 0
    from_at: Seconds | None = None
    to_at: Seconds | None = None
    size: Size = (1, 1)

    def take(self, look: Look) -> None:
        self.looks += 1
        self.from_at = look.at if self.from_at is None else self.from_at
        self.to_at, self.size = look.at, look.size


def _pairs(left: Iterable[Incident], right: tuple[Incident, ...]) -> Iterator[tuple[int, int]]:
    """Pair incidents of one thing, each once, in order."""
    free = set(range(len(right)))
    for row, one in enumerate(left):
        found = next((other for other in sorted(free) if is_of_one_thing(one, right[other])), None)
        if found is not None:
            free.remove(found)
            yield row, found


def is_of_one_thing(one: Incident, other: Incident) -> bool:
    """Tell whether two incidents are of one thing: its type, its place, its time."""
    if one.type != other.type:
        return False
    if one.first_seen > other.last_seen or other.first_seen > one.last_seen:
        return False
    boxes = (np.array([box], np.float32) for box in (one.anchor, other.anchor))
    return float(iou(*boxes)[0, 0]) >= _SAME_IOU
