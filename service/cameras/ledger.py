"""The table of what was made, changed and removed beside `cameras.yaml`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.store.schema import camera
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds


class Act(StrEnum):
    """What was done with a camera last."""

    SET = "set"
    REMOVED = "removed"
    REVERTED = "reverted"  #: back to what the file says


@dataclass(frozen=True, slots=True)
class Record:
    """What the console last did with one camera. It is never deleted: its revision only rises.

    Attributes:
        document: As set; empty otherwise.
        sealed: The address with its password, closed; None where the file's own counts.
    """

    camera_id: str
    act: Act
    revision: int
    changed_at: Seconds
    changed_by: str
    document: CameraDocument
    sealed: str | None = None


class Ledger:
    """Reads and writes the records."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def records(self) -> dict[str, Record]:
        """Return all records by camera.

        Raises:
            StorageError: the database refused.
        """
        with reading(self._engine) as connection:
            return _all(connection)

    def latest(self) -> int:
        """Return the revision of the latest change; 0 before the first.

        Raises:
            StorageError: the database refused.
        """
        latest = sa.select(sa.func.coalesce(sa.func.max(camera.c.revision), 0))
        with reading(self._engine) as connection:
            return int(connection.execute(latest).scalar_one())

    @contextmanager
    def writing(self) -> Iterator["Pen"]:
        """Be the only writer for the length of a block: committed at its end.

        Raises:
            StorageError: the database refused; nothing of the block was kept.
        """
        with writing(self._engine) as connection:
            locked(connection, "cameras")
            yield Pen(connection)


class Pen:
    """Writes records in one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def records(self) -> dict[str, Record]:
        """Return all records as they are now."""
        return _all(self._connection)

    def write(self, record: Record) -> None:
        """Replace the record of a camera."""
        row = {
            "id": record.camera_id,
            "act": record.act.value,
            "revision": record.revision,
            "changed_at": record.changed_at,
            "changed_by": record.changed_by,
            "document": record.document,
            "address": record.sealed,
        }
        same = sa.update(camera).where(camera.c.id == record.camera_id).values(row)
        if not self._connection.execute(same).rowcount:
            self._connection.execute(sa.insert(camera).values(row))


def _all(connection: sa.Connection) -> dict[str, Record]:
    rows = connection.execute(sa.select(camera).order_by(camera.c.id)).all()
    return {
        row.id: Record(
            row.id,
            Act(row.act),
            row.revision,
            row.changed_at,
            row.changed_by,
            row.document,
            row.address,
        )
        for row in rows
    }
