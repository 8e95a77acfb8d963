"""What must be said to each database in its own way, and which module says it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store import postgres, sqlite
from streetwatch.vision.types import Seconds


class Dialect(Protocol):
    """One database. The modules `sqlite` and `postgres` are the two that there are."""

    @property
    def READS(self) -> Mapping[str, Any]:  # noqa: N802 -- a constant of a module
        """Execution options of a connection that only reads: it sees one state of everything."""

    @property
    def NOW(self) -> sa.ColumnElement[float]:  # noqa: N802 -- as above
        """What time the database has, in seconds since the epoch, when it is asked."""

    def place(self, url: sa.URL) -> str:
        """Return where a database is, for people: no password in it."""

    def create_engine(self, url: sa.URL, idle_s: Seconds | None = None) -> sa.Engine:
        """Make an engine whose transactions write, or only read if told `READS`.

        Args:
            url: Of the database.
            idle_s: How long a process that hangs inside a transaction keeps its locks; None: as
                long as suits one process.
        """

    def migrating(self, engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
        """Begin a transaction for migrations, and keep those of other processes out of it.

        Raises:
            InputError: this database can't be used.
        """

    def lock(self, connection: sa.Connection, *names: str) -> None:
        """Be the only writer of what is named until the transaction ends.

        Names that are given together are locked in one order, whoever gives them.
        """

    def copy_to(self, engine: sa.Engine, file: Path) -> None:
        """Copy one state of the whole database into a file, whatever is written meanwhile.

        Raises:
            InputError: this database is copied in another way; says which.
        """

    def mending(self, error: BaseException) -> str | None:
        """Say in plain words what the driver's error means and how to mend it, if it is known."""


_DIALECTS: Mapping[str, Dialect] = {"sqlite": sqlite, "postgresql": postgres}


def dialect_of(database: sa.Engine | sa.Connection) -> Dialect:
    """Return what speaks to the database behind an engine or a connection."""
    return _DIALECTS[database.dialect.name]


def dialect_at(url: sa.URL) -> Dialect:
    """Return what speaks to the database at an address.

    Raises:
        InputError: there is none for it.
    """
    known = _DIALECTS.get(url.get_backend_name())
    if known is None:
        raise InputError(
            f"database: {url.get_backend_name()} is not supported: write postgresql://..., "
            "or leave it out for SQLite"
        )
    return known
