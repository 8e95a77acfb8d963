"""The processes that share the cameras of one database: who lives, and who is to have what.

All times are the database's: nodes whose clocks differ agree on who is dead (docs/adr/0035).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import sqlalchemy as sa

from streetwatch.service.placement.place import MOST_CAMERAS
from streetwatch.service.store.cluster_schema import lease, node
from streetwatch.service.store.dialect import dialect_of
from streetwatch.service.store.leases import free
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Myself:
    """What a node says of itself.

    Attributes:
        id: Unique among the nodes of a database.
        address: Where its API answers.
        version: Of the software.
        capacity: How much it can do, in cores or in any unit that all nodes share.
        tags: Parts of the city that it is near to.
        most: How many cameras it takes at most.
        incarnation: Tells a process from an earlier one of this id.
    """

    id: str
    address: str
    version: str
    capacity: float
    tags: tuple[str, ...] = ()
    most: int = MOST_CAMERAS
    incarnation: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the others see it.

    Attributes:
        since: Since when it has been heard of without a break.
        until: How long it is believed to live.
        is_leaving: Whether it gives its cameras to others.
    """

    id: str
    address: str
    version: str
    capacity: float
    tags: tuple[str, ...]
    since: Seconds
    until: Seconds
    planned_at: Seconds
    is_leaving: bool
    most: int


@dataclass(frozen=True, slots=True)
class Held:
    """A camera as the nodes know it.

    Attributes:
        node: Who has it; None: nobody.
        wanted: Who is to have it.
        cost: What it was measured to cost, in cores; None before.
        since: When it last changed hands.
    """

    camera_id: str
    node: str | None
    wanted: str | None
    cost: float | None
    since: Seconds


@dataclass(frozen=True, slots=True)
class Whole:
    """All nodes and all their cameras at one moment.

    Attributes:
        now: What time the database had.
    """

    now: Seconds
    nodes: tuple[Node, ...]
    cameras: tuple[Held, ...]

    def lives(self, one: Node) -> bool:
        """Tell whether a node is believed to live."""
        return one.until > self.now


#: Says who is to have each camera, None: nobody; cameras that it leaves out stay where they are.
Planner = Callable[[Whole], Mapping[str, str | None]]


class Nodes:
    """Registers one node and reads of all. Usable from any thread.

    Args:
        engine: Of the database that all nodes share.
        lease_s: How long a node is believed to live after it was last heard of.
    """

    def __init__(self, engine: sa.Engine, *, lease_s: Seconds) -> None:
        self._engine = engine
        self.lease_s = lease_s

    def enter(self, myself: Myself) -> None:
        """Register a process. What an earlier one of its id had is nobody's, and it is told so.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            locked(connection, "nodes")
            free(connection, myself.id)
            to_come = lease.c.wanted == myself.id
            connection.execute(sa.update(lease).where(to_come).values(ready=False))
            now = dialect_of(connection).NOW
            connection.execute(sa.delete(node).where(node.c.id == myself.id))
            row = {
                "id": myself.id,
                "incarnation": myself.incarnation,
                "address": myself.address,
                "version": myself.version,
                "capacity": myself.capacity,
                "tags": list(myself.tags),
                "since": now,
                "until": now + self.lease_s,
                "planned_at": 0.0,
                "leaving": False,
                "most": myself.most,
            }
            connection.execute(sa.insert(node).values(row))

    def beat(self, myself: Myself) -> bool:
        """Say that a process lives; False where another one has its id by now.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            now = dialect_of(connection).NOW
            since = sa.case((node.c.until > now, node.c.since), else_=now)
            lives = {"until": now + self.lease_s, "since": since}
            same = node.c.id == myself.id, node.c.incarnation == myself.incarnation
            return bool(connection.execute(sa.update(node).where(*same).values(lives)).rowcount)

    def leave(self, node_id: str, *, is_leaving: bool = True) -> bool:
        """Say that a node gives its cameras to others from now on; False where there is none.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            one = sa.update(node).where(node.c.id == node_id).values(leaving=is_leaving)
            return bool(connection.execute(one).rowcount)

    def end(self, myself: Myself) -> None:
        """Say that a process is gone: whatever it had is nobody's at once.

        Raises:
            StorageError: the database refused: it is believed to live for a while.
        """
        with writing(self._engine) as connection:
            gone = sa.update(node).where(
                node.c.id == myself.id, node.c.incarnation == myself.incarnation
            )
            now = dialect_of(connection).NOW
            if connection.execute(gone.values(until=now, leaving=True)).rowcount:
                free(connection, myself.id)

    def forget(self, node_id: str) -> bool:
        """Forget a node that is gone for good; False where it lives or there is none.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            now = dialect_of(connection).NOW
            gone = sa.delete(node).where(node.c.id == node_id, node.c.until <= now)
            return bool(connection.execute(gone).rowcount)

    def whole(self) -> Whole:
        """Return all nodes and their cameras.

        Raises:
            StorageError: the database refused.
        """
        with reading(self._engine) as connection:
            return _whole(connection)

    def plan(self, myself: Myself, planner: Planner, *, every_s: Seconds) -> Whole | None:
        """Place the cameras, unless somebody has done so just now: then None.

        No two nodes plan at once, and each sees what the one before it has decided.

        Returns:
            What was planned from.

        Raises:
            StorageError: the database refused; nothing was changed.
        """
        if not self._is_due(every_s):
            return None
        with writing(self._engine) as connection:
            locked(connection, "placement")
            whole = _whole(connection)
            if max(one.planned_at for one in whole.nodes) > whole.now - every_s:
                return None
            _place(connection, whole, planner(whole))
            connection.execute(
                sa.update(node).where(node.c.id == myself.id).values(planned_at=whole.now)
            )
            return whole

    def _is_due(self, every_s: Seconds) -> bool:
        """Look without waiting for anybody whether placing is due."""
        with reading(self._engine) as connection:
            last = sa.func.coalesce(sa.func.max(node.c.planned_at), 0.0)
            due = sa.select(last <= dialect_of(connection).NOW - every_s)
            return bool(connection.execute(due).scalar_one())


def _whole(connection: sa.Connection) -> Whole:
    now = float(connection.execute(sa.select(dialect_of(connection).NOW)).scalar_one())
    nodes = connection.execute(sa.select(node).order_by(node.c.id)).all()
    cameras = connection.execute(sa.select(lease).order_by(lease.c.camera_id)).all()
    return Whole(
        now,
        tuple(
            Node(
                one.id,
                one.address,
                one.version,
                one.capacity,
                tuple(one.tags),
                one.since,
                one.until,
                one.planned_at,
                one.leaving,
                one.most,
            )
            for one in nodes
        ),
        tuple(Held(one.camera_id, one.node, one.wanted, one.cost, one.since) for one in cameras),
    )


def _place(connection: sa.Connection, whole: Whole, wanted: Mapping[str, str | None]) -> None:
    """Write down who is to have what, where that is news."""
    known = {one.camera_id: one.wanted for one in whole.cameras}
    for camera_id, node_id in sorted(wanted.items()):
        if camera_id not in known:
            row = {"camera_id": camera_id, "node": None, "epoch": 0, "since": whole.now}
            connection.execute(sa.insert(lease).values(row | {"wanted": node_id}))
        elif known[camera_id] != node_id:
            same = lease.c.camera_id == camera_id
            news = {"wanted": node_id, "ready": False}
            connection.execute(sa.update(lease).where(same).values(news))


def nodes_alive(engine: sa.Engine) -> tuple[str, ...]:
    """Return the ids of the nodes that are believed to live.

    Raises:
        StorageError: the database refused.
    """
    with reading(engine) as connection:
        now = dialect_of(connection).NOW
        alive = sa.select(node.c.id).where(node.c.until > now).order_by(node.c.id)
        return tuple(connection.execute(alive).scalars())
