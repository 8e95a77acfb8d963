"""The database: opened and brought to the newest revision."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.dialect import dialect_at, dialect_of
from streetwatch.service.store.refusals import reason
from streetwatch.vision.types import Seconds

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str, *, idle_s: Seconds | None = None) -> sa.Engine:
    """Open a database and bring it to the newest revision.

    Args:
        url: As SQLAlchemy has it; `sqlite://` is a database in memory, of this process only.
        idle_s: How long this process keeps its locks should it hang inside a transaction, where
            others wait for them; None: as long as suits one process.

    Raises:
        InputError: it can't be opened or written to; says where and how to mend it.
    """
    address = _address(url)
    dialect = dialect_at(address)
    where = dialect.place(address)
    try:
        engine = dialect.create_engine(address, idle_s)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except sa.exc.DBAPIError as error:
        raise InputError(
            f"{where}: the database can't be used: {reason(error, dialect)}"
        ) from error
    except CommandError as error:
        raise InputError(
            f"{where}: a newer streetwatch wrote this database ({error}): run that version"
        ) from error
    return engine


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise InputError(
            "database: this is no address of a database: write sqlite:///path/to/streetwatch.db "
            "or postgresql://user:password@host/streetwatch"
        ) from None  # its own words hold the address, and that a password


def _migrate(engine: sa.Engine) -> None:
    """Run the missing revisions, all of them or none, in one transaction."""
    with dialect_of(engine).migrating(engine) as connection:
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@cache
def _newest() -> str | None:
    """Return the newest revision: that all of them are read for it takes longer than all else."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
