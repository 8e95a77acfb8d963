"""All that is particular to PostgreSQL; nothing outside this module knows which database it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: How long a writer waits for another one before it gives up, as on SQLite.
LOCK_TIMEOUT_MS: Final = 5_000

#: No question of ours takes so long: one that does is held up by something that is wrong.
STATEMENT_TIMEOUT_MS: Final = 30_000

#: A process that hangs inside a transaction must not hold its locks for ever.
IDLE_TIMEOUT_MS: Final = 60_000

#: How long a server that does not answer is waited for.
CONNECT_TIMEOUT_S: Final = 5

#: Connections kept, and those added while many ask at once. The API answers in at most 40 threads.
POOL_SIZE: Final = 5
POOL_OVERFLOW: Final = 15
POOL_TIMEOUT_S: Final[Seconds] = 10.0

_IDLE: Final = "idle_in_transaction_session_timeout"

_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "lock_timeout": LOCK_TIMEOUT_MS,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        _IDLE: IDLE_TIMEOUT_MS,
        "client_encoding": "UTF8",
        "work_mem": "32MB",  # of the usual 4, an analysis of a month sorts on the disk
    }.items()
)

#: Execution options of a connection that only reads: it sees one snapshot.
READS: Final[Mapping[str, Any]] = {
    "isolation_level": "REPEATABLE READ",
    "postgresql_readonly": True,
}

#: What time the database has, in seconds since the epoch; it goes on within a transaction.
NOW: Final[sa.ColumnElement[float]] = sa.literal_column(
    "date_part('epoch', clock_timestamp())", sa.Float
)

#: A function in FROM gives its rows in the order of the array, one after the other.
_LOCK: Final = sa.text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) "
    "FROM unnest(CAST(:names AS text[])) AS name"
)

#: What PostgreSQL says by number, in whatever language its words are, and what to do about it.
_BY_CODE: Final = {
    "08": "the connection to the database broke: look at its log",
    "25006": "the database is read-only: use the primary server, not a standby",
    "28": "the database refused this user or password: mend them in the setting database",
    "3D000": "there is no such database on the server: create it (docs/reference/database.md)",
    "40": "two writers were in each other's way: it is tried again",
    "42501": "the database user may not do this: let it own the database",
    "53100": "the disk is full: free some space",
    "53200": "the database server is out of memory: give it more",
    "53300": "the database has no connection left: raise its max_connections",
    "55P03": "another process holds the database for too long: end it",
    "57014": "the database took too long: look at its load",
    "57P": "the database server is stopping or starting: it is tried again",
}

#: What the driver says when there is no server to give a number.
_BY_WORDS: Final = {
    "password authentication failed": _BY_CODE["28"],
    "no password supplied": _BY_CODE["28"],
    'role "': _BY_CODE["28"],
    "does not exist": _BY_CODE["3D000"],
    "refused": "no database server listens there: start it, or mend the setting database",
    "no such file": "no database server listens there: start it, or mend the setting database",
    "resolve": "the database server's name is unknown: mend the setting database",
    "translate host": "the database server's name is unknown: mend the setting database",
    "timeout": "the database server does not answer: look at the network and the server",
    "starting up": _BY_CODE["57P"],
    "shutting down": _BY_CODE["57P"],
    "too many": _BY_CODE["53300"],
    "closed": _BY_CODE["08"],
    "lost": _BY_CODE["08"],
}


def place(url: sa.URL) -> str:
    """Return where the database is, for people: the password is left out."""
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def create_engine(url: sa.URL, idle_s: Seconds | None = None) -> sa.Engine:
    """Make an engine that notices a server that was away, and waits for nothing for ever.

    Args:
        url: Of the database.
        idle_s: How long a process that hangs inside a transaction keeps its locks; None: a minute.

    `?options=-c%20statement_timeout=60000` in the address wins over what is set here.

    Raises:
        InputError: the driver is not installed.
    """
    idle = f"-c {_IDLE}={round(idle_s * 1000)}" if idle_s else ""
    options = f"{_OPTIONS} {idle} {url.query.get('options', '')}".strip()
    try:
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_TIMEOUT_S,
            hide_parameters=True,
            connect_args={
                "application_name": "streetwatch",
                "connect_timeout": CONNECT_TIMEOUT_S,
                "options": options,
            },
        )
    except ModuleNotFoundError as error:
        raise InputError(
            "database: the driver for PostgreSQL is not installed: "
            "pip install 'streetwatch[postgres]'"
        ) from error


@contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Begin a transaction for migrations: no limit of time, one process at once, UTF-8.

    Raises:
        InputError: the database can't hold Chinese text.
    """
    with engine.begin() as connection:
        _prepare(connection)
        yield connection


def _prepare(connection: sa.Connection) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise InputError(
            f"database: its encoding is {encoding}: "
            "create it with ENCODING 'UTF8' TEMPLATE template0"
        )
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    lock(connection, "migrations")


def lock(connection: sa.Connection, *names: str) -> None:
    """Be the only writer of what is named until the transaction ends.

    What is not there yet can't be locked as a row: two writers of one new incident would both
    find none. The next statement of whoever waited sees what the other has written.

    Names that are given together are locked in one order, whoever gives them.
    """
    connection.execute(_LOCK, {"names": sorted(names)})


def copy_to(_engine: sa.Engine, _file: Path) -> None:
    """Say how PostgreSQL is copied: it has its own tools, and they know its server.

    Raises:
        InputError: always.
    """
    raise InputError(
        "database: PostgreSQL is backed up by its own tools: run pg_dump --format=custom, then "
        "copy the folder evidence (docs/how-to/backup-and-restore.md)"
    )


def mending(error: BaseException) -> str | None:
    """Say in plain words what the driver's error means, by its number or else by its words."""
    code = getattr(error, "sqlstate", None)
    if code:
        return next((_BY_CODE[part] for part in _parts(code) if part in _BY_CODE), None)
    said = str(error).lower()
    return next((words for part, words in _BY_WORDS.items() if part in said), None)


def _parts(code: str) -> tuple[str, str, str]:
    """Return a code, its group and its class: the first that is known counts."""
    return code, code[:3], code[:2]
