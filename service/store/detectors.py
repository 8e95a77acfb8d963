"""Who looks at pictures for the other nodes, by what the database says."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.store.cluster_schema import detector
from streetwatch.service.store.dialect import dialect_of
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class FarDetector:
    """One who looks for others.

    Attributes:
        address: Where it answers.
        model_sha256: Of what it looks with.
        alive: Whether it is believed to live.
    """

    id: str
    address: str
    model_sha256: str
    alive: bool


@dataclass(frozen=True, slots=True)
class Detectors:
    """Registers those who look for others, and finds them. Usable from any thread.

    Attributes:
        engine: Of the database that all nodes share.
        lease_s: How long one is believed to live after it was last heard of.
    """

    engine: sa.Engine
    lease_s: Seconds

    def beat(self, detector_id: str, *, address: str, model: str) -> None:
        """Say that a detector lives.

        Args:
            detector_id: Its name.
            address: Where it answers.
            model: SHA-256 of what it looks with.

        Raises:
            StorageError: the database refused.
        """
        with writing(self.engine) as connection:
            now = dialect_of(connection).NOW
            row = {"address": address, "model_sha256": model, "until": now + self.lease_s}
            same = detector.c.id == detector_id
            if not connection.execute(sa.update(detector).where(same).values(row)).rowcount:
                connection.execute(sa.insert(detector).values({"id": detector_id, **row}))

    def end(self, detector_id: str) -> None:
        """Say that a detector is gone.

        Raises:
            StorageError: the database refused: it is believed to live for a while.
        """
        with writing(self.engine) as connection:
            connection.execute(sa.delete(detector).where(detector.c.id == detector_id))

    def all(self) -> tuple[FarDetector, ...]:
        """Return all that did not end in order, by name.

        Raises:
            StorageError: the database refused.
        """
        with reading(self.engine) as connection:
            lives = (detector.c.until > dialect_of(connection).NOW).label("lives")
            rows = connection.execute(sa.select(detector, lives).order_by(detector.c.id)).all()
        return tuple(
            FarDetector(one.id, one.address, one.model_sha256, bool(one.lives)) for one in rows
        )

    def alive(self, model: str) -> Sequence[str]:
        """Return the addresses of those who look with a model.

        Raises:
            StorageError: the database refused.
        """
        with reading(self.engine) as connection:
            now = dialect_of(connection).NOW
            same = detector.c.model_sha256 == model, detector.c.until > now
            found = sa.select(detector.c.address).where(*same).order_by(detector.c.id)
            return tuple(connection.execute(found).scalars())
