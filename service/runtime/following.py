"""A node among others: it says that it lives, and watches the cameras that it has leases for."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from streetwatch.service.cameras.camera import Camera
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.placement.place import Place, placed
from streetwatch.service.rounds import Rounds
from streetwatch.service.runtime.costs import Costs
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.store.leases import Lease, Leases
from streetwatch.service.store.node_status import load_of
from streetwatch.service.store.nodes import Myself, Nodes, Whole
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: How often a node looks whether cameras are to come or to go.
FOLLOW_EVERY_S: Final[Seconds] = 0.5

#: The same while it gives its own to others.
HAND_OVER_EVERY_S: Final[Seconds] = 0.1

#: So long a node that ends waits for others to have pictures of what it has.
HAND_OVER_S: Final[Seconds] = 5.0

#: So long one that goes on does: others may not reach a camera that it reaches.
AWAITED_S: Final[Seconds] = 20.0

#: How often the cameras are placed, by whichever node comes first.
PLAN_EVERY_S: Final[Seconds] = 1.0

#: A node says so often within a lease that it lives: four may be lost.
BEATS: Final = 5


@dataclass(slots=True)
class Following:
    """Keeps a fleet and its node's leases together, in two threads of its own.

    Attributes:
        myself: The node.
        nodes: All of them.
        leases: This node's.
        fleet: What it watches.
        catalogue: All cameras, in whatever process they are watched.
        registry: Of the metrics.
        awaited_s: So long it looks at a camera whose next node has no pictures of it.
    """

    myself: Myself
    nodes: Nodes
    leases: Leases
    fleet: Fleet
    catalogue: Catalogue
    registry: CollectorRegistry
    awaited_s: Seconds = AWAITED_S
    _watched: Mapping[str, Lease] = field(init=False, default_factory=dict)
    _cameras: tuple[Camera, ...] = field(init=False, default=())
    _ending: dict[str, Future[None]] = field(init=False, default_factory=dict)
    _is_usurped: bool = field(init=False, default=False)
    _told_ready: frozenset[str] = field(init=False, default=frozenset())
    _awaited_since: Mapping[str, Seconds] = field(init=False, default_factory=dict)
    _heart: Rounds = field(init=False)
    _rounds: Rounds = field(init=False)
    _costs: Costs = field(init=False, default_factory=Costs)
    _hands: Counter = field(init=False)

    def __post_init__(self) -> None:
        self._hands = Counter(
            "streetwatch_leases", "Cameras that changed hands.", ["act"], registry=self.registry
        )
        held = Gauge("streetwatch_node_cameras", "Cameras that it has.", registry=self.registry)
        held.set_function(lambda: len(self._watched))
        self._heart = Rounds("heart", self.heard, every_s=self.nodes.lease_s / BEATS)
        self._rounds = Rounds("following", self._round, every_s=FOLLOW_EVERY_S)

    def start(self) -> None:
        """Enter among the nodes and begin to take cameras.

        Raises:
            StorageError: the database refused.
        """
        self.nodes.enter(self.myself)
        log.info("node.entered", node=self.myself.id)
        self._heart.start()
        self._rounds.start()

    def wake(self) -> None:
        """Say that the cameras have changed."""
        self._rounds.wake()

    @property
    def is_usurped(self) -> bool:
        """Whether another process has this node's id."""
        return self._is_usurped

    def drain(self, *, timeout_s: Seconds) -> None:
        """Give the cameras to other nodes, and store all that was seen; call `end` then.

        Each is watched until another node is to have it. Whatever nobody has taken by then is
        watched no more.
        """
        self._rounds.stop(timeout_s=timeout_s)
        try:
            self.nodes.leave(self.myself.id)
            self._hand_over()
        except StorageError as error:  # nor can anything be stored
            log.warning("node.not_leaving", reason=str(error))
        self.fleet.expect(())
        self._ending |= self.fleet.apply(self._cameras, {})
        wait_for(self._ending.values(), timeout=timeout_s)

    def _hand_over(self) -> None:
        pause, until = threading.Event(), time.monotonic() + HAND_OVER_S
        while self._watched and not pause.wait(HAND_OVER_EVERY_S) and time.monotonic() < until:
            self.follow()

    def end(self, *, timeout_s: Seconds) -> None:
        """Be no node any more; nothing is written from here on."""
        self._heart.stop(timeout_s=timeout_s)
        try:
            self.nodes.end(self.myself)
        except StorageError as error:  # its lease runs out
            log.warning("node.not_ended", reason=str(error))

    def heard(self) -> None:
        """Say that this node lives, and learn whether another process has its id."""
        try:
            is_mine = self.nodes.beat(self.myself)
        except StorageError as error:
            log.warning("node.not_heard", reason=str(error))
            return
        if not is_mine and not self._is_usurped:
            log.error("node.usurped", node=self.myself.id)
        self._is_usurped = not is_mine

    def _round(self) -> None:
        try:
            self.follow()
        except StorageError as error:
            log.warning("node.not_following", reason=str(error))

    def follow(self) -> None:
        """Place cameras where that is due; take, start, end and give back what is to be.

        Raises:
            StorageError: the database refused; the next round goes on.
        """
        if self._is_usurped:
            self.fleet.expect(())
            self._apply({})
            return
        self.catalogue.catch_up()
        self.nodes.plan(self.myself, self._plan, every_s=PLAN_EVERY_S)
        mine, known = self.leases.mine(), {one.id for one in self.catalogue.cameras}
        self._forget_lost(mine.held)
        self._expect(mine.coming | (mine.free & self._told_ready))
        staying = mine.wanted | self._waited_for(mine.awaited, time.monotonic())
        keep = {
            name: one
            for name, one in mine.held.items()
            if name in staying and name in known and name not in self._ending
        }
        free = [one for one in mine.free if one in known and one not in self._ending]
        self._apply(keep | (self.leases.take(free) if free else {}))
        self._give_back(mine.held)
        self._tell_costs(time.monotonic())

    def _expect(self, coming: frozenset[str]) -> None:
        """Read the streams of what is to come, and tell whoever has it that pictures come."""
        cameras = [one for one in self.catalogue.cameras if one.id in coming]
        ready = self.fleet.expect(cameras)
        if news := ready - self._told_ready:
            self.leases.tell_ready(news)
        self._told_ready = ready

    def _waited_for(self, awaited: frozenset[str], now: Seconds) -> frozenset[str]:
        """Return what is looked at until its next node has pictures, which is not for ever.

        A camera that gives no pictures here is not waited for.
        """
        live = (name for name in awaited if self.fleet.is_live(name))
        self._awaited_since = {name: self._awaited_since.get(name, now) for name in live}
        since = self._awaited_since.items()
        return frozenset(name for name, at in since if now - at < self.awaited_s)

    def _tell_costs(self, now: Seconds) -> None:
        if not self._costs.is_due(now):
            return
        decoded = {name: one.capture.counts.decode_s for name, one in self.fleet.watched.items()}
        news = self._costs.news(self.fleet.loop.bill.taken(), decoded, now)
        if news:
            self.leases.tell_costs(news)

    def _forget_lost(self, held: Mapping[str, Lease]) -> None:
        for name, one in self._watched.items():
            if held.get(name) != one and name not in self._ending:
                self._hands.labels("lost").inc()
                log.warning("camera.lost", camera=name, node=self.myself.id)

    def _apply(self, watched: Mapping[str, Lease]) -> None:
        cameras = self.catalogue.cameras
        if watched == self._watched and cameras == self._cameras:
            return
        for name in watched.keys() - self._watched.keys():
            self._hands.labels("taken").inc()
            log.info("camera.taken", camera=name, node=self.myself.id)
        self._ending |= self.fleet.apply(cameras, watched)
        self._watched, self._cameras = watched, cameras

    def _give_back(self, held: Mapping[str, Lease]) -> None:
        """Give back what ended, when all that was seen on it is stored."""
        done = {name for name, ended in self._ending.items() if ended.done()}
        loose = held.keys() - self._watched.keys() - self._ending.keys()
        back = [held[name] for name in (done & held.keys()) | loose]
        if back:
            self.leases.give_back(back)
            self._hands.labels("given_back").inc(len(back))
        for name in done:
            del self._ending[name]

    def _plan(self, whole: Whole) -> Mapping[str, str | None]:
        areas = {one.id: _area(one) for one in self.catalogue.cameras}
        return planned(whole, areas, self.myself.id, young_s=self.nodes.lease_s)


def planned(
    whole: Whole, areas: Mapping[str, str], planner: str, *, young_s: Seconds
) -> dict[str, str | None]:
    """Return who is to have each camera.

    A node that was not heard of for a while, as all are not when the database was away, judges
    nobody dead before the others had time to be heard of.

    Args:
        whole: All nodes and their cameras.
        areas: All cameras, and where they stand.
        planner: The node that plans.
        young_s: So long it has to have been heard of without a break to judge others.
    """
    living = [one for one in whole.nodes if whole.lives(one) and not one.is_leaving]
    known = {one.camera_id: one for one in whole.cameras}
    me = next((one for one in living if one.id == planner), None)
    is_young = me is None or whole.now - me.since < young_s
    heard = {one.id for one in whole.nodes if whole.lives(one) or one.is_leaving}
    silent = {one.id for one in whole.nodes} - heard if is_young else set()
    loads = [
        load_of(name, held, area)
        for name, area in areas.items()
        if (held := known.get(name)) is None or held.wanted not in silent
    ]
    wanted = placed(loads, [Place(one.id, one.capacity, one.tags, one.most) for one in living])
    nobodys = {one.camera_id for one in loads} | (known.keys() - areas.keys())
    return {**dict.fromkeys(nobodys), **wanted}


def _area(camera: Camera) -> str:
    return (camera.place.grid_code or "") if camera.place is not None else ""
