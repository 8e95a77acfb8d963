"""Who has which camera: leases that are taken, kept and given back, and that fence what is written.

A lease lasts as long as its node is heard of, by the database's clock. Its `epoch` rises whenever
the camera changes hands; what is written for a camera names the epoch it was taken with and is
refused, in the same transaction, when that is not the latest (docs/adr/0035).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.cluster_schema import lease, node
from streetwatch.service.store.dialect import dialect_of
from streetwatch.service.store.transactions import locked, reading, writing


class LeaseLostError(StorageError):
    """Another node has the camera: nothing of what this one saw was kept."""

    def __init__(self, camera_id: str) -> None:
        super().__init__(f"the camera {camera_id} is another node's by now: nothing was kept")
        self.camera_id = camera_id


@dataclass(frozen=True, slots=True)
class Lease:
    """A camera that was taken.

    Attributes:
        epoch: How often it has changed hands.
    """

    camera_id: str
    epoch: int

    def check(self, connection: sa.Connection) -> None:
        """Refuse the transaction unless the camera is still ours; nobody takes it until the end.

        Raises:
            LeaseLostError: it is another's.
        """
        locked(connection, _name(self.camera_id))
        same = sa.select(lease.c.epoch).where(lease.c.camera_id == self.camera_id)
        if connection.execute(same).scalar_one_or_none() != self.epoch:
            raise LeaseLostError(self.camera_id)


@dataclass(frozen=True, slots=True)
class Mine:
    """The cameras of a node.

    Attributes:
        held: Those that it has.
        wanted: Those that it is to have.
        free: Those of them that neither it nor any living node has.
        coming: Those of them that a living node still has.
        awaited: Those that it has and another is to have, which has no pictures of them yet.
    """

    held: Mapping[str, Lease]
    wanted: frozenset[str]
    free: frozenset[str]
    coming: frozenset[str]
    awaited: frozenset[str]


class Leases:
    """Takes and gives back the cameras of one node. Usable from any thread.

    Args:
        engine: Of the database that all nodes share.
        node_id: Whose they are.
    """

    def __init__(self, engine: sa.Engine, node_id: str) -> None:
        self._engine = engine
        self._node = node_id

    def mine(self) -> Mine:
        """Return what is this node's, and what is to be, by what the database says.

        Raises:
            StorageError: the database refused.
        """
        ours = sa.or_(lease.c.node == self._node, lease.c.wanted == self._node)
        with reading(self._engine) as connection:
            is_free = _is_free(connection).label("is_free")
            rows = connection.execute(sa.select(lease, is_free).where(ours)).all()
        held = (Lease(row.camera_id, row.epoch) for row in rows if row.node == self._node)
        wanted = [row for row in rows if row.wanted == self._node]
        others = [row for row in wanted if row.node != self._node]
        going = (row for row in rows if row.node == self._node and row.wanted != self._node)
        return Mine(
            MappingProxyType({one.camera_id: one for one in held}),
            frozenset(row.camera_id for row in wanted),
            frozenset(row.camera_id for row in others if row.is_free),
            frozenset(row.camera_id for row in others if not row.is_free),
            frozenset(row.camera_id for row in going if row.wanted and not row.ready),
        )

    def tell_ready(self, camera_ids: Iterable[str]) -> None:
        """Say of cameras that are to be this node's that it has pictures of them.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            for camera_id in sorted(camera_ids):
                same = lease.c.camera_id == camera_id, lease.c.wanted == self._node
                connection.execute(sa.update(lease).where(*same).values(ready=True))

    def is_elsewhere(self, camera_id: str) -> bool:
        """Tell whether another node has a camera.

        Raises:
            StorageError: the database refused.
        """
        has = sa.select(lease.c.node).where(lease.c.camera_id == camera_id)
        with reading(self._engine) as connection:
            return connection.execute(has).scalar_one_or_none() not in {None, self._node}

    def take(self, camera_ids: Iterable[str]) -> dict[str, Lease]:
        """Take the cameras that are to be this node's and that no living node has.

        Returns:
            Those that were taken.

        Raises:
            StorageError: the database refused; none was taken.
        """
        taken = {}
        with writing(self._engine) as connection:
            for camera_id in sorted(camera_ids):
                epoch = self._taken(connection, camera_id)
                if epoch is not None:
                    taken[camera_id] = Lease(camera_id, epoch)
        return taken

    def _taken(self, connection: sa.Connection, camera_id: str) -> int | None:
        locked(connection, _name(camera_id))
        mine = lease.c.camera_id == camera_id, lease.c.wanted == self._node
        now = dialect_of(connection).NOW
        own = {"node": self._node, "epoch": lease.c.epoch + 1, "since": now, "ready": False}
        free = _is_free(connection)
        taking = sa.update(lease).where(*mine, free).values(own).returning(lease.c.epoch)
        return connection.execute(taking).scalar_one_or_none()

    def give_back(self, leases: Iterable[Lease]) -> None:
        """Let others have cameras. What is written for them from now on is refused.

        Raises:
            StorageError: the database refused; all of them are kept.
        """
        with writing(self._engine) as connection:
            for one in sorted(leases, key=lambda one: one.camera_id):
                locked(connection, _name(one.camera_id))
                same = lease.c.camera_id == one.camera_id, lease.c.epoch == one.epoch
                connection.execute(sa.update(lease).where(*same).values(_nobodys(connection)))

    def tell_costs(self, costs: Mapping[str, float]) -> None:
        """Write down what cameras cost, in cores.

        Raises:
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            for camera_id, cost in sorted(costs.items()):
                same = lease.c.camera_id == camera_id, lease.c.node == self._node
                connection.execute(sa.update(lease).where(*same).values(cost=cost))


@contextmanager
def fenced(engine: sa.Engine, held: Lease | None) -> Iterator[sa.Connection]:
    """Begin a transaction that is refused unless the camera it is about is still ours.

    Args:
        engine: Of the database.
        held: None where one process watches all cameras.

    Raises:
        LeaseLostError: it is another's.
        StorageError: the database refused; nothing of the block was kept.
    """
    with writing(engine) as connection:
        if held is not None:
            held.check(connection)
        yield connection


def held_by_another(camera_id: sa.ColumnElement[str], node_id: str) -> sa.ColumnElement[bool]:
    """Return the condition that another node has a camera."""
    here = lease.c.camera_id == camera_id
    return sa.exists(sa.select(lease.c.node).where(here, lease.c.node != node_id))


def _is_free(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Tell whether no living node has a camera."""
    has, now = node.alias("has"), dialect_of(connection).NOW
    lives = sa.exists(sa.select(has.c.id).where(has.c.id == lease.c.node, has.c.until > now))
    return sa.or_(lease.c.node.is_(None), ~lives)


def free(connection: sa.Connection, node_id: str) -> None:
    """Let others have all cameras of a node, whichever process took them."""
    mine = lease.c.node == node_id
    for camera_id in sorted(connection.execute(sa.select(lease.c.camera_id).where(mine)).scalars()):
        locked(connection, _name(camera_id))
    connection.execute(sa.update(lease).where(mine).values(_nobodys(connection)))


def _nobodys(connection: sa.Connection) -> dict[str, object]:
    return {"node": None, "epoch": lease.c.epoch + 1, "since": dialect_of(connection).NOW}


def _name(camera_id: str) -> str:
    return f"lease {camera_id}"
