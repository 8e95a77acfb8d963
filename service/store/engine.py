"""The database: opened, brought to the newest revision, its refusals in plain words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.store.schema import metadata

_BUSY_TIMEOUT_MS = 10_000

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str) -> sa.Engine:
    """Open a database and bring it to the newest revision.

    Args:
        url: As SQLAlchemy has it; `sqlite://` is a database in memory, of this process only.

    Raises:
        InputError: it can't be opened or written to.
    """
    in_memory = url == "sqlite://"
    options: dict[str, Any] = {"poolclass": sa.StaticPool} if in_memory else {}
    engine = sa.create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        if in_memory:
            metadata.create_all(engine)
        else:
            _migrate(engine)
    except sa.exc.DBAPIError as error:
        raise InputError(
            f"{engine.url.render_as_string(hide_password=True)}: the database can't be used "
            f"({error.orig}): check the folder's rights and the space left (data_dir)"
        ) from error
    return engine


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own transactions begin too late for a read that decides a write.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # With WAL, NORMAL can lose the last commits to a power cut but never corrupts; a killed
        # process loses nothing. Cases lost so would be found again: the object still stands there.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # Every transaction here may write: taking the lock at once avoids a deadlock of two
        # readers that both want to write.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Say a database's refusal (full disk, read-only, locked) in plain words.

    Raises:
        StorageError: it refused; the transaction was undone.
    """
    try:
        yield
    except sa.exc.OperationalError as error:
        raise StorageError(f"the database refused: {error.orig}") from error
