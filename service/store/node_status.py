"""How each node is, for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streetwatch.service.placement.place import Load, Place, fullness
from streetwatch.service.store.nodes import Held, Node, Whole
from streetwatch.vision.types import Seconds

#: What a camera counts as before it was measured, in cores (docs/explanation/performance.md).
UNMEASURED = 0.02


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node.

    Attributes:
        alive: Whether it is believed to live.
        leaving: Whether it gives its cameras to others.
        cameras: How many it has.
        wanted: How many it is to have.
        cores: What its cameras were measured to cost, or are taken to.
        full: How much of its share that is; 1 is its share.
        silent_s: How long it has not been heard of; 0 while it lives.
    """

    node: str
    alive: bool
    leaving: bool
    cameras: int
    wanted: int
    cores: float
    full: float
    capacity: float
    tags: tuple[str, ...]
    version: str
    address: str
    silent_s: Seconds


def statuses(whole: Whole) -> tuple[NodeStatus, ...]:
    """Return how each node is, in the order of their names."""
    loads = [load_of(one.camera_id, one) for one in whole.cameras]
    places = [
        Place(one.id, one.capacity, one.tags, one.most)
        for one in whole.nodes
        if whole.lives(one) and not one.is_leaving
    ]
    full = fullness(loads, places)
    return tuple(_status(one, whole, full) for one in whole.nodes)


def load_of(camera_id: str, held: Held | None, area: str = "") -> Load:
    """Return a camera as placing sees it, whether the nodes know it yet or not."""
    if held is None:
        return Load(camera_id, UNMEASURED, area)
    return Load(camera_id, held.cost or UNMEASURED, area, held.wanted)


def _status(one: Node, whole: Whole, full: Mapping[str, float]) -> NodeStatus:
    mine = [camera for camera in whole.cameras if camera.node == one.id]
    return NodeStatus(
        node=one.id,
        alive=whole.lives(one),
        leaving=one.is_leaving,
        cameras=len(mine),
        wanted=sum(camera.wanted == one.id for camera in whole.cameras),
        cores=round(sum(camera.cost or UNMEASURED for camera in mine), 4),
        full=round(full.get(one.id, 0.0), 3),
        capacity=one.capacity,
        tags=one.tags,
        version=one.version,
        address=one.address,
        silent_s=round(max(whole.now - one.until, 0.0), 1),
    )


def unowned(whole: Whole, camera_ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of the cameras that no living node has."""
    living = {one.id for one in whole.nodes if whole.lives(one)}
    held = {one.camera_id for one in whole.cameras if one.node in living}
    return tuple(one for one in camera_ids if one not in held)
