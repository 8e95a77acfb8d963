"""All that is particular to SQLite; nothing outside this module knows which database it is."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: How long a writer waits for another one before it gives up.
BUSY_TIMEOUT_MS = 5_000

#: NORMAL: in WAL mode the file can't be damaged, and a killed process loses nothing. A power cut
#: may undo the last transactions, each as a whole: incident, presence and outbox go back
#: together, the next looks find the same violation under the same id, and the platform has its
#: key. FULL would cost a sync of the disk per look.
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)

#: Execution option of a connection that only reads: it sees one snapshot and holds up no writer.
READS: Final[Mapping[str, Any]] = {"sqlite_begin": "DEFERRED"}

#: What time the database has, in seconds since the epoch: that of the machine that asks.
NOW: Final[sa.ColumnElement[float]] = sa.literal_column(
    "((julianday('now') - 2440587.5) * 86400.0)", sa.Float
)

#: What SQLite says, and what a person can do about it.
_MENDING: Final = {
    "disk is full": "the disk is full: free some space",
    "readonly": "the database is read-only: give the service write access to it",
    "is locked": "another process holds the database for too long: end it",
    "disk i/o error": "the disk fails: look at the system's log",
    "unable to open": "the database file can't be opened: give the service access to its folder",
    "not a database": "the file is not a database: move it away",
    "malformed": "the database file is damaged: restore a backup",
}


def place(url: sa.URL) -> str:
    """Return where the database is, for people."""
    return str(file_of(url) or url.render_as_string(hide_password=True))


def file_of(url: sa.URL) -> Path | None:
    """Return the database's file, None where it lives in memory."""
    return Path(url.database) if url.database and url.database != ":memory:" else None


def create_engine(url: sa.URL, idle_s: Seconds | None = None) -> sa.Engine:
    """Make an engine whose transactions are SQLite's own, begun as writers unless told `READS`.

    Args:
        url: Of the database.
        idle_s: Nothing that SQLite knows: a process that hangs holds it up.

    A database in memory has one connection, which its threads use one after the other.

    Raises:
        InputError: the folder of its file can't be made.
    """
    del idle_s
    file = file_of(url)
    if file is None:
        engine = sa.create_engine(
            url,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    else:
        _make_folder(file)
        engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _connected)
    sa.event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Begin a transaction for migrations: it is the only writer as it is.

    A table that is made anew is dropped first: what points to it must not be in the way. That can
    be said before a transaction only.
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def lock(connection: sa.Connection, *names: str) -> None:
    """Be the only writer of what is named: a transaction that writes is the only one as it is."""


def copy_to(engine: sa.Engine, file: Path) -> None:
    """Copy one state of the whole database into a file, whatever is written meanwhile."""
    target = sqlite3.connect(file)
    try:
        with engine.connect() as connection:
            source: Any = connection.connection.driver_connection
            source.execute("BEGIN")  # a reader: pages of one state, and no writer waits
            source.backup(target)
            source.execute("ROLLBACK")
    finally:
        target.close()


def mending(error: BaseException) -> str | None:
    """Say in plain words what the driver's error means and how to mend it, if it is known."""
    said = str(error).lower()
    return next((advice for words, advice in _MENDING.items() if words in said), None)


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{file}: the folder of the database can't be made ({error.strerror}): "
            "give the service a folder that it may write to (data_dir)"
        ) from error


def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A writer that begins DEFERRED and upgrades later fails at once where it should wait.
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
